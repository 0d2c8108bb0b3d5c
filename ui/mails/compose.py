"""Turns a letter into a mail: subject, plain text, HTML."""

from services.letters import Letter, Mail


def compose(letter: Letter) -> Mail:
    raise NotImplementedError
