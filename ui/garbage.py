"""When Python looks for garbage: seldom, so that nobody waits for it, and as tabs are closed."""

import gc
from itertools import count

from nicegui import app

# New objects before it looks: so many that what a change makes on every open tab is gone by then.
# What outlives a look counts toward one at all objects: 0.3 s with 100 tabs.
YOUNG = 50_000
# A closed tab is half a megabyte, which only a look at all objects finds.
TABS = 20

_closed = count(1)


def spare() -> None:
    """Call once, when everything is imported: that stays."""
    gc.freeze()
    gc.set_threshold(YOUNG)
    app.on_delete(_tab_closed)


def _tab_closed() -> None:
    if next(_closed) % TABS == 0:
        gc.collect()
