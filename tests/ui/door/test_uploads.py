"""A file of 1 MB may come in by a page of the application, and nothing larger by any way."""

from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from ui.door import limits

UPLOAD = "/_nicegui/client/0d6c9f2e-8f4d-4a44-9c55-0d8a4e6f3a11/upload/7"
ELSEWHERE = ("/redeem", "/a/token", "/_nicegui/client/0d6c/other/7", "/w/a/upload/7", "/upload/")
KIB = 1024


class Sender:
    """Sends a body in pieces and counts how many were asked for."""

    def __init__(self, size: int, piece: int = 64 * KIB) -> None:
        self.left, self.piece, self.asked = size, piece, 0

    async def __call__(self) -> Message:
        self.asked += 1
        body = b"a" * min(self.left, self.piece)
        self.left -= len(body)
        return {"type": "http.request", "body": body, "more_body": self.left > 0}


async def taken(path: str, size: int, *, announced: bool = False) -> tuple[int, int]:
    """How much of a body reaches the application, and how many pieces were read for it."""
    got: list[int] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(len((await receive())["body"]))

    async def nowhere(_: Any) -> None:
        raise AssertionError("nothing is answered here")

    headers = [(b"content-length", str(size).encode())] if announced else []
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    sender = Sender(size)
    await limits.with_body_limit(application)(scope, sender, nowhere)
    return got[0], sender.asked


@pytest.mark.parametrize("announced", [True, False])
async def test_a_file_of_one_megabyte_comes_in(announced: bool) -> None:
    size = KIB * KIB + 4 * KIB  # and what the form adds around it
    assert await taken(UPLOAD, size, announced=announced) == (size, 17)


async def test_ten_megabytes_are_refused_before_they_are_read() -> None:
    with pytest.raises(limits.BodyTooLarge):
        await taken(UPLOAD, 10 * KIB * KIB, announced=True)
    sender = Sender(10 * KIB * KIB)
    with pytest.raises(limits.BodyTooLarge):
        await limits.with_body_limit(_never)(
            {"type": "http", "method": "POST", "path": UPLOAD, "headers": []}, sender, _nobody
        )
    assert sender.asked == 18, "no more is read than the limit and one piece"


async def _never(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("too much reached the application")


async def _nobody(message: Message) -> None:
    raise AssertionError("nothing is answered here")


@pytest.mark.parametrize("path", ELSEWHERE)
async def test_everything_else_takes_64_kib(path: str) -> None:
    assert (await taken(path, 64 * KIB))[0] == 64 * KIB
    with pytest.raises(limits.BodyTooLarge):
        await taken(path, 64 * KIB + 1)
