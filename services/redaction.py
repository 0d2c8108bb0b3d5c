"""Takes out of the log what must not stand there: codes, tokens, passwords, addresses."""

import ipaddress
import re
from contextvars import ContextVar
from urllib.parse import unquote, urlsplit

from services.code_alphabet import ALPHABET, LENGTH
from services.settings import get_settings

SECRET, ADDRESS, CODE, IP = "[secret]", "[address]", "[code]", "[ip]"
SHORTEST = 4  # a shorter word would be taken out of every other line
MOST = 50

URL_USER = re.compile(r"(?<=://)[^\s/@]+:[^\s/]*@")
MAIL = re.compile(r"[^\s<>\"'(),:;=@\[\]{}|/\\]+@[^\s<>\"'(),:;@\[\]{}|/\\]+")
_SIGN = f"[{ALPHABET}{ALPHABET.lower()}]"
WHOLE_CODE = re.compile(rf"(?<![0-9A-Za-z])(?:{_SIGN}[- ]?){{{LENGTH - 1}}}{_SIGN}(?![0-9A-Za-z])")
RECOVERY = re.compile(rf"(?<![0-9A-Za-z])(?:{_SIGN}{{5}}[- ]?){{3}}{_SIGN}{{5}}(?![0-9A-Za-z])")
OF_APP = re.compile(r"(?<![0-9A-Za-z])(?:[A-Z2-7]{4} ?){7}[A-Z2-7]{4}(?![0-9A-Za-z])")
OF_SHEET = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-HJKMNP-TV-Z]{4}[ -]){3}[0-9A-HJKMNP-TV-Z]{4}\b")
LINK = re.compile(r"(/(?:a|i|reset|sets)/)[^\s/\"'?#]+")
NAMED = re.compile(
    r"""(?ix)
    ((?:[\w-]*(?:password|passwd|secret|token|csrf|cookie|authorization|otp|code)["']?)\s*[:=]\s*)
    ("(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | [^\s"',;&)}\]]+)"""
)
HEX = re.compile(r"(?<![0-9A-Za-z])[0-9a-fA-F]{32,}(?![0-9A-Za-z])")
RANDOM = re.compile(r"[\w-]{20,}", re.ASCII)
IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
IPV6 = re.compile(r"(?<![\w:])[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}(?![\w:])")

_hidden: ContextVar[tuple[str, ...]] = ContextVar("hidden", default=())


def hide(*values: str) -> None:
    """What was typed and must not be told, for as long as this request is answered."""
    found = tuple(value for value in values if len(value) >= SHORTEST)
    _hidden.set((*_hidden.get(), *found)[-MOST:])


def redact(text: str) -> str:
    for value in sorted({*_hidden.get(), *_configured()}, key=len, reverse=True):
        text = text.replace(value, SECRET)
    text = URL_USER.sub(f"{SECRET}@", text)
    text = LINK.sub(rf"\1{SECRET}", text)
    text = NAMED.sub(rf"\1{SECRET}", text)
    text = MAIL.sub(_mail, text)
    text = RECOVERY.sub(SECRET, OF_APP.sub(SECRET, text))
    text = OF_SHEET.sub(SECRET, WHOLE_CODE.sub(CODE, text))
    text = HEX.sub(SECRET, text)
    text = RANDOM.sub(_random, text)
    return IPV6.sub(_address, IPV4.sub(_address, text))


def _configured() -> set[str]:
    """Secrets of the settings, once they were read."""
    if not get_settings.cache_info().currsize:
        return set()
    settings = get_settings()
    password = urlsplit(settings.database_url).password or ""
    found = {settings.smtp_password, password, unquote(password)}
    return {value for value in found if len(value) >= SHORTEST}


def _mail(found: re.Match[str]) -> str:
    return found[0] if found[0].startswith(SECRET) else ADDRESS


def _random(found: re.Match[str]) -> str:
    """Long, with capitals, small letters and digits: no word of a program reads like that."""
    text = found[0]
    kinds = (str.isupper, str.islower, str.isdigit)
    return SECRET if all(any(map(kind, text)) for kind in kinds) else text


def _address(found: re.Match[str]) -> str:
    try:
        ip = ipaddress.ip_address(found[0])
    except ValueError:
        return found[0]
    return found[0] if ip.is_loopback or ip.is_unspecified else IP
