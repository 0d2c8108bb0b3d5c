"""The owner's Health page: which keys there are, and how far a new one has taken over, live."""

import pytest

from services import background, key_rotation, resealing
from services.settings import Settings
from tests.cast import issue
from tests.ui.screens.visit import House, sees, until, words
from ui import routes


@pytest.fixture(autouse=True)
def fresh() -> None:
    background._stop.clear()  # another test has stopped its loops


async def test_one_key_is_in_use_and_none_is_shown(house: House, settings: Settings) -> None:
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "IN USE", "Key 1 seals, finds and signs everything.", "Check value")
    secret = settings.key_path.read_text().strip().split(":")[2]
    assert secret not in words(user)


async def test_a_new_key_takes_over_while_the_owner_looks(house: House, settings: Settings) -> None:
    await issue(house.cast.ada, house.cast.month)
    await key_rotation.rotate(settings)
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "BEING REPLACED", "0 of 3 codes that key 1 had sealed are sealed anew.")
    await resealing.work()
    await until(lambda: "Key 2 seals, finds and signs everything." in words(user))
    await sees(user, "retired", "links made with it work")
    assert "BEING REPLACED" not in words(user)


async def test_a_key_file_that_is_gone_is_told_before_the_next_start(
    house: House, settings: Settings
) -> None:
    settings.key_path.rename(settings.key_path.with_suffix(".away"))
    user = await house.visit(house.cast.olga, routes.HEALTH)
    await sees(user, "PROBLEM", "The next start would be refused.", "is missing")
