"""Speaks SMTP: hands mails to the server over one line, and sorts what it answers."""

import asyncio
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from ipaddress import ip_address
from socket import gaierror

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPHeloError,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPTimeoutError,
)

from services.envelopes import UNFIT, Envelope, Post, seal, sender_of
from services.mail_outcome import (
    Misconfigured,
    Outcome,
    Permanent,
    Sent,
    Step,
    Temporary,
    one_line,
)
from services.settings import LOOPBACK, Settings

UNAVAILABLE = 421  # the server is about to close the line
ABOUT_US = (530, 534, 535, 538)  # it wants another sign-in or encryption, from whomever we write to
ABOUT_THE_MAIL = (552, 555)  # too large, or a parameter of this one mail
CLEAR = (
    "The password would travel readable for everybody on the way. "
    "Set TALLYSTICK_SMTP_TLS to starttls or tls."
)
SLOW = "The mail server did not answer in time."
BROKEN = "The line to the mail server broke."
LETTERS = "The mail server takes no address with such letters before the @."
UNWRITABLE = "This cannot be written as a mail: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: for one answer, for the answer to a whole mail, and for all of it together.

    Hanging up while the server still takes a mail in makes duplicates, so that one is long
    (RFC 5321, 4.5.3.2.6, asks for more still).
    """

    answer: float = 30
    data: float = 150
    whole: float = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls: str
    sender: str
    trust: ssl.SSLContext | None = None

    @property
    def reads_along(self) -> bool:
        """Whether others on the way could read the password."""
        return self.tls == "none" and not _is_loopback(self.host)


def server_of(settings: Settings) -> Server:
    return Server(
        host=settings.smtp_host,
        port=settings.smtp_port,
        user=settings.smtp_user,
        password=settings.smtp_password,
        tls=settings.smtp_tls,
        sender=settings.mail_from,
    )


def _is_loopback(host: str) -> bool:
    try:
        return host in LOOPBACK or ip_address(host).is_loopback
    except ValueError:
        return False


class Line:
    """One line to the server: opened when a mail needs it, and again after it broke."""

    def __init__(self, server: Server, patience: Patience | None = None) -> None:
        self._server, self._patience = server, patience or Patience()
        self._client: SMTP | None = None

    async def send(self, post: Post) -> Outcome:
        """Never raises for what a server, a line or an address does."""
        try:
            sender = sender_of(self._server.sender)
        except UNFIT as error:
            return Misconfigured(one_line(f"TALLYSTICK_MAIL_FROM is not an address: {error}"))
        try:
            envelope = seal(post, sender=sender)
        except UNFIT as error:
            return Permanent(one_line(f"{UNWRITABLE}{error}"))
        try:
            client = await self._open(sender)
        except (SMTPException, OSError, ValueError) as error:
            return _not_connected(error, self._server)
        return await self._send(client, envelope)

    async def _send(self, client: SMTP, envelope: Envelope) -> Outcome:
        try:
            async with asyncio.timeout(self._patience.whole):
                return await self._hand_over(client, envelope)
        except (SMTPException, OSError, ValueError) as error:
            await _clear(client, error)
            return _not_taken(error)
        except BaseException:
            client.close()  # in the middle of a mail it is of no use to anybody
            raise

    async def close(self) -> None:
        client, self._client = self._client, None
        if client:
            try:
                with suppress(SMTPException, OSError):
                    await client.quit(timeout=min(5, self._patience.answer))
            finally:
                client.close()

    async def _open(self, sender: Address) -> SMTP:
        if self._client and self._client.is_connected:
            return self._client
        server = self._server
        if server.user and server.reads_along:
            raise SMTPException(CLEAR)
        client = SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user or None,
            password=server.password if server.user else None,
            local_hostname=sender.domain,
            timeout=self._patience.answer,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=server.trust,
        )
        try:
            async with asyncio.timeout(self._patience.whole):
                await client.connect()
                await _greet(client)
        except BaseException:
            client.close()
            raise
        self._client = client
        return client

    async def _hand_over(self, client: SMTP, envelope: Envelope) -> Outcome:
        """One mail, command by command, so that each refusal keeps its code."""
        options: list[str] = []
        if client.supports_extension("size"):
            options.append(f"SIZE={len(envelope.content)}")
        if envelope.needs_utf8:
            if not client.supports_extension("smtputf8"):
                return Permanent(LETTERS)
            options.append("SMTPUTF8")
        await client.mail(envelope.sender, options=options)
        encoding = "utf-8" if envelope.needs_utf8 else "ascii"
        await client.rcpt(envelope.recipient, encoding=encoding)
        answer = await client.data(envelope.content, timeout=self._patience.data)
        return Sent(one_line(f"{answer.code} {answer.message}"))


async def _greet(client: SMTP) -> None:
    """What the server can do is known only after this."""
    if client.is_ehlo_or_helo_needed:
        try:
            await client.ehlo()
        except SMTPHeloError:  # a server of the old kind
            await client.helo()


async def _clear(client: SMTP, error: Exception) -> None:
    """After a refusal the line is good for the next mail; after anything else it is not."""
    code = error.code if isinstance(error, SMTPResponseException) else 0
    if not 400 <= code < 600 or code == UNAVAILABLE:
        client.close()
        return
    try:
        await client.rset()
    except (SMTPException, OSError):
        client.close()


def _not_connected(error: Exception, server: Server) -> Outcome:
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
        return Misconfigured(one_line(_about_tls(cause, server)))
    if isinstance(error, SMTPResponseException):
        answer = one_line(f"{error.code} {error.message}")
        return Misconfigured(answer) if error.code >= 500 else Temporary(answer, Step.CONNECT)
    if isinstance(error, OSError):
        return Temporary(one_line(_unreachable(error, server)), Step.CONNECT)
    return Misconfigured(one_line(str(error)))


def _about_tls(error: ssl.SSLError, server: Server) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {server.host} is not trusted: {error.verify_message}"
    reason = (error.reason or str(error)).replace("_", " ").lower()
    return (
        f"{server.host}:{server.port} does not speak TLS as TALLYSTICK_SMTP_TLS={server.tls} "
        f"expects: {reason}."
    )


def _unreachable(error: OSError, server: Server) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
    if isinstance(error, TimeoutError | SMTPTimeoutError):
        reason = "it did not answer in time"
    elif cause.errno and not isinstance(cause, gaierror):
        reason = os.strerror(cause.errno)
    else:
        reason = cause.strerror or "the line broke"
    return f"{server.host}:{server.port} cannot be reached: {reason}."


def _not_taken(error: Exception) -> Outcome:
    if isinstance(error, SMTPResponseException):
        return _refused(error)
    if isinstance(error, TimeoutError | SMTPTimeoutError):
        return Temporary(SLOW, Step.LINE)
    if isinstance(error, OSError | SMTPException):
        return Temporary(BROKEN, Step.LINE)
    return Permanent(one_line(f"{UNWRITABLE}{error}"))


def _refused(error: SMTPResponseException) -> Outcome:
    code, answer = error.code, one_line(f"{error.code} {error.message}")
    if not 400 <= code < 600 or code == UNAVAILABLE:
        return Temporary(answer, Step.LINE)
    if code < 500:
        return Temporary(answer)
    # The sender is the same for every mail: to fail them one by one would lose them all
    of_sender = isinstance(error, SMTPSenderRefused) and code not in ABOUT_THE_MAIL
    if code in ABOUT_US or of_sender:
        return Misconfigured(answer)
    return Permanent(answer)
