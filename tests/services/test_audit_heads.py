"""Where the chain ended is signed, kept in a file beside the database, and mailed away."""

import asyncio
import json
import stat
from datetime import timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from models import AuditHead, Installation, Message
from models.enums import AuditAction, MessageKind
from services import audit_heads, head_lines, head_statement, heads_file, sealing
from services.actor import Actor
from services.errors import Invalid, NotFound
from services.head_lines import NotAHead
from services.settings import Settings
from services.zones import now
from tests.cast import Cast, entries
from tests.sealed import chain, happened, sealed

pytestmark = pytest.mark.usefixtures("fresh_sealer")


async def seqs() -> list[int]:
    return [head.seq for head in await AuditHead.all().order_by("seq")]


async def test_a_head_says_where_the_chain_ends_under_the_key_of_the_installation(
    db: Settings,
) -> None:
    head = await sealed(3)
    assert (head.seq, head.digest) == (3, (await chain())[-1].digest)
    assert head.is_ours
    assert head_statement.is_signed(head)
    assert head_lines.from_line(head_lines.to_line(head)) == head


async def test_anybody_can_check_a_line_with_the_public_key_alone(db: Settings) -> None:
    line = json.loads(head_lines.to_line(await sealed(2)))
    said = ["tallystick audit head 1", line["installation"], str(line["seq"])]
    statement = "\n".join([*said, line["digest"], line["at"]]).encode()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(line["public_key"]))
    key.verify(bytes.fromhex(line["signature"]), statement)


@pytest.mark.parametrize(
    "change",
    [{"seq": 2}, {"digest": "0" * 64}, {"at": "2026-01-01T00:00:00+00:00"}, {"signature": "00"}],
)
async def test_a_line_that_was_changed_is_no_head(db: Settings, change: dict[str, object]) -> None:
    line = json.loads(head_lines.to_line(await sealed(1)))
    with pytest.raises(NotAHead):
        head_lines.from_line(json.dumps(line | change))


@pytest.mark.parametrize("line", ["", "{", "[]", "7", '{"seq": 1}', "x" * 5000, "[" * 900])
def test_junk_is_no_head(line: str) -> None:
    with pytest.raises(NotAHead):
        head_lines.from_line(line)


