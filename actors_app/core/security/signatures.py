"""Ed25519 signatures: the public key alone proves that this portal created a file.

The first key of EVIDENCE_KEY signs; all of them, and the public keys of EVIDENCE_PUBLIC_KEYS, verify. No key is in the
store, so that write access to the store is not enough to sign.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from django.conf import settings

MAX_PEM = 4096  # bytes of a public key that somebody brings


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that verifies; `is_current` where new signatures are made with it, `is_retired` where none can be."""

    raw: bytes
    is_current: bool = False
    is_retired: bool = False

    @property
    def pem(self) -> str:
        """Return the key as OpenSSL reads it."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def text(self) -> str:
        """Return the key as EVIDENCE_PUBLIC_KEYS takes it."""
        return base64.urlsafe_b64encode(self.raw).decode()

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of the key, 64 hex digits, as `openssl pkey -pubin -outform DER | sha256sum` does."""
        return hashlib.sha256(self._key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()

    def verifies(self, data: bytes, signature: str) -> bool:
        """Whether a signature, in base64, is one of these bytes with this key."""
        try:
            self._key.verify(base64.b64decode(signature.strip(), validate=True), data)
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    @property
    def _key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.raw)


def public_keys() -> list[PublicKey]:
    """Return the keys whose signatures are this portal's, the current one first."""
    own = [_public(seed) for seed in settings.EVIDENCE_KEYS]
    retired = [base64.urlsafe_b64decode(key) for key in settings.EVIDENCE_PUBLIC_KEYS]
    return [
        *(PublicKey(raw, is_current=not number) for number, raw in enumerate(own)),
        *(PublicKey(raw, is_retired=True) for raw in retired if raw not in own),
    ]


def current_key() -> PublicKey | None:
    """Return the public half of the key that signs; None where there is none."""
    return next((key for key in public_keys() if key.is_current), None)


def signature_of(data: bytes) -> str:
    """Return the signature of some bytes, 88 characters of base64; raise LookupError where there is no key."""
    if not settings.EVIDENCE_KEYS:
        raise LookupError("EVIDENCE_KEY is not set")
    return base64.b64encode(_private(settings.EVIDENCE_KEYS[0]).sign(data)).decode()


def signer_of(data: bytes, signature: str) -> PublicKey | None:
    """Return the key of this portal that signed some bytes; None where none did."""
    return next((key for key in public_keys() if key.verifies(data, signature)), None)


def read_pem(pem: bytes) -> PublicKey | None:
    """Return the Ed25519 key that somebody brings as PEM; None for anything else."""
    try:
        key = load_pem_public_key(pem[:MAX_PEM])
    except (ValueError, UnsupportedAlgorithm):
        return None
    if not isinstance(key, Ed25519PublicKey):
        return None
    return PublicKey(key.public_bytes_raw())


@lru_cache(maxsize=8)
def _private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(seed))


def _public(seed: str) -> bytes:
    return _private(seed).public_key().public_bytes_raw()
