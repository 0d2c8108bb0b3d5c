"""The colours of mails, light and dark: those of static/tokens.css, for mails load no style."""

LIGHT = {
    "page": "#F7F7F5",
    "surface": "#FFFFFF",
    "sunken": "#F1F1EE",
    "line": "#E4E4DF",
    "ink": "#191B19",
    "ink-2": "#4A4F4B",
    "muted": "#666C67",
    "accent": "#0B6B57",
    "on-accent": "#FFFFFF",
}
DARK = {
    "page": "#0E100F",
    "surface": "#151817",
    "sunken": "#1B1F1D",
    "line": "#262B29",
    "ink": "#ECEFED",
    "ink-2": "#C0C6C3",
    "muted": "#98A09C",
    "accent": "#4CC9A9",
    "on-accent": "#04231B",
}
