"""Runs first in dist/tallystick.pyz: says which Python it needs, where this is another one."""

import importlib.machinery
import sys
from pathlib import Path


def _check(packages: Path) -> None:
    built = next(packages.glob("_cffi_backend.*.so")).name.removeprefix("_cffi_backend.")
    here = importlib.machinery.EXTENSION_SUFFIXES[0].removeprefix(".")
    if built != here:
        sys.exit(
            f"This file was built with another Python: it needs {built.removesuffix('.so')}, and "
            f"this is {here.removesuffix('.so')}. Start it with that one, or build it here: "
            "make binary."
        )


_check(globals()["site_packages"])  # given by shiv
