"""Verifying evidence packs: what anybody could do to one is named, by the command and on the page."""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from actors_app.core.security import signatures
from tests.conftest import API
from tests.executions.test_evidence import URL, answers

pytestmark = pytest.mark.django_db
PAGE = "/evidence/"
OTHER = base64.urlsafe_b64encode(hashlib.sha256(b"a forger").digest()).decode()
Files = dict[str, bytes]


@pytest.fixture
def pack(api: API, signed_in: Client) -> bytes:
    answers(api)
    return b"".join(signed_in.get(URL).streaming_content)


def files_of(pack: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def packed(files: Files) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return data.getvalue()


def named(files: Files, end: str) -> str:
    (name,) = [name for name in files if name.endswith(f"/{end}")]
    return name


def says(tmp_path: Path, pack: bytes) -> str:
    """Return what the command says of a pack that does not hold."""
    path = tmp_path / "pack.zip"
    path.write_bytes(pack)
    with pytest.raises(CommandError) as failure:
        call_command("verify_evidence", str(path))
    assert failure.value.returncode == 1
    return str(failure.value)


def shown(client: Client, pack: bytes, status: int = 200) -> str:
    """Return the page about a pack."""
    answer = client.post(PAGE, {"pack": SimpleUploadedFile("pack.zip", pack)}, secure=True)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_pack_as_it_was_made_holds(pack: bytes, signed_in: Client, tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "pack.zip"
    path.write_bytes(pack)
    call_command("verify_evidence", str(path))
    key = signatures.current_key()
    assert key is not None
    number = len(files_of(pack)) - 2
    assert capsys.readouterr().out == (
        f"{number} files, complete and unchanged.\nSigned with the key {key.fingerprint}.\n"
    )
    page = shown(signed_in, pack)
    assert "The pack is intact." in page
    assert f"{number} files, complete and unchanged." in page
    assert key.fingerprint in page


def changed(files: Files) -> None:
    name = named(files, "log.txt")
    files[name] = b"X" + files[name][1:]


def left_out(files: Files) -> None:
    del files[named(files, "log.txt")]


def extra(files: Files) -> None:
    files[named(files, "log.txt").replace("log.txt", "more.txt")] = b"forged"


def outside(files: Files) -> None:
    files["elsewhere/log.txt"] = b"forged"


def unsigned(files: Files) -> None:
    del files[named(files, "SIGNATURE")]


def keyless(files: Files) -> None:
    del files[named(files, "public-key.pem")]


def listless(files: Files) -> None:
    del files[named(files, "SHA256SUMS")]


def with_new_sums(files: Files) -> None:
    """Change a file, and its checksum too."""
    name, sums = named(files, "log.txt"), named(files, "SHA256SUMS")
    old = hashlib.sha256(files[name]).hexdigest()
    changed(files)
    files[sums] = files[sums].replace(old.encode(), hashlib.sha256(files[name]).hexdigest().encode())


def nonsense(files: Files) -> None:
    files[named(files, "SHA256SUMS")] += b"no checksum\n"


ATTACKS: list[tuple[Callable[[Files], None], str]] = [
    (changed, "log.txt: Changed: its checksum differs."),
    (left_out, "log.txt: Missing: it is in the list of checksums."),
    (extra, "more.txt: Extra: not in the list of checksums."),
    (outside, "elsewhere/log.txt: Extra: not in the list of checksums."),
    (unsigned, "SIGNATURE: Missing."),
    (keyless, "public-key.pem: Missing."),
    (listless, "SHA256SUMS: Missing."),
    (with_new_sums, "SIGNATURE: The signature does not match: SHA256SUMS or SIGNATURE was changed."),
    (nonsense, "SHA256SUMS: Changed: line 10 is not the checksum of a file."),
]


def test_what_was_done_to_a_pack_is_named(pack: bytes, signed_in: Client, tmp_path: Path, subtests: Any) -> None:
    for attack, words in ATTACKS:
        with subtests.test(attack.__name__):
            files = files_of(pack)
            attack(files)
            forged = packed(files)
            assert words in says(tmp_path, forged)
            page = shown(signed_in, forged)
            assert "The pack is not intact." in page
            assert words.partition(": ")[2] in page


def test_a_file_that_is_there_twice_is_named(pack: bytes, tmp_path: Path) -> None:
    data = io.BytesIO(pack)
    files = files_of(pack)
    name = named(files, "log.txt")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(data, "a") as written:
        written.writestr(name, files[name])
    assert "log.txt: Appears twice in the pack." in says(tmp_path, data.getvalue())


def test_a_truncated_file_is_named(pack: bytes, signed_in: Client, tmp_path: Path) -> None:
    words = "The file ends before its list of contents: it is truncated, or not a ZIP file."
    for forged in (pack[:-1], pack[:-30], pack[: len(pack) // 2], b"no ZIP", b"PK"):
        assert words in says(tmp_path, forged)
        assert words in shown(signed_in, forged)


def test_no_byte_of_a_file_can_change_unseen(pack: bytes, tmp_path: Path) -> None:
    """Change each of many bytes of the ZIP: it is named, or every file is as it was."""
    path = tmp_path / "pack.zip"
    before = files_of(pack)
    for place in range(0, len(pack), 17):
        forged = bytearray(pack)
        forged[place] ^= 0x40
        path.write_bytes(forged)
        try:
            call_command("verify_evidence", str(path))
        except CommandError:
            continue
        assert files_of(bytes(forged)) == before, place


def forged_with(files: Files, seed: str, settings: Any) -> bytes:
    """Return a pack of other content that is signed with another key, as its forger would make it."""
    own, settings.EVIDENCE_KEYS = settings.EVIDENCE_KEYS, [seed]
    with_new_sums(files)
    sums, key = named(files, "SHA256SUMS"), named(files, "public-key.pem")
    old = hashlib.sha256(files[key]).hexdigest()
    current = signatures.current_key()
    assert current is not None
    files[key] = current.pem.encode()
    files[sums] = files[sums].replace(old.encode(), hashlib.sha256(files[key]).hexdigest().encode())
    files[named(files, "SIGNATURE")] = signatures.signature_of(files[sums]).encode() + b"\n"
    settings.EVIDENCE_KEYS = own
    return packed(files)


def test_another_key_is_named(pack: bytes, signed_in: Client, tmp_path: Path, settings: Any) -> None:
    forged = forged_with(files_of(pack), OTHER, settings)
    told = says(tmp_path, forged)
    assert "SIGNATURE: Signed with a key that this portal has never used: " in told
    assert "Changed" not in told
    assert "Signed with a key that this portal has never used" in shown(signed_in, forged)


def test_a_pack_outlives_its_key(pack: bytes, signed_in: Client, settings: Any) -> None:
    old = signatures.current_key()
    assert old is not None
    settings.EVIDENCE_KEYS, settings.EVIDENCE_PUBLIC_KEYS = [OTHER], [old.text]
    page = shown(signed_in, pack)
    assert "The pack is intact." in page
    assert "a former key of this portal" in page
    settings.EVIDENCE_PUBLIC_KEYS = []
    assert f"Signed with a key that this portal has never used: {old.fingerprint}." in shown(signed_in, pack)
    settings.EVIDENCE_KEYS = []
    assert "This portal has no key" in shown(signed_in, packed({**files_of(pack), "x/public-key.pem": b""}))


def test_a_larger_pack_is_verified_by_what_proves_it(pack: bytes, signed_in: Client) -> None:
    files = files_of(pack)
    texts = {
        "sums": files[named(files, "SHA256SUMS")].decode().replace("\n", "\r\n"),  # as a browser sends it
        "signature": f" {files[named(files, 'SIGNATURE')].decode()}",
    }
    page = signed_in.post(PAGE, texts, secure=True).content.decode()
    assert "The list of checksums is intact." in page
    page = signed_in.post(PAGE, {**texts, "sums": texts["sums"].replace("a", "b", 1)}, secure=True).content.decode()
    assert "The signature does not match" in page


def test_a_form_that_is_not_whole_keeps_what_was_typed(signed_in: Client, pack: bytes) -> None:
    answer = signed_in.post(PAGE, {"sums": "typed words"}, secure=True)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "typed words</textarea>" in page
    assert "Paste the contents of the file SIGNATURE." in page
    assert signed_in.post(PAGE, {}, secure=True).status_code == 422
    file = SimpleUploadedFile("pack.zip", pack)
    assert "not both" in signed_in.post(PAGE, {"pack": file, "sums": "x"}, secure=True).content.decode()


def test_a_pack_that_unpacks_to_too_much_is_not_read(signed_in: Client) -> None:
    bomb = packed({"x/SHA256SUMS": b"\0" * (300 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    assert "This pack is too large to verify here." in shown(signed_in, bomb, 422)


def test_a_hostile_name_is_text(signed_in: Client) -> None:
    page = shown(signed_in, packed({"x/<script>canary</script>\N{RIGHT-TO-LEFT OVERRIDE}": b""}))
    assert "<script>canary" not in page
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in page


def test_a_file_that_cannot_be_read_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read") as failure:
        call_command("verify_evidence", str(tmp_path / "nowhere.zip"))
    assert failure.value.returncode == 2


def test_the_page_shows_the_keys(signed_in: Client, settings: Any) -> None:
    settings.EVIDENCE_PUBLIC_KEYS = [OTHER]
    page = signed_in.get(PAGE, secure=True).content.decode()
    for key in signatures.public_keys():
        assert key.fingerprint in page
        assert key.pem.splitlines()[1] in page
    assert "Retired, verifies only" in page


def test_a_session_that_only_reads_may_verify(sign_in: Any, pack: bytes) -> None:
    reader = sign_in()
    reader.post("/account/read-only/", secure=True)
    assert "The pack is intact." in shown(reader, pack)
