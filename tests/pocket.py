"""A passkey in software: what a browser and a device would answer, and what a forger would."""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

ORIGIN = "https://codes.example.org"
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


@dataclass
class Pocket:
    """One key pair; change a field to answer otherwise than an honest device would."""

    origin: str = ORIGIN
    rp_id: str = "codes.example.org"
    flags: int = PRESENT | VERIFIED
    count: int = 0
    step: int = 1
    handle: bytes | None = None
    credential: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: dict[str, Any]) -> str:
        """The answer to navigator.credentials.create."""
        self.handle = base64url_to_bytes(options["user"]["id"])
        self.count += self.step
        length = len(self.credential).to_bytes(2, "big")
        made = bytes(16) + length + self.credential + cbor2.dumps(self._public_key())
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(self.flags | ATTESTED) + made,
        }
        return self._answer(
            clientDataJSON=self._client_data("webauthn.create", options["challenge"]),
            attestationObject=cbor2.dumps(attestation),
        )

    def sign(self, options: dict[str, Any], kind: str = "webauthn.get") -> str:
        """The answer to navigator.credentials.get."""
        self.count += self.step
        data, said = self._data(self.flags), self._client_data(kind, options["challenge"])
        signed = data + hashlib.sha256(said).digest()
        parts = {
            "clientDataJSON": said,
            "authenticatorData": data,
            "signature": self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
        }
        return self._answer(**parts | ({"userHandle": self.handle} if self.handle else {}))

    def _data(self, flags: int) -> bytes:
        of = hashlib.sha256(self.rp_id.encode()).digest()
        return of + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin}
        return json.dumps(said).encode()

    def _public_key(self) -> dict[int, Any]:
        numbers = self.key.public_key().public_numbers()
        x, y = (part.to_bytes(32, "big") for part in (numbers.x, numbers.y))
        return {1: 2, 3: -7, -1: 1, -2: x, -3: y}

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential)
        parts = {part: bytes_to_base64url(value) for part, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": parts})
