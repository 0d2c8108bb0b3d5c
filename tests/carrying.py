"""People who carry passkeys, as the services see them."""

from models import Message
from models.enums import AccountChange
from services import passkey_sign_in, passkeys, sessions
from services.actor import Actor
from services.passkey_sign_in import PasskeySignIn
from services.sessions import SignIn
from tests.cast import PASSWORD
from tests.pocket import Pocket

ADDRESS = "192.0.2.1"


async def signed_in(email: str = "sam@example.org") -> Actor:
    attempt = SignIn(email=email, password=PASSWORD, address=ADDRESS)
    found = await sessions.find(await sessions.sign_in(attempt))
    assert found
    return found


async def added(actor: Actor, pocket: Pocket | None = None, name: str = "Phone") -> Pocket:
    pocket = pocket or Pocket()
    options = await passkeys.begin_adding(actor, name)
    await passkeys.add(actor, name=name, answer=pocket.make(options))
    return pocket


async def enter(answer: str, address: str = ADDRESS) -> Actor:
    token = await passkey_sign_in.finish(PasskeySignIn(answer=answer, address=address))
    found = await sessions.find(token)
    assert found
    return found


async def warnings() -> list[AccountChange | None]:
    return [each.change for each in await Message.all().order_by("id")]
