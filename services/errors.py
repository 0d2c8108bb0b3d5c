"""The kinds of answer a command gives instead of doing what was asked."""


class DomainError(Exception):
    """A refusal in words for a person; `message` is a finished sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(DomainError):
    """It does not exist, or not for this person."""


class NotAllowed(DomainError):
    """It exists, and this person may not do it."""


class FactorDue(NotFound):
    """Nothing is there for this person before they have a second factor."""


class ConfirmationDue(DomainError):
    """The person at this session must prove first who they are."""


class Conflict(DomainError):
    """The state of things forbids it now."""


class QuotaExceeded(DomainError):
    """More was asked for than is left."""


class Gone(DomainError):
    """It was there for a time, and the time is over."""


class Limited(DomainError):
    """Too many tries; `minutes` is how long to wait, `seconds` the same to the point."""

    def __init__(self, message: str, *, minutes: int, seconds: int = 0) -> None:
        super().__init__(message)
        self.minutes = minutes
        self.seconds = seconds or 60 * minutes


class Invalid(DomainError):
    """What was entered cannot be taken; `fields` maps a field to its sentence."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = fields
