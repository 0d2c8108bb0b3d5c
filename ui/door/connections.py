"""Connections that say nothing: closed in time, and only so many for each peer.

Leans on names of uvicorn's h11 protocol; of its two parsers only h11 gives up on a request head
that never ends.
"""

import asyncio
from collections import Counter
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from services.settings import get_settings
from ui.door import peers

HEAD_WITHIN = 8.0  # seconds for a whole request head
MOST_FOR_A_PEER = 100

_open: Counter[str] = Counter()


class PatientHttp(H11Protocol):
    """A trusted proxy speaks for many, so it may hold any number."""

    _peer = ""
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._peer = self.client[0] if self.client else ""
        _open[self._peer] += 1
        self._await_head()
        if _open[self._peer] > MOST_FOR_A_PEER and not self._is_proxy():
            transport.close()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_answering():
            self._head_is_here()
        elif self._late is None and self._peer:
            self._await_head()

    def handle_websocket_upgrade(self, event: Any) -> None:
        self._leave()  # from here on the socket's own protocol has the connection
        super().handle_websocket_upgrade(event)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()
        super().connection_lost(exc)

    def _is_answering(self) -> bool:
        return bool(self.cycle) and not self.cycle.response_complete

    def _is_proxy(self) -> bool:
        return peers.is_trusted(self._peer, peers.networks(get_settings().trusted_proxies))

    def _await_head(self) -> None:
        self._late = self.loop.call_later(HEAD_WITHIN, self._give_up)

    def _head_is_here(self) -> None:
        if self._late:
            self._late.cancel()
            self._late = None

    def _give_up(self) -> None:
        self._late = None
        if not self._is_answering():
            self.transport.close()

    def _leave(self) -> None:
        self._head_is_here()
        if self._peer:
            _open[self._peer] -= 1
            if _open[self._peer] <= 0:
                del _open[self._peer]
            self._peer = ""
