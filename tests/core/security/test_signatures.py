"""Signatures of evidence: made with the first key, verified with each, and by anybody who has OpenSSL."""

import base64
import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from actors_app.core.security import signatures
from tests.support.tools import missing

DATA = b"0" * 64 + b"  manifest.json\n"
OTHER = base64.urlsafe_b64encode(hashlib.sha256(b"another key").digest()).decode()


def test_a_signature_is_of_these_bytes_and_no_others() -> None:
    signed = signatures.signature_of(DATA)
    key = signatures.signer_of(DATA, signed + "\n")
    assert key == signatures.current_key()
    assert signatures.signer_of(DATA + b" ", signed) is None
    changed = bytearray(base64.b64decode(signed))
    changed[5] ^= 1
    for wrong in (base64.b64encode(changed).decode(), signed[:-4], "", "no base64 \N{SNOWMAN}", signed + "AAAA"):
        assert signatures.signer_of(DATA, wrong) is None


def test_a_change_of_keys_leaves_what_was_signed_valid(settings: Any) -> None:
    old = signatures.current_key()
    assert old is not None
    signed = signatures.signature_of(DATA)
    settings.EVIDENCE_KEYS = [OTHER, *settings.EVIDENCE_KEYS]
    assert signatures.signature_of(DATA) != signed
    former = signatures.signer_of(DATA, signed)
    assert former is not None
    assert (former.fingerprint, former.is_current, former.is_retired) == (old.fingerprint, False, False)
    settings.EVIDENCE_KEYS = [OTHER]
    assert signatures.signer_of(DATA, signed) is None
    settings.EVIDENCE_PUBLIC_KEYS = [base64.urlsafe_b64encode(old.raw).decode()]
    retired = signatures.signer_of(DATA, signed)
    assert retired is not None
    assert retired.is_retired


def test_without_a_key_nothing_is_signed(settings: Any) -> None:
    settings.EVIDENCE_KEYS = []
    assert signatures.current_key() is None
    with pytest.raises(LookupError):
        signatures.signature_of(DATA)


def test_a_key_that_somebody_brings_is_read_and_nothing_else() -> None:
    key = signatures.current_key()
    assert key is not None
    brought = signatures.read_pem(key.pem.encode())
    assert brought is not None
    assert brought.fingerprint == key.fingerprint
    assert not brought.is_current
    for text in (b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", key.pem.encode()[:60]):
        assert signatures.read_pem(text) is None


def test_openssl_agrees(tmp_path: Path) -> None:
    if not shutil.which("openssl"):
        missing("openssl", "openssl")
    key = signatures.current_key()
    assert key is not None
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "key").write_text(key.pem)
    (tmp_path / "sig").write_bytes(base64.b64decode(signatures.signature_of(DATA)))
    verify = "openssl pkeyutl -verify -pubin -inkey key -rawin -in data -sigfile sig"
    subprocess.run(verify.split(), cwd=tmp_path, check=True, capture_output=True)
    der = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", "key", "-outform", "DER"], cwd=tmp_path, capture_output=True, check=True
    )
    assert hashlib.sha256(der.stdout).hexdigest() == key.fingerprint
