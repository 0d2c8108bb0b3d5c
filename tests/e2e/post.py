"""The post office of the journeys: a real SMTP server in a process of its own."""

import re
import subprocess
import sys
import time
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.e2e.server import ROOT, SOON, STEP
from tests.mail_server import mails_in


@dataclass(frozen=True)
class Mail:
    """A mail as it arrived."""

    message: EmailMessage

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def links(self) -> list[str]:
        return re.findall(r'href="(http[^"]+)"', self.html)

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part
        return str(part.get_content())


@dataclass
class Post:
    process: subprocess.Popen[str]
    folder: Path
    port: int

    def mails(self) -> list[Mail]:
        return [Mail(message) for message in mails_in(self.folder)]

    def to(self, address: str) -> Mail:
        """The newest mail to that address, once there is one."""
        last = time.monotonic() + SOON
        while time.monotonic() < last:
            found = [mail for mail in self.mails() if address in str(mail.message["To"])]
            if found:
                return found[-1]
            time.sleep(STEP)
        raise AssertionError(f"No mail to {address} arrived.")

    def settings(self) -> dict[str, str]:
        return {
            "smtp_host": "127.0.0.1",
            "smtp_port": str(self.port),
            "smtp_tls": "none",
            "mail_from": "codes@tallystick.example",
        }


def start(folder: Path) -> Post:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.mail_server", "0", str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    return Post(process, folder, int(process.stdout.readline()))
