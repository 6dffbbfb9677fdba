"""Encrypting, signing and fingerprinting: what former releases wrote opens, and nothing serves another purpose."""

import base64
import json
import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import signing

from actors_app.core.security.crypto import DecryptionError, decrypt, digest, encrypt, encrypt_again, sign, unsign

ROW = SimpleNamespace(tenant="t", username="jdoe", execution_id="e", actor_id="a", sha256="5f")
# What former releases write before the bytes themselves; what is JSON has nothing before it.
BEFORE: dict[Any, bytes] = {
    "definition": b'["t", "a", "5f"]\n',
    "log": b'["t", "e", "jdoe", 3]\n',
    "message": b'["t", "jdoe", "e"]\n',
    "result": b'["t", "jdoe", "e"]\n',
    "draft": b"",
    "first response": b"",
    "session": b"",
    "sign-in": b"",
}


@pytest.mark.parametrize("purpose", BEFORE)
def test_what_former_releases_stored_opens_and_they_open_what_is_stored(purpose: Any, settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [new, old]
    stored = Fernet(old).encrypt(BEFORE[purpose] + b"bytes\nand more")
    assert decrypt(purpose, stored, ROW, number=3) == b"bytes\nand more"
    assert Fernet(new).decrypt(encrypt(purpose, b"bytes", ROW, number=3)) == BEFORE[purpose] + b"bytes"


@pytest.mark.parametrize("purpose", [purpose for purpose, before in BEFORE.items() if before])
def test_what_is_moved_to_another_row_does_not_open(purpose: Any) -> None:
    stored = encrypt(purpose, b"bytes", ROW, number=3)
    bound = json.loads(BEFORE[purpose])
    for name, value in vars(ROW).items():
        if value in bound:
            with pytest.raises(DecryptionError):
                decrypt(purpose, stored, SimpleNamespace(**{**vars(ROW), name: "other"}), number=3)
    if 3 in bound:
        with pytest.raises(DecryptionError):
            decrypt(purpose, stored, ROW, number=4)


@pytest.mark.parametrize("text", ["", "é", "gAAAA", "\x00"])
def test_what_is_no_cipher_text_does_not_open(text: str) -> None:
    with pytest.raises(DecryptionError):
        decrypt("session", text)
    with pytest.raises(DecryptionError):
        encrypt_again(text.encode())


def test_what_is_too_old_does_not_open(settings: Any) -> None:
    late = Fernet(settings.CREDENTIAL_KEYS[0]).encrypt_at_time(b"x", int(time.time()) - 61)
    assert decrypt("sign-in", late, lifetime=120) == b"x"
    with pytest.raises(DecryptionError):
        decrypt("sign-in", late, lifetime=60)


def test_only_what_is_under_an_older_key_is_encrypted_again(settings: Any) -> None:
    stored = encrypt("session", b"x")
    assert encrypt_again(stored) is None
    settings.CREDENTIAL_KEYS = [Fernet.generate_key().decode(), *settings.CREDENTIAL_KEYS]
    again = encrypt_again(stored)
    assert again is not None
    settings.CREDENTIAL_KEYS = settings.CREDENTIAL_KEYS[:1]
    assert decrypt("session", again) == b"x"


def test_pages_of_former_releases_are_still_believed() -> None:
    value = ["t", "jdoe", {"n": 1}]
    assert unsign("actors.state", signing.dumps(value, salt="actors.state")) == value
    assert unsign("actors.state", signing.dumps(value, salt="actors.state", compress=True)) == value
    assert unsign("w", signing.Signer(salt="w").sign_object(value), is_dated=False) == value
    assert signing.loads(sign("actors.state", value), salt="actors.state") == value


@pytest.mark.parametrize("is_dated", [True, False])
def test_a_signature_is_good_for_its_purpose_alone(is_dated: bool) -> None:
    signed = sign("one", [1], is_dated=is_dated)
    assert unsign("one", signed, is_dated=is_dated) == [1]
    assert unsign("two", signed, is_dated=is_dated) is None
    assert unsign("one", signed, is_dated=not is_dated) is None
    value, _, rest = signed.partition(":")
    other = base64.urlsafe_b64encode(b"[2]").rstrip(b"=").decode()
    for forged in ("", ":", "\ud800", "é:é:é", f"{other}:{rest}", value, signed[:-1]):
        assert unsign("one", forged, is_dated=is_dated) is None


def test_a_long_value_is_compressed() -> None:
    assert len(sign("one", ["a" * 10_000])) < 200


def test_a_signature_ends() -> None:
    signed = sign("one", [1])
    assert unsign("one", signed, lifetime=60) == [1]
    assert unsign("one", signed, lifetime=-1) is None


def test_what_is_not_dated_is_always_the_same() -> None:
    assert sign("one", ["t", "jdoe"], is_dated=False) == sign("one", ["t", "jdoe"], is_dated=False)


def test_a_digest_is_of_its_purpose_and_key(settings: Any) -> None:
    first = digest("one", "text")
    assert re.fullmatch("[0-9a-f]{64}", first)
    assert digest("two", "text") != first
    assert digest("one", "other") != first
    settings.SECRET_KEY = "another-" + "k" * 60
    assert digest("one", "text") != first


def test_no_other_module_encrypts_or_signs() -> None:
    """The check of the settings only looks whether a key is one; `signatures` has the keys of evidence."""
    root = Path("actors_app")
    ways = re.compile(r"from cryptography|import signing|django\.core\.signing|salted_hmac")
    users = {str(path.relative_to(root)) for path in root.rglob("*.py") if ways.search(path.read_text())}
    assert users == {"core/security/crypto.py", "core/security/signatures.py", "doctor/system_checks.py"}
