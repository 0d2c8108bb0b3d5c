"""Texts that would become script, and the rows of a demo that hold them in every field."""

import sqlite3
from contextlib import closing
from pathlib import Path

RUN = "pwn()"
_SIMPLE = [
    "<script>pwn()</script>",
    "<img src=x onerror=pwn()>",
    "<svg/onload=pwn()>",
    '"><img src=x onerror=pwn() data-pwn>',
    "' onfocus=pwn() autofocus data-pwn='",
    "{{constructor.constructor('pwn()')()}}",
]
_TAGS = [
    f"<{tag} {event}={RUN}{rest}>"
    for tag, event, rest in (
        ("body", "onload", ""),
        ("details open", "ontoggle", ""),
        ("input autofocus", "onfocus", ""),
        ("select autofocus", "onfocus", ""),
        ("textarea autofocus", "onfocus", ""),
        ("video src=x", "onerror", ""),
        ("audio src=x", "onerror", ""),
        ("iframe", "onload", " src=about:blank"),
        ("object data=x", "onerror", ""),
        ("marquee", "onstart", ""),
        ("style", "onload", ""),
        ("link rel=stylesheet href=x", "onerror", ""),
        ("embed src=x", "onload", ""),
        ("xss style=animation:spin", "onanimationstart", ""),
        ("a href=x", "onmouseover", " data-pwn"),
        ("button", "onclick", " data-pwn"),
        ("div data-pwn", "onpointerover", ""),
    )
]
_LINKS = [
    "<a href=javascript:pwn() data-pwn>x</a>",
    "<a href=' javascript:pwn()' data-pwn>x</a>",
    "<iframe src=javascript:parent.pwn()></iframe>",
    "<iframe srcdoc='<script>parent.pwn()</script>'></iframe>",
    "<form action=javascript:pwn() data-pwn><input type=submit>",
    "<base href=https://evil.example/ data-pwn>",
    "<meta http-equiv=refresh content=0;url=javascript:pwn()>",
    "javascript:pwn()",
    "data:text/html,<script>pwn()</script>",
    "<svg><a xlink:href=javascript:pwn() data-pwn><text y=9>x</text></a></svg>",
    "<math><mtext><img src=x onerror=pwn()></mtext></math>",
    "<svg><script>pwn()</script></svg>",
    "<svg><animate onbegin=pwn() attributeName=x dur=1s>",
]
_BREAKS = [
    "</script><script>pwn()</script>",
    "</style><script>pwn()</script>",
    "</textarea><script>pwn()</script>",
    "</title><script>pwn()</script>",
    "</template><img src=x onerror=pwn()>",
    "--><script>pwn()</script>",
    "]]><script>pwn()</script>",
    "';pwn();//",
    '";pwn();//',
    "`;pwn();//",
    "${pwn()}",
    "\\';pwn();//",
    "\\u003cimg src=x onerror=pwn()\\u003e",
    "&lt;img src=x onerror=pwn()&gt;",
    "&#60;img src=x onerror=pwn()&#62;",
    "\u2028pwn()//",
    "<scr<script>ipt>pwn()</scr</script>ipt>",
    "<img src=x:x onerror\x0b=pwn()>",
    "<IMG SRC=x OnErRoR=pwn()>",
    "{{_c.constructor('pwn()')()}}",
    "{{$emit.constructor`pwn()`()}}",
    "<div v-html=\"'<img src=x onerror=pwn()>'\" data-pwn>",
    "<component is=script>pwn()</component>",
    "<template v-slot:x><img src=x onerror=pwn()></template>",
]
PAYLOADS = [*_SIMPLE, *_TAGS, *_LINKS, *_BREAKS]

# what people write, by table; beside it everything is made or checked by the program
FIELDS = {
    "action": ("name",),
    "activation": ("undo_reason",),
    "agreement": ("reference", "note"),
    "batch": ("prefix", "note", "failure"),
    "evaluation": ("product", "model", "version"),
    "evidence": ("text",),
    "installation": ("mail_problem", "heads_to"),
    "invitation": ("email",),
    "message": ("recipient", "recipient_name", "last_answer"),
    "person": ("name",),
    "plan": ("name",),
    "product": ("name",),
    "refusal": ("address",),
    "reopening": ("reason", "failed_note"),
    "scheme": ("name",),
    "session": ("address", "browser"),
    "step": ("name", "scheme_name", "outcome_note"),
    "workspace": ("name", "reply_to", "ask_for_codes"),
}


def fill(database: Path, texts: list[str]) -> int:
    """Every field of every row holds one of the texts, whatever a form would say; how many do."""
    filled = 0
    with closing(sqlite3.connect(database, timeout=30)) as line, line:
        for table, columns in FIELDS.items():
            rows = [row for (row,) in line.execute(f'SELECT id FROM "{table}"')]
            for place, column in enumerate(columns):
                values = [(f"{texts[(row + place) % len(texts)]} {row}", row) for row in rows]
                line.executemany(f'UPDATE "{table}" SET {column} = ? WHERE id = ?', values)
                filled += len(values)
    return filled
