"""The names that are answered."""

import pytest

from services.settings import Settings
from tests.ui.door.site import browser, opened
from ui import routes


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "127.0.0.1:x", "", "a b"],
)
async def test_another_host_gets_a_400_that_names_the_setting(host: str) -> None:
    async with browser() as visitor:
        answer = await visitor.get(routes.LOGIN, headers={"host": host})
    assert answer.status_code == 400
    assert "TALLYSTICK_ALLOWED_HOSTS" in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("host", ["127.0.0.1", "LOCALHOST:9000"])
async def test_the_own_hosts_are_answered_on_any_port(host: str) -> None:
    async with browser() as visitor:
        assert (await visitor.get(routes.REDEEM, headers={"host": host})).status_code == 200


async def test_the_setting_decides(db: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = "codes.example.org [::1]"
    async with opened(monkeypatch, allowed_hosts=hosts), browser() as visitor:
        answers = [
            await visitor.get(routes.REDEEM, headers={"host": host})
            for host in ("codes.example.org", "[::1]:8080", "127.0.0.1:8080")
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 400]
