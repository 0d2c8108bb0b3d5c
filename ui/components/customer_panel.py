"""What stands about one customer: entitlements as rows, and the batches sent as a whole."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import ui

from models.enums import Access
from services import zones
from services.customers import Customer, EntitlementView, Found, SentSet
from ui import tones, wording
from ui.components.buttons import button, icon_button, menu_entry
from ui.components.icon import icon
from ui.components.text import text

Act = Callable[[EntitlementView], Any]
RUNNING = (Access.ACTIVE, Access.NOT_STARTED)


class Changes:
    """What those may do who may change entitlements; nobody else is given one."""

    def __init__(self, *, extend: Act, end: Act, undo: Act) -> None:
        self.extend, self.end, self.undo = extend, end, undo


def found_rows(found: Sequence[Found], on_open: Callable[[str], Any]) -> None:
    with ui.element("div").classes("found-list").props("role=list"):
        for one in found:
            with ui.element("div").props("role=listitem"):
                _found(one, on_open)


def _found(one: Found, on_open: Callable[[str], Any]) -> None:
    with ui.button(on_click=lambda: on_open(one.email), color=None).classes("found"):
        with ui.element("span").classes("who"):
            text("b", one.email)
            text("span", ", ".join(one.names))
        with ui.element("span").classes("counts"):
            if one.sent:
                text("span", f"{one.sent:,} sent")
            if one.activated:
                text("span", f"{one.activated:,} activated")
            if one.entitlements:
                text("span", wording.count(one.entitlements, "entitlement"))
        icon("chevron-right")


def head(customer: Customer, on_erase: Callable[[], Any] | None) -> None:
    """`on_erase` is None for who may not."""
    with ui.element("div").classes("customer-head"):
        with ui.element("div").classes("who"):
            text("h2", customer.email)
            if customer.names:
                text("p", ", ".join(customer.names))
        if on_erase:
            button("Erase this person", on_erase, look="quiet").classes("btn-small")


def entitlement_rows(customer: Customer, zone: str, changes: Changes | None) -> None:
    with ui.element("section").classes("card held-card"):
        with ui.element("div").classes("section-head"):
            text("h3", "Entitlements")
            here, every = len(customer.entitlements), customer.entitlement_count
            if every > here:
                text("span", f"The newest {here:,} of {every:,}; the export has all.", "muted")
        if not customer.entitlements:
            text("p", "None: no code was activated with this address.", "nothing")
        for held in customer.entitlements:
            _entitlement(held, zone, changes)


def _entitlement(held: EntitlementView, zone: str, changes: Changes | None) -> None:
    with ui.element("div").classes("held"):
        with ui.element("div").classes("what"):
            with ui.element("div").classes("name"):
                text("b", held.product)
                text("span", held.plan)
                text("span", held.state.value, f"pill tone-{tones.ACCESS_TONE[held.state]}")
            text("span", _term(held, zone), "term")
            with ui.element("div").classes("source"):
                text("span", held.masked, "code")
                when = wording.moment(held.activated_at, zone)
                text("span", f"activated {when} by {held.holder}")
            if held.undone:
                text("span", undone_words(held.undone, zone), "source")
        if changes and held.state is not Access.UNDONE:
            _actions(held, changes)


def _actions(held: EntitlementView, changes: Changes) -> None:
    with ui.element("div").classes("acts"):
        if held.ends_at and not held.outlasted:
            button("Extend access", lambda: changes.extend(held)).classes("btn-small")
        more = f"More for {held.product}, {held.plan}, code ending {held.masked[-4:]}"
        with icon_button("ellipsis", more), ui.menu():
            if held.state in RUNNING:
                menu_entry("ban", "End access", lambda: changes.end(held))
            menu_entry("undo-2", "Undo activation", lambda: changes.undo(held))


def _term(held: EntitlementView, zone: str) -> str:
    first = wording.day(zones.day(held.starts_at, zone))
    if held.ends_at is None:
        return f"From {first}, for a lifetime"
    last = wording.day(zones.last_day(held.ends_at, zone))
    if held.ends_at <= held.starts_at:
        return f"Ended on {last}, before it began"
    return f"{first} – {last}"


def undone_words(undone: Any, zone: str) -> str:
    """When, by whom and why an activation was undone."""
    by = f" by {undone.by}" if undone.by else ""
    return f"Undone {wording.moment(undone.at, zone)}{by}: {undone.reason}"


def set_rows(sets: Sequence[SentSet], zone: str, on_open: Callable[[int], Any]) -> None:
    """Nothing where no whole batch was sent."""
    if not sets:
        return
    with ui.element("section").classes("card held-card"):
        with ui.element("div").classes("section-head"):
            text("h3", "Whole batches sent to this address")
        for sent in sets:
            with ui.element("div").classes("held"):
                with ui.element("div").classes("what"):
                    with ui.element("div").classes("name"):
                        text("b", sent.product)
                        text("span", sent.plan)
                    made = wording.moment(sent.made_at, zone)
                    text(
                        "span",
                        f"Batch {sent.batch_id}, {wording.count(sent.codes, 'code')}, made {made}",
                        "term",
                    )
                    if sent.mail and sent.mail_at:
                        stands = wording.mail(sent.mail, sent.mail_at, zone)
                        text("span", stands.capitalize(), "source")
                with ui.element("div").classes("acts"):
                    button("View", lambda it=sent: on_open(it.batch_id)).classes("btn-small")
