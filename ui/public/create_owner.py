"""The first start: one person with the set-up token becomes the owner."""

from starlette.requests import Request
from starlette.responses import Response

from services import setup
from services.errors import DomainError
from services.settings import get_settings
from ui import routes
from ui.door import errors, forms, peers
from ui.public import answers, sign_in

PAGE = answers.Page("setup.html", "Create owner", ("token", "name", "email"))


async def show(request: Request) -> Response:
    if not await setup.is_open():
        return errors.page(request, 404)
    if elsewhere := sign_in.wrong_address(request):
        return elsewhere
    return answers.show(request, PAGE, values={"token": request.query_params.get("token", "")})


async def submit(request: Request) -> Response:
    settings, typed = get_settings(), await forms.read(request)
    if not await setup.is_open():
        return errors.page(request, 404)
    if elsewhere := sign_in.wrong_address(request):
        return elsewhere
    if not forms.is_genuine(request, typed, settings):
        return answers.stale(request, PAGE, typed)
    try:
        token = await setup.create_owner(_owner(request, typed))
    except DomainError as error:
        return answers.refused(request, PAGE, typed, error)
    return await sign_in.enter(request, token, routes.HOME, settings)


def _owner(request: Request, typed: dict[str, str]) -> setup.NewOwner:
    return setup.NewOwner(
        token=typed.get("token", "").strip(),
        name=typed.get("name", ""),
        email=typed.get("email", ""),
        password=typed.get("password", ""),
        address=peers.address(request.scope),
    )
