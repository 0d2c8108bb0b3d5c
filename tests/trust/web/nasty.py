"""Texts that no form expects, as hypothesis draws them."""

from hypothesis import strategies as st

from services.code_alphabet import ALPHABET
from tests.trust.web.evil import addresses, formulas, header_lines

CONFUSABLES = "ВСНКМРТХΒΗΚΜΝΡΤΧΥＢＣＤ２３４Ⅽⅿ𝐁𝟐①²ﬀﬁİıſK"
MARKS = "\0\t\r\n\v\x1b\x7f\x85\u200b\u200d\u2028\u202e\u2066\ufeff\ufffe\U000e0001\u0301\u3164"
HOSTILE = [
    *("' OR 1=1 --", "'; DROP TABLE code; --", "%", "_", "\\", "%00", "{{7*7}}", "${7*7}", "{0}"),
    *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</textarea><svg onload=x>"),
    *(
        "../../etc/passwd",
        "C:\\x",
        "null",
        "NaN",
        "-0",
        "1e309",
        "٣",
        "9" * 400,
        "0" * 19 + "1" + "9" * 30,
        "1" * 5_000,
        "𝟗",
        "0x10",
    ),
    *(addresses()[::9] + formulas()[::9] + header_lines()[::9]),
    *("a" * 70_000, "é" * 40_000, "(" * 5_000, "a@" * 3_000, "﷽" * 3_000, "\U0001f468‍" * 2_000),
]
CHARACTERS = st.characters(categories=None) | st.sampled_from(CONFUSABLES + MARKS)
TEXTS = st.sampled_from(HOSTILE) | st.text(CHARACTERS, max_size=300)
_PIECES = st.sampled_from([*ALPHABET, *"-–—. 0OoIl1", *CONFUSABLES, *MARKS, "\ud800"])
CODES = st.lists(_PIECES, min_size=10, max_size=40).map("".join) | TEXTS