async def test_a_head_is_signed_after_an_hour_with_news_or_after_a_thousand_seals(
    clock: time_machine.Traveller, db: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await audit_heads.keep_up()
    assert await seqs() == []  # nothing is sealed yet
    await sealed(2)
    clock.shift(timedelta(hours=2))
    await audit_heads.keep_up()
    assert await seqs() == [2]  # nothing is new
    await happened(1)
    await sealing.seal()
    await audit_heads.keep_up()
    assert await seqs() == [2, 3]
    monkeypatch.setattr(audit_heads, "EVERY_SEALS", 5)
    await happened(4)
    await sealing.seal()
    await audit_heads.keep_up()
    assert await seqs() == [2, 3]
    await happened(1)
    await sealing.seal()
    await audit_heads.keep_up()
    assert await seqs() == [2, 3, 8]


async def test_many_who_sign_at_once_make_one_head(db: Settings) -> None:
    await happened(3)
    await sealing.seal()
    await asyncio.gather(*(audit_heads.sign() for _ in range(6)))
    assert await seqs() == [3]
    assert len(heads_file.lines()) == 1


async def test_the_file_has_every_head_and_is_for_the_program_alone(db: Settings) -> None:
    heads = [await sealed(2), await sealed(1)]
    assert [head_lines.from_line(line) for line in heads_file.lines()] == heads
    assert stat.S_IMODE(heads_file.path().stat().st_mode) == 0o600
    assert heads_file.path().parent == db.data_dir


async def test_what_the_file_lacks_is_written_again_and_what_it_has_stays(db: Settings) -> None:
    await sealed(2)
    first = heads_file.lines()
    await sealed(1)
    heads_file.path().unlink()
    await audit_heads.keep_up()
    assert len(heads_file.lines()) == 2
    heads_file.path().write_text(first[0] + "\n" + '{"installation": "cut sho')
    await audit_heads.write_file()
    lines = heads_file.lines()
    assert lines[0] == first[0]
    assert [head_lines.from_line(line).seq for line in lines] == [2, 3]


async def test_a_forged_head_of_the_table_does_not_reach_the_file(db: Settings) -> None:
    head = await sealed(2)
    forged = head_statement.Head(
        installation=head.installation,
        seq=99,
        digest=head.digest,
        at=head.at,
        public_key=head.public_key,
        signature="ab" * 64,
    )
    assert heads_file.add_missing([forged]) == 0
    assert len(heads_file.lines()) == 1


async def mailed() -> list[int | None]:
    return [message.head_id for message in await Message.filter(kind=MessageKind.HEAD)]


async def test_the_newest_head_is_mailed_once_a_day_to_where_the_owner_wants_it(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await sealed(2)
    await audit_heads.keep_up()
    assert await mailed() == []
    assert await audit_heads.mail_to(cast.olga, " auditor@example.org ") == "auditor@example.org"
    await asyncio.gather(*(audit_heads.keep_up() for _ in range(5)))
    first = await AuditHead.all().order_by("-seq").first()
    assert first
    assert await mailed() == [first.id]
    message = await Message.get(kind=MessageKind.HEAD)
    assert (message.recipient, message.workspace_id) == ("auditor@example.org", None)
    clock.shift(timedelta(hours=23))
    await audit_heads.keep_up()
    assert len(await mailed()) == 1
    clock.shift(timedelta(hours=1))
    await audit_heads.keep_up()
    assert len(await mailed()) == 2


async def test_an_owner_stops_the_mails_by_an_empty_address(
    clock: time_machine.Traveller, cast: Cast
) -> None:
    await audit_heads.mail_to(cast.olga, "auditor@example.org")
    await audit_heads.mail_to(cast.olga, "")
    await sealed(1)
    clock.shift(timedelta(days=2))
    await audit_heads.keep_up()
    assert await mailed() == []
    log = await entries(AuditAction.UPDATE)
    fields = [entry.detail["field"] for entry in log if entry.resource == "INSTALLATION"]
    assert fields == ["heads to", "heads to"]
    assert "auditor" not in json.dumps([entry.detail for entry in log])


async def test_an_address_that_is_none_is_refused_at_its_field(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        await audit_heads.mail_to(cast.olga, "nobody")
    assert set(refused.value.fields) == {"email"}
    assert (await Installation.get()).heads_to == ""


@pytest.mark.parametrize("who", ["ada", "sam", "eve", "mallory"])
async def test_only_an_owner_downloads_heads_or_says_who_is_mailed(cast: Cast, who: str) -> None:
    actor: Actor = getattr(cast, who)
    with pytest.raises(NotFound):
        await audit_heads.download(actor)
    with pytest.raises(NotFound):
        await audit_heads.mail_to(actor, "x@example.org")
    assert await entries(AuditAction.EXPORT) == []


async def test_the_download_has_the_lines_of_the_file_and_is_in_the_log(cast: Cast) -> None:
    await sealed(2)
    export = await audit_heads.download(cast.olga)
    content = b"".join([part async for part in export.lines]).decode()
    assert content.splitlines() == heads_file.lines()
    [entry] = await entries(AuditAction.EXPORT)
    assert (entry.resource, entry.person_id) == ("AUDIT", cast.olga.person_id)


async def test_the_download_ends_with_what_is_sealed_by_then(cast: Cast) -> None:
    await sealed(2)
    await happened(3)
    await sealing.work()
    assert await seqs() == [2]
    export = await audit_heads.download(cast.olga)
    newest = [part async for part in export.lines][-1].decode()
    assert (head_lines.from_line(newest).seq, await seqs()) == (5, [2, 5])


async def test_an_admin_sees_how_far_it_is_sealed_and_not_who_is_mailed(cast: Cast) -> None:
    await audit_heads.mail_to(cast.olga, "auditor@example.org")
    head = await sealed(2)
    await happened(3)
    state = await audit_heads.state(cast.ada)
    assert (state.sealed, state.unsealed, state.head_seq, state.head_at) == (3, 3, 3, head.at)
    assert state.mailed_to == ""
    assert (await audit_heads.state(cast.olga)).mailed_to == "auditor@example.org"
    for actor in (cast.sam, cast.eve, cast.mallory):
        with pytest.raises(NotFound):
            await audit_heads.state(actor)
    assert now() >= head.at
