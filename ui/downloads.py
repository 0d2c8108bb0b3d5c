"""Files, streamed to whoever may have them."""

from nicegui import App
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services import exports, sessions
from services.settings import get_settings
from ui import routes
from ui.door import session
from ui.mails import preview


def register(app: App) -> None:
    app.add_api_route(routes.BATCH_CSV, batch_csv, methods=["GET"], include_in_schema=False)
    app.add_api_route(
        routes.MESSAGE_PREVIEW, preview.message, methods=["GET"], include_in_schema=False
    )


async def batch_csv(request: Request) -> Response:
    """Raises NotFound, which the door turns into its page."""
    slug, batch_id = request.path_params["slug"], int(request.path_params["batch_id"])
    actor = await sessions.enter(session.token_of(request), slug)
    address = get_settings().base_url + routes.activation("")
    export = await exports.batch_csv(actor, batch_id, address=address)
    return StreamingResponse(
        export.lines,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{export.name}"'},
    )
