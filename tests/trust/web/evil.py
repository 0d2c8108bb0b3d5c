"""What somebody hostile types: addresses that lead away, formulas, headers, scripts."""

import itertools
from urllib.parse import quote, urljoin, urlsplit

HOST = "evil.example"
_BENT = (
    *("//{}", "/\\{}", "\\\\{}", "///{}", "/\t/{}"),
    *("/\n/{}", "\t//{}", " //{}", "/%2f{}", "/%5c{}"),
)
_FOREIGN = ("https://{}", "http:{}", "https:/{}", "ftp://{}", "HtTpS://{}", "https:\\\\{}", "x:{}")
_SCRIPTS = ("javascript:alert('{}')", "JaVaScRiPt:alert('{}')", "data:text/html,{}", "vbscript:{}")
_AROUND = (
    "{}",
    "/{}",
    "/w/../{}",
    "{}/w/acme",
    "{}?next=/w/acme",
    "{}#/w/acme",
    "/w/acme{}",
    "/login?next={}",
    "{}\r\nLocation: https://evil.example",
    "/i/{}",
)


def addresses() -> list[str]:
    """Two hundred and more values that a browser might follow to another host."""
    bent = [shape.format(HOST) for shape in (*_BENT, *_FOREIGN, *_SCRIPTS)]
    made = [around.format(each) for around, each in itertools.product(_AROUND, bent)]
    return [*made, *(quote(each, safe="") for each in bent)]


def leads_away(location: str, base: str) -> bool:
    """As a browser reads it: blanks off, tabs and line breaks out, backslashes as slashes."""
    read = "".join(c for c in location.strip() if c not in "\t\r\n").replace("\\", "/")
    target = urlsplit(urljoin(base, read))
    return (target.scheme, target.netloc) != urlsplit(base)[:2]


_LEADS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫")
_BLANKS = ("", " ", "\t", "\r", "\n", "\u3000", ";", "| ", "a;", "a\t", "a; ", "a|")
_FORMULAS = ("1+1", 'HYPERLINK("https://evil.example","x")', "cmd|' /C calc'!A0")


def formulas() -> list[str]:
    """What a spreadsheet would calculate, in three hundred shapes."""
    parts = itertools.product(_BLANKS, _LEADS, _FORMULAS)
    return [blank + lead + rest for blank, lead, rest in parts]


_ENDS = ("\r\n", "\n", "\r", "\0", "\v", "\f", "\x1c", "\x85", "\u2028", "\u2029")
_HEADERS = (
    "Bcc: extra@evil.example",
    "To: extra@evil.example",
    "Cc: <extra@evil.example>",
    "Content-Type: text/html",
    "\r\n<script>alert(1)</script>",
    ".\r\nMAIL FROM:<x@evil.example>\r\nRCPT TO:<extra@evil.example>\r\nDATA\r\nx",
    "=?utf-8?q?=0d=0aBcc:_extra=40evil.example?=",
)
_NAMES = ("Grace", "", '"Grace" <extra@evil.example>,')


def header_lines() -> list[str]:
    """What would be another header, another recipient or another mail, in two hundred shapes."""
    parts = itertools.product(_NAMES, _ENDS, _HEADERS)
    return [name + end + header for name, end, header in parts]
