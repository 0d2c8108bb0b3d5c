"""Signed-in browsers: rows whose token only the browser knows."""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from tortoise.queryset import QuerySet

from models import Membership, Session, User, Workspace
from models.enums import AuditAction, Resource, Role, SignInMethod
from services import (
    audit,
    budgets,
    emails,
    factors,
    half_way,
    passwords,
    sign_in_limits,
    signals,
    throttling,
    waits,
)
from services.actor import Actor
from services.database import reader, unit_of_work
from services.errors import DomainError, Invalid, NotFound
from services.half_way import HalfWay
from services.permissions import MISSING
from services.settings import get_settings
from services.signals import Changed, Topic
from services.throttling import Kind
from services.zones import now

WRONG = "The e-mail address or the password is wrong."
CHANGED = "Your account was changed in this moment. Sign in again."
TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """`known` is what a browser keeps in which somebody signed in before."""

    email: str
    password: str
    address: str
    browser: str = ""
    known: str = ""


class SecondFactorDue(DomainError):
    """The password was right; `half` is who must prove a second factor now."""

    def __init__(self, half: HalfWay) -> None:
        super().__init__("A second factor is needed.")
        self.half = half


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def sign_in(request: SignIn) -> str:
    """Open a session and return its token. Raises Invalid, or Limited after too many tries.

    Raises SecondFactorDue where the password was right and a second factor is asked for next.
    """
    if not request.password:
        raise Invalid({"password": "Enter your password."})
    key = emails.key(emails.read(request.email))
    limit = await sign_in_limits.begin(key, address=request.address, browser=request.known)
    if minutes := await book(limit):
        raise throttling.refuse(Kind.SIGN_IN, minutes=minutes)
    user = await User.get_or_none(email_key=key, disabled_at=None)
    if not await passwords.matches(request.password, user and user.password_hash) or not user:
        throttling.failed()
        raise Invalid({"form": WRONG})
    sign_in_limits.by_address().give_back(request.address)
    if half := await half_way.of(user):
        await _give_back(limit)
        raise SecondFactorDue(half)
    return await open_session(user, address=request.address, browser=request.browser, limit=limit)


@unit_of_work
async def book(limit: budgets.Limit) -> int:
    """Count a try before it is made, as `budgets.book`, so that parallel guesses count too."""
    return await budgets.book(limit)


@unit_of_work
async def _give_back(limit: budgets.Limit) -> None:
    await budgets.give_back(limit)
    await waits.end(limit.key)


@unit_of_work
async def open_session(
    user: User,
    *,
    address: str,
    browser: str = "",
    limit: budgets.Limit | None = None,
    method: SignInMethod = SignInMethod.PASSWORD,
) -> str:
    """A new session for that person: returns its token, which is stored nowhere.

    Raises Invalid(form) where the account is another one than when its proof was looked at.
    """
    same = User.filter(id=user.id, password_hash=user.password_hash, disabled_at=None)
    if not await same.update(password_hash=user.password_hash):
        raise Invalid({"form": CHANGED})
    if limit:
        await _give_back(limit)
    token = secrets.token_urlsafe(32)
    session = await Session.create(
        user_id=user.id,
        token_digest=digest(token),
        address=address[:45],
        browser=browser[:200],
        seen_at=now(),
        confirmed_at=now(),
        method=method,
    )
    how: dict[str, Any] = {} if method is SignInMethod.PASSWORD else {"method": method.value}
    await audit.record(
        AuditAction.LOGIN,
        Resource.USER,
        user.id,
        by=None,
        person_id=user.person_id,
        session=session.id,
        **how,
    )
    signals.emit(Changed(None, Topic.ACCOUNTS, (user.id,)))
    return token


def _live(token: str) -> QuerySet[Session]:
    return live().filter(token_digest=digest(token))


def live() -> QuerySet[Session]:
    """Sessions that neither ended, idled out nor grew too old.

    One of a clock that was far ahead is none: it would never end.
    """
    settings, moment = get_settings(), now()
    return Session.filter(
        ended_at=None,
        seen_at__gt=moment - settings.session_idle,
        seen_at__lte=moment + settings.session_idle,
        created_at__gt=moment - settings.session_absolute,
        created_at__lte=moment + settings.session_idle,
    )


async def find(token: str) -> Actor | None:
    """Whose live session this is, read anew; nobody's when it ended, idled out or was disabled."""
    session = (
        await _live(token).filter(user__disabled_at=None).select_related("user__person").first()
    )
    if session is None:
        return None
    user = session.user
    return Actor(
        user_id=user.id,
        person_id=user.person_id,
        session_id=session.id,
        name=user.person.name,
        email=user.person.email,
        is_owner=user.is_owner,
        theme=user.theme,
        factor_due=await factors.is_due(user),
    )


async def time_left(session_ids: set[int]) -> dict[int, timedelta]:
    """How long each of these sessions has before it is none of `live` any more."""
    settings, moment = get_settings(), now()
    far = moment + settings.session_idle
    rows = await Session.filter(id__in=session_ids).using_db(reader())
    ends = {
        row.id: min(row.seen_at + settings.session_idle, row.created_at + settings.session_absolute)
        for row in rows
        if row.ended_at is None and max(row.seen_at, row.created_at) <= far
    }
    return {each: ends.get(each, moment) - moment for each in session_ids}


async def enter(token: str, slug: str) -> Actor:
    """The person in one of their workspaces. Raises NotFound for anybody or anywhere else."""
    actor = await find(token)
    workspace = await Workspace.get_or_none(slug=slug)
    there = await seated(actor, workspace) if actor and workspace else None
    if there is None:
        raise NotFound(MISSING)
    return there


async def seated(actor: Actor, workspace: Workspace) -> Actor | None:
    """The person in that workspace; nobody where they are no member."""
    if actor.is_owner:
        return in_workspace(actor, workspace, Role.OWNER)
    member = await Membership.get_or_none(workspace_id=workspace.id, user_id=actor.user_id)
    return in_workspace(actor, workspace, member.role) if member else None


def in_workspace(actor: Actor, workspace: Workspace, role: Role) -> Actor:
    return replace(
        actor,
        workspace_id=workspace.id,
        workspace_slug=workspace.slug,
        workspace_name=workspace.name,
        time_zone=workspace.time_zone,
        role=role,
    )


@unit_of_work
async def touch(token: str) -> None:
    """Keep a session alive: somebody clicked. Writes at most once a minute."""
    # a session that idled out stays out
    await _live(token).filter(seen_at__lt=now() - TOUCH_EVERY).update(seen_at=now())


@unit_of_work
async def sign_out(token: str) -> None:
    """End that session; its open tabs close."""
    session = await Session.get_or_none(token_digest=digest(token), ended_at=None).select_related(
        "user"
    )
    if session is None:
        return
    await end([session.id])
    await audit.record(
        AuditAction.LOGOUT,
        Resource.USER,
        session.user_id,
        by=None,
        person_id=session.user.person_id,
        session=session.id,
    )


@unit_of_work
async def end(session_ids: list[int]) -> int:
    """End these sessions, whoever's they are; returns how many had not ended before."""
    ended = await Session.filter(id__in=session_ids, ended_at=None).update(ended_at=now())
    signals.emit(Changed(None, Topic.SESSIONS, tuple(session_ids)))
    return ended


@unit_of_work
async def end_all_of(user_id: int, *, but: int | None = None) -> int:
    """End every session of that person, `but` this one; returns how many."""
    ids = [each.id for each in await Session.filter(user_id=user_id, ended_at=None)]
    others = [each for each in ids if each != but]
    if others:
        await end(others)
    return len(others)
