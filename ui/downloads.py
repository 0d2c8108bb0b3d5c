"""Files, streamed to whoever may have them."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from nicegui import App
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from services import (
    announced_files,
    audit_exports,
    audit_files,
    audit_filter,
    audit_heads,
    backups,
    entitlement_export,
    evidence,
    exports,
    periods,
    purchase_export,
    sessions,
)
from services.actor import Actor
from services.errors import NotFound
from services.permissions import MISSING
from services.settings import get_settings
from services.sheets import BYTES, Export
from ui import routes
from ui.door import session
from ui.mails import preview

Make = Callable[[Actor, Request], Awaitable[Export]]


def register(app: App) -> None:
    app.add_api_route(
        routes.MESSAGE_PREVIEW, preview.message, methods=["GET"], include_in_schema=False
    )
    app.add_api_route(
        routes.INSTANCE_MESSAGE_PREVIEW,
        preview.account_message,
        methods=["GET"],
        include_in_schema=False,
    )
    app.add_api_route(routes.EVIDENCE, evidence_file, methods=["GET"], include_in_schema=False)
    for path, make in FILES.items():
        app.add_api_route(path, _sent(make), methods=["GET"], include_in_schema=False)


def _sent(make: Make) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        """Raises what the service refuses; the door turns it into its page."""
        export = await make(await _actor(request), request)
        return StreamingResponse(
            export.lines,
            media_type=export.media_type,
            headers={"content-disposition": f'attachment; filename="{export.name}"'},
        )

    return answer


async def _actor(request: Request) -> Actor:
    """Who asks; below a workspace's path they have entered that workspace."""
    token = session.token_of(request)
    if slug := request.path_params.get("slug"):
        return await sessions.enter(token, slug)
    actor = await sessions.find(token)
    if actor is None:
        raise NotFound(MISSING)
    return actor


async def evidence_file(request: Request) -> Response:
    """Whatever it is, a browser only saves it: it came from a person, and may be a page."""
    slug, evidence_id = request.path_params["slug"], int(request.path_params["evidence_id"])
    actor = await sessions.enter(session.token_of(request), slug)
    file = await evidence.open_file(actor, evidence_id)
    return StreamingResponse(
        file.pieces,
        media_type=BYTES,
        headers={
            "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
            "content-length": f"{file.size}",
        },
    )


def _links() -> str:
    return get_settings().base_url + routes.activation("")


def _batch(request: Request) -> int:
    return int(request.path_params["batch_id"])


def _period(request: Request) -> periods.Period:
    asked = request.query_params
    return periods.period(asked.get("from", ""), asked.get("until", ""))


async def batch_csv(actor: Actor, request: Request) -> Export:
    return await exports.batch_csv(actor, _batch(request), address=_links())


async def batch_xlsx(actor: Actor, request: Request) -> Export:
    return await exports.batch_xlsx(actor, _batch(request), address=_links())


async def set_csv(actor: Actor, request: Request) -> Export:
    return await announced_files.set_csv(actor, request.path_params["token"], address=_links())


async def entitlements_csv(actor: Actor, request: Request) -> Export:
    return await entitlement_export.as_csv(actor, _period(request))


async def entitlements_xlsx(actor: Actor, request: Request) -> Export:
    return await entitlement_export.as_xlsx(actor, _period(request))


async def purchase_batch_csv(actor: Actor, request: Request) -> Export:
    return await purchase_export.batch_csv(actor, _batch(request))


async def purchase_batch_xlsx(actor: Actor, request: Request) -> Export:
    return await purchase_export.batch_xlsx(actor, _batch(request))


async def audit_csv(actor: Actor, request: Request) -> Export:
    return await audit_files.send(actor, audit_filter.read(request.query_params), "csv")


async def audit_xlsx(actor: Actor, request: Request) -> Export:
    return await audit_files.send(actor, audit_filter.read(request.query_params), "xlsx")


async def audit_file(actor: Actor, request: Request) -> Export:
    return await audit_exports.fetch_file(actor, int(request.path_params["export_id"]))


async def heads(actor: Actor, _: Request) -> Export:
    return await audit_heads.download(actor)


async def backup(actor: Actor, request: Request) -> Export:
    return await backups.download(actor, request.path_params["name"])


FILES: dict[str, Make] = {
    routes.BATCH_CSV: batch_csv,
    routes.BATCH_XLSX: batch_xlsx,
    routes.SET_CSV: set_csv,
    routes.ENTITLEMENTS_CSV: entitlements_csv,
    routes.ENTITLEMENTS_XLSX: entitlements_xlsx,
    routes.PURCHASE_BATCH_CSV: purchase_batch_csv,
    routes.PURCHASE_BATCH_XLSX: purchase_batch_xlsx,
    routes.AUDIT_CSV: audit_csv,
    routes.AUDIT_XLSX: audit_xlsx,
    routes.AUDIT_FILE: audit_file,
    routes.INSTANCE_AUDIT_CSV: audit_csv,
    routes.INSTANCE_AUDIT_XLSX: audit_xlsx,
    routes.INSTANCE_AUDIT_FILE: audit_file,
    routes.HEADS: heads,
    routes.BACKUP_FILE: backup,
}
