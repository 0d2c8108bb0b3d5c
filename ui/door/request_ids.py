"""Gives every request an id: in the log, on error pages, and in a header of the answer."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services import request_id

HEADER = "x-request-id"


def with_request_ids(app: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        made = request_id.begin()

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message.setdefault("headers", [])))
                headers[HEADER] = made
                message["headers"] = headers.raw
            await send(message)

        await app(scope, receive, named)

    return call
