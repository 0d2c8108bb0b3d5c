"""What stops a command: said in one sentence, without a traceback."""

import sys
from collections.abc import Generator
from contextlib import contextmanager

from pydantic import ValidationError

from services.errors import DomainError
from services.instance_lock import InstanceLocked
from services.keys import KeyFileError
from services.schema_check import SchemaRefused

SENTENCES = (DomainError, InstanceLocked, KeyFileError, SchemaRefused)


def stop(sentence: str) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(1)


@contextmanager
def said() -> Generator[None]:
    try:
        yield
    except SENTENCES as problem:
        stop(str(problem))
    except OSError as problem:  # a file that is missing, a database that does not answer
        stop(f"That could not be done: {problem}")
    except ValidationError as problem:
        for error in problem.errors():
            where = "".join(f"TALLYSTICK_{str(part).upper()}: " for part in error["loc"])
            print(f"{where}{error['msg']}", file=sys.stderr)
        sys.exit(1)
