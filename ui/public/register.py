"""The table of public routes."""

from pathlib import Path

from nicegui import App

from ui import routes
from ui.public import (
    activation,
    certificates,
    confirm,
    create_owner,
    health,
    invitation,
    passkey,
    redeem,
    reset,
    second_factor,
    sign_in,
)

STATIC_FILES = Path(__file__).parent.parent / "static"

PAGES = (
    (routes.LOGIN, "GET", sign_in.show),
    (routes.LOGIN, "POST", sign_in.submit),
    (routes.LOGOUT, "POST", sign_in.leave),
    (routes.PASSKEY_OPTIONS, "POST", passkey.begin),
    (routes.PASSKEY_SIGN_IN, "POST", passkey.finish),
    (routes.CONFIRM_OPTIONS, "POST", passkey.begin_confirming),
    (routes.CONFIRM_PASSKEY, "POST", passkey.finish_confirming),
    (routes.CONFIRM, "GET", confirm.show),
    (routes.CONFIRM, "POST", confirm.submit),
    (routes.SECOND_FACTOR, "GET", second_factor.show),
    (routes.SECOND_FACTOR, "POST", second_factor.submit),
    (routes.SETUP, "GET", create_owner.show),
    (routes.SETUP, "POST", create_owner.submit),
    (routes.REDEEM, "GET", redeem.show),
    (routes.REDEEM, "POST", redeem.submit),
    (routes.ACTIVATION, "GET", activation.show),
    (routes.ACTIVATION, "POST", activation.submit),
    (routes.CERTIFICATES, "GET", certificates.ask),
    (routes.CERTIFICATE, "GET", certificates.show),
    (routes.INVITATION, "GET", invitation.show),
    (routes.INVITATION, "POST", invitation.submit),
    (routes.RESET, "GET", reset.show),
    (routes.RESET, "POST", reset.ask),
    (routes.RESET_LINK, "GET", reset.open_link),
    (routes.RESET_LINK, "POST", reset.use),
    (routes.HEALTHZ, "GET", health.alive),
    (routes.READYZ, "GET", health.ready),
)


def register(app: App) -> None:
    """HEAD needs no route: the door asks for the page and takes its body off."""
    for path, method, endpoint in PAGES:
        app.add_api_route(path, endpoint, methods=[method], include_in_schema=False)
    app.add_static_files(routes.STATIC, STATIC_FILES)
