"""A browser for the attacks that need one."""

from tests.e2e.conftest import chromium, program

__all__ = ["chromium", "program"]
