"""Verifying an evidence pack: each file against its checksum, the checksums against their signature.

It asks neither the API nor the store, reads a pack of any size in bounded memory, and names everything that is wrong.
"""

import hashlib
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from actors_app.core.security.signatures import MAX_PEM, PublicKey, public_keys, read_pem, signer_of
from actors_app.executions.evidence import KEY, SIGNATURE, SUMS

MAX_SUMS = 64 * 1024 * 1024  # bytes of the list of checksums
_PIECE = 1024 * 1024
_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")
_ENDS_EARLY = "The file ends before its list of contents: it is truncated, or not a ZIP file."
# What `zipfile` raises for a damaged ZIP: NotImplementedError for a version or a compression that it does not know.
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class TooLong(Exception):  # noqa: N818  it is what is answered
    """What a pack holds is longer than may be read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong: the file that it is about, empty for the whole pack, and what."""

    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.name else self.text


@dataclass(slots=True)
class Verdict:
    """What came of verifying a pack: what is wrong, how many files are as they were, and whose key signed it."""

    problems: list[Problem] = field(default_factory=list)
    unchanged: int = 0
    signer: PublicKey | None = None

    @property
    def holds(self) -> bool:
        """Whether everything is as this portal made it."""
        return not self.problems


def verify(file: IO[bytes], *, most: int | None = None) -> Verdict:
    """Verify a pack; raise TooLong where it holds more than `most` bytes."""
    verdict = Verdict()
    try:
        pack = zipfile.ZipFile(file)
    except _UNREADABLE:
        verdict.problems.append(Problem("", _ENDS_EARLY))
        return verdict
    with pack:
        if most is not None and sum(member.file_size for member in pack.infolist()) > most:
            raise TooLong
        _verify(pack, verdict, most)
    return verdict


def verify_sums(sums: str, signature: str, key: str = "") -> Verdict:
    """Verify the list of checksums alone, as it was pasted; the files are for `sha256sum -c` to check."""
    verdict = Verdict()
    text = "".join(f"{line}\n" for line in sums.replace("\r\n", "\n").strip("\n").split("\n"))
    _sums(text.encode(), verdict)
    _signature(text.encode(), signature, key.encode(), verdict)
    return verdict


def _verify(pack: zipfile.ZipFile, verdict: Verdict, most: int | None) -> None:
    members = pack.infolist()
    folder = members[0].filename.partition("/")[0] + "/" if members else ""
    names = Counter(member.filename.removeprefix(folder) for member in members)
    small: dict[str, bytes] = {}
    for name, limit in ((SUMS, MAX_SUMS), (SIGNATURE, MAX_PEM), (KEY, MAX_PEM)):
        if name in names:
            try:
                small[name] = b"".join(_pieces(pack, folder + name, limit))
            except (*_UNREADABLE, TooLong):
                verdict.problems.append(Problem(name, "Changed: it cannot be read."))
        else:
            verdict.problems.append(Problem(name, "Missing."))
    if SUMS not in small:
        return
    sums = _sums(small[SUMS], verdict)
    if SIGNATURE in small:
        _signature(small[SUMS], small[SIGNATURE].decode("ascii", "replace"), small.get(KEY, b""), verdict)
    verdict.problems += [Problem(name, "Appears twice in the pack.") for name, count in names.items() if count > 1]
    verdict.problems += [
        Problem(name, "Extra: not in the list of checksums.") for name in names if name not in {*sums, SUMS, SIGNATURE}
    ]
    for name, checksum in sums.items():
        if name not in names:
            if name != KEY:  # which was named above
                verdict.problems.append(Problem(name, "Missing: it is in the list of checksums."))
            continue
        digest = hashlib.sha256()
        try:
            for piece in _pieces(pack, folder + name, most):
                digest.update(piece)
        except _UNREADABLE:
            verdict.problems.append(Problem(name, "Changed: it cannot be read."))
            continue
        if digest.hexdigest() == checksum:
            verdict.unchanged += 1
        else:
            verdict.problems.append(Problem(name, "Changed: its checksum differs."))


def _pieces(pack: zipfile.ZipFile, name: str, most: int | None) -> Iterator[bytes]:
    """Yield what a file of a pack holds, whatever size its head claims; raise TooLong beyond `most` bytes."""
    size = 0
    with pack.open(name) as opened:
        while piece := opened.read(_PIECE):
            size += len(piece)
            if most is not None and size > most:
                raise TooLong
            yield piece


def _sums(data: bytes, verdict: Verdict) -> dict[str, str]:
    """Return the checksums by the names of their files."""
    sums: dict[str, str] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n")[:-1], 1):
        match = _LINE.fullmatch(line)
        if match and match[2] not in sums:
            sums[match[2]] = match[1]
        else:
            verdict.problems.append(Problem(SUMS, f"Changed: line {number} is not the checksum of a file."))
            break
    if not sums and not verdict.problems:
        verdict.problems.append(Problem(SUMS, "Changed: it lists no files."))
    return sums


def _signature(sums: bytes, signature: str, key: bytes, verdict: Verdict) -> None:
    """See whether one of the portal's keys signed; else say whether the key of the pack did."""
    verdict.signer = signer_of(sums, signature)
    if verdict.signer is not None:
        return
    brought = read_pem(key)
    if brought is not None and brought.verifies(sums, signature):
        text = f"Signed with a key that this portal has never used: {brought.fingerprint}."
    elif public_keys():
        text = f"The signature does not match: {SUMS} or {SIGNATURE} was changed."
    else:
        text = "This portal has no key to verify signatures with (EVIDENCE_KEY)."
    verdict.problems.append(Problem(SIGNATURE, text))
