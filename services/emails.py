"""What counts as one e-mail address."""

from email_validator import EmailNotValidError, validate_email

from services import texts
from services.errors import Invalid

LONGEST = 254  # RFC 5321: a path of 256 octets with its angle brackets
TOO_LONG = f"An e-mail address has at most {LONGEST} characters."


def read(text: str, *, field: str = "email") -> str:
    """The address as it should be written to. Raises Invalid(field) with a sentence."""
    address = text.strip()
    if not address:
        raise Invalid({field: "Enter an e-mail address."})
    if len(address) > LONGEST:
        raise Invalid({field: TOO_LONG})
    try:
        read = validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise Invalid(
            {field: "This is not an e-mail address. It looks like name@example.org."}
        ) from None
    if len(key(read)) > LONGEST:  # without case some letters become three
        raise Invalid({field: TOO_LONG})
    return read


def key(address: str) -> str:
    """The address for comparing: people do not remember its case."""
    return address.strip().casefold()


def sought(text: str) -> str:
    """What is typed to find an address, as its key; never longer than one can be."""
    return key(texts.sought(text))[:LONGEST]
