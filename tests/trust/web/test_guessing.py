"""T16: guessing from one address and from ten thousand, with somebody honest beside it."""

import httpx
import pytest
import time_machine
from nicegui import app

from models import Code, Refusal
from models.enums import RefusalReason, Status
from services import code_alphabet, database, redeem_limits
from services.settings import Settings, get_settings
from services.tries import Visitor
from tests.cast import Cast, Issued, issue, redeem, refused
from tests.conftest import forget_addresses
from tests.trust.figures import held
from tests.ui.door.site import form_of
from tests.ui.screens.visit import ORIGIN, House
from ui import routes

pytestmark = pytest.mark.whole
LIVE, HOURS = 1_000_000, 24 * 365
SPACE = len(code_alphabet.ALPHABET) ** (code_alphabet.LENGTH - 1)
GUESSER, HONEST = "198.51.100.7", "192.0.2.77"
MINUTES = 60


class Peers(httpx.ASGITransport):
    """Sends each request from the address that it names."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.client = (request.headers.pop("x-peer"), 50000)
        return await super().handle_async_request(request)


class Knocking:
    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.form: dict[str, str] = {}

    async def send(self, code: str, peer: str, name: str = "Grace") -> int:
        entered = {"code": code, "name": name, "email": "grace@example.org"}
        answer = await self.client.post(
            routes.REDEEM, data=self.form | entered, headers={"x-peer": peer}
        )
        return answer.status_code

    async def guess(self, peer: str) -> int:
        return await self.send(code_alphabet.display(code_alphabet.generate(1)[0]), peer)


@pytest.fixture
async def knocking(
    clock: time_machine.Traveller, house: House, monkeypatch: pytest.MonkeyPatch
) -> Knocking:
    monkeypatch.setattr(redeem_limits, "SLOW_ANSWER", 0)
    headers = {"origin": ORIGIN, "x-peer": HONEST}
    client = httpx.AsyncClient(transport=Peers(app), base_url=ORIGIN, headers=headers)
    made = Knocking(await house.stack.enter_async_context(client))
    made.form = await form_of(made.client, routes.REDEEM)
    return made


async def evaluated() -> int:
    return await Refusal.filter(reason=RefusalReason.NOT_FOUND).count()


async def restart(settings: Settings) -> None:
    """What the memory of the process held is gone; the database stays."""
    forget_addresses()
    await database.disconnect()
    await database.connect(settings)


async def test_one_address_guesses_as_often_as_it_may_and_an_honest_one_succeeds(
    knocking: Knocking, cast: Cast, clock: time_machine.Traveller, settings: Settings
) -> None:
    issued, honest, tries = await _codes(cast), 0, 0
    for minute in range(MINUTES):
        for _ in range(333):
            await knocking.guess(GUESSER)
            tries += 1
        honest += await knocking.send(issued.texts[minute], HONEST) == 303
        clock.shift(60)
    most = get_settings().redeem_tries_per_address * 6
    seen = await evaluated()
    held(
        test="T16",
        figure=f"{tries} guesses in an hour from one address: {seen} evaluated; "
        f"{honest} of {MINUTES} honest tries succeed",
        target=f"at most {most}; 99.9 % of honest ones",
        holds=seen <= most and honest == MINUTES,
    )


async def test_ten_thousand_addresses_meet_the_budget_of_the_installation(
    knocking: Knocking, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued, slowed, honest = await _codes(cast), 0, 0

    async def slowly() -> None:
        nonlocal slowed
        slowed += 1

    monkeypatch.setattr(redeem_limits, "slowly", slowly)
    for number in range(10_000):
        await knocking.guess(f"10.{number // 250}.{number % 250}.1")
        if number == 5_000:
            await restart(settings)
        if number % 100 == 99:
            honest += await knocking.send(issued.texts[number // 100], HONEST) == 303
    free = await evaluated() - slowed
    most = get_settings().redeem_tries_per_installation
    held(
        test="T16",
        figure=f"10,000 addresses within an hour, a restart between: {free} guesses answered at "
        f"once, {slowed} held back; {honest} of 100 honest tries succeed",
        target=f"at most {most} at once; 99.9 % of honest ones",
        holds=free <= most and slowed >= 10_000 - most and honest == 100,
    )


async def test_a_restart_gives_an_account_no_new_tries(
    house: House, cast: Cast, settings: Settings, clock: time_machine.Traveller
) -> None:
    statuses = list[int]()
    for number in range(60):
        if number == 10:
            await restart(settings)
        refused = await _as_account(cast, f"203.0.113.{number}")
        statuses.append(refused)
    held(
        test="T16",
        figure=f"{statuses.count(0)} of 60 guesses of one account evaluated, a restart between",
        target=f"at most {get_settings().redeem_tries_per_account} an hour",
        holds=statuses.count(0) <= get_settings().redeem_tries_per_account,
    )


async def _as_account(cast: Cast, address: str) -> int:
    """The minutes to wait; 0 where the guess was evaluated."""
    typed = code_alphabet.display(code_alphabet.generate(1)[0])
    return refused(await redeem(typed, visitor=Visitor(address=address, actor=cast.sam))).minutes


async def _codes(cast: Cast) -> Issued:
    made = await issue(cast.ada, cast.month, 100)
    assert await Code.filter(status=Status.READY).count() >= 100
    return made


def test_the_limits_leave_no_hope_of_a_hit() -> None:
    hourly = get_settings().redeem_tries_per_installation
    hits = LIVE * hourly * HOURS / SPACE
    held(
        test="T16",
        figure=f"{hits:.1e} expected hits a year among 1,000,000 live codes at {hourly:,} guesses "
        "an hour",
        target="below 1e-8",
        holds=hits < 1e-8,
    )
    slowed = 3600 / redeem_limits.SLOW_ANSWER * redeem_limits._slow_lane._value
    beyond = LIVE * (hourly + slowed) * HOURS / SPACE
    held(
        test="T16",
        figure=f"{beyond:.1e} if somebody with any number of addresses fills the slow lane "
        f"({slowed:,.0f} an hour) for a whole year",
        target="below 1e-6, as without any limit",
        holds=beyond < 1e-6,
    )
