"""Evidence packs: all that can be known of some executions now, in one signed ZIP that says what it lacks.

Each part is read while the ZIP is sent. What cannot be read becomes an entry of the manifest that says why. A pack of
any size is made in bounded memory: of more than DETAILED executions, the first have all their files, and each has its
record in `executions.jsonl`.
"""

import hashlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from django.db import DatabaseError

from actors_app.audit.activity import Reader, iter_entries, record_of
from actors_app.core.clock import now_ms
from actors_app.core.pages.converters import is_id
from actors_app.core.security.credentials import Credentials, tenant_of
from actors_app.core.security.signatures import current_key, signature_of
from actors_app.executions import archive as result_archive
from actors_app.executions.models import KeptResult
from actors_app.executions.zip_stream import StreamedZip
from actors_app.history.export import moment_text, portal_record
from actors_app.history.query import HistoryRow
from actors_app.history.visibility import SeenActor
from actors_app.logs import archive as log_archive
from actors_app.logs.lifetime import no_log_in_words
from actors_app.masking import MASK, Masker
from actors_app.messages import archive as message_archive
from actors_app.services import Abaco, Result
from actors_app.services.errors import AbacoError, CallError, Forbidden, NotFound
from actors_app.services.raw_json import Original
from actors_app.services.types import Actor, AdminRole, Execution
from portal import __version__

DETAILED = 200  # executions, and actors, of a pack about which the API is asked: of each with its log, for minutes
SUMS, SIGNATURE, KEY = "SHA256SUMS", "SIGNATURE", "public-key.pem"
MAX_AUDIT = 10_000  # entries of the audit trail for one actor
STORE = "the portal's database"
_NO_ADDRESSES = "The API's links to itself are omitted."
_STORE_SILENT = "The portal's database is unavailable."
_ENDINGS = {"json": "json", "text": "txt", "image": "img", "binary": "bin"}
_README = """Created by the Actors Portal: {scope} at {at}.

manifest.json   lists each file with its size, SHA-256, time and source,
                and everything that is missing, with the reason
SHA256SUMS      the same checksums, and that of manifest.json
{proof}
Proof of time and creator: the download is an entry of the portal's audit log,
with the action evidence.take; `manage.py verify_audit` verifies the log.

Tokens, nonces, passwords and private keys that were detected by their name or form are replaced by {mask}. The
manifest lists in which files and how often. The SHA-256 of a log is that of the original, including its secrets.
Secrets that were not detected remain, so this pack may contain secrets.

Results are included only if the creator of this pack had fetched them: the API returns each result only once.
"""
_SIGNED = """SIGNATURE       the signature of SHA256SUMS: Ed25519, in base64
public-key.pem  the key that verifies it

To verify this pack, upload the ZIP to the portal's page "Verify evidence pack",
or run `manage.py verify_evidence FILE`. Without the portal, compare the key
with one from a source that you trust, then run in this folder

    base64 -d SIGNATURE > /tmp/signature
    openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin \\
        -in SHA256SUMS -sigfile /tmp/signature
    sha256sum -c SHA256SUMS

Fingerprint of the key: {fingerprint}
"""
_UNSIGNED = """
This pack is not signed, since this portal has no key for it. To verify that
no file was changed by accident, run in this folder

    sha256sum -c SHA256SUMS
"""


@dataclass(frozen=True, slots=True)
class Subject:
    """An execution that goes into a pack, with what is remembered of it, if anything."""

    actor: SeenActor
    execution_id: str
    row: HistoryRow | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """All executions of a set that is larger than its subjects, as the history has them, and the actors they are of."""

    batches: Callable[[], Iterator[list[HistoryRow]]]
    actors: Sequence[SeenActor]


@dataclass(slots=True)
class Pack:
    """One pack that is being made for somebody whom the API lets read the actors of its subjects.

    `about` and `completeness` go into the manifest; `answers` are those of the API for the first subject, where it was
    asked already.
    """

    credentials: Credentials
    abaco: Abaco
    subjects: Sequence[Subject]
    folder: str
    about: Mapping[str, Any]
    role: AdminRole | None = None  # None where nothing rests on it
    answers: Mapping[str, Result] = field(default_factory=dict)
    is_set: bool = False  # so that each execution has a folder of its own
    index: Index | None = None  # None where the subjects are all there are
    completeness: Mapping[str, Any] | None = None  # None for a single execution
    count: int = 0  # executions whose records it holds
    zip: StreamedZip = field(default_factory=StreamedZip)
    files: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, str]] = field(default_factory=list)
    actors: dict[int, Actor | None] = field(default_factory=dict)  # None: gone, or the API is silent
    refused: set[int] = field(default_factory=set)

    def stream(self) -> Iterator[bytes]:
        """Yield the ZIP, piece by piece."""
        for subject in self.subjects:
            yield from self._subject(subject)
            self.answers = {}
        self.count = len(self.subjects)
        if self.index:
            yield from self._index(self.index)
        yield from self._closing()

    # Parts --------------------------------------------------------------------------------------------------

    def _subject(self, subject: Subject) -> Iterator[bytes]:
        seen_actor, id_ = subject.actor, subject.execution_id
        if not (is_id(id_) and is_id(seen_actor.id)):
            self._miss("an execution", "", "Invalid ID of the execution or its actor.")
            return
        actor_folder, folder = (f"actors/{seen_actor.id}/", f"executions/{id_}/") if self.is_set else ("", "")
        answers = self.answers or self._ask(seen_actor, id_)
        if seen_actor.key not in self.actors and seen_actor.key not in self.refused:
            yield from self._actor(seen_actor, answers, actor_folder)
        if seen_actor.key in self.refused:
            self._miss(f"execution {id_}", "", "You no longer have access to its actor.")
            return
        execution = yield from self._execution(subject, answers["execution"], folder)
        yield from self._log(subject, execution, folder)
        yield from self._message(subject, folder)
        yield from self._results(subject, folder)

    def _index(self, index: Index) -> Iterator[bytes]:
        """Write the record of each execution, once it is known which actors may still be read."""
        others = [actor for actor in index.actors if actor.key not in {*self.actors, *self.refused} and is_id(actor.id)]
        room = max(DETAILED - len(self.actors), 0)
        for seen_actor in others[:room]:
            yield from self._actor(seen_actor, self._ask(seen_actor), f"actors/{seen_actor.id}/")
        if others[room:]:
            why = f"A pack contains the files of at most {DETAILED} actors."
            self._miss(f"the files of {len(others) - room} more actors", "", why)
        masked = {actor.key: _masked_actor(actor) for actor in index.actors if actor.key not in self.refused}
        problems: list[str] = []
        self.count = 0

        def pieces() -> Iterator[bytes]:
            try:
                for batch in index.batches():
                    records = [portal_record(row, masked[row.actor]) for row in batch if row.actor in masked]
                    yield b"".join(json.dumps(record).encode() + b"\n" for record in records)
                    self.count += len(records)
            except DatabaseError:
                problems.append(_STORE_SILENT)

        for seen_actor in index.actors:
            if seen_actor.key in self.refused:
                self._miss(f"the executions of actor {seen_actor.id}", "", "You no longer have access to this actor.")
        yield from self._file("executions.jsonl", pieces(), f"{STORE}: the execution history", problems)

    def _ask(self, actor: SeenActor, execution_id: str = "") -> dict[str, Result]:
        raw_json, id_ = self.abaco.raw_json, actor.id
        calls: dict[str, Any] = {}
        if execution_id:
            calls["execution"] = lambda: raw_json.execution(id_, execution_id)
        if actor.key not in self.actors:
            calls["actor"] = lambda: raw_json.actor(id_)
            calls["permissions"] = lambda: raw_json.permissions(id_)
        try:
            return self.abaco.gather(**calls)
        except CallError as error:  # nobody is signed in any more
            return dict.fromkeys(
                calls, Result(error=AbacoError(error.detail, user_message=error.user_message, reason=error.reason))
            )

    def _actor(self, seen_actor: SeenActor, answers: Mapping[str, Result], folder: str) -> Iterator[bytes]:
        error, original = answers["actor"].error, answers["actor"].value
        is_theirs = seen_actor.owner == self.credentials.username or self.role is AdminRole.ADMIN
        # Where the API hides what is gone, it forbids it.
        is_gone = isinstance(error, NotFound) or (isinstance(error, Forbidden) and seen_actor.deleted is not None)
        if (isinstance(error, Forbidden) and not is_gone) or (is_gone and not is_theirs):
            self.refused.add(seen_actor.key)
            return
        self.actors[seen_actor.key] = original.value if original else None
        if original:
            masker = Masker(seen_actor.id)
            result = _without_secrets(original.result, masker)
            yield from self._json(f"{folder}actor.json", result, original.source, _NO_ADDRESSES, masker=masker)
        else:
            self._miss(f"{folder}actor.json", f"actor {seen_actor.id}", _why(error))
        permissions: Original[None] | None = answers["permissions"].value
        if permissions:
            yield from self._json(f"{folder}permissions.json", permissions.result, permissions.source)
        else:
            self._miss(f"{folder}permissions.json", f"actor {seen_actor.id}", _why(answers["permissions"].error))
        yield from self._audit(seen_actor, folder)

    def _audit(self, seen_actor: SeenActor, folder: str) -> Iterator[bytes]:
        actor, problems = self.actors[seen_actor.key], list[str]()
        reader, masker = Reader.of(self.credentials, [actor] if actor else []), Masker(seen_actor.id)
        lines = reader.lines().filter(actor_id=seen_actor.id)

        def pieces() -> Iterator[bytes]:
            try:
                for number, entry in enumerate(islice(iter_entries(lines), MAX_AUDIT + 1)):
                    if number == MAX_AUDIT:
                        problems.append(f"Only the latest {MAX_AUDIT} entries; there are more.")
                    else:
                        yield json.dumps(masker.value(record_of(entry, reader))).encode() + b"\n"
            except DatabaseError:
                problems.append(_STORE_SILENT)

        note = "" if actor else "Only your own entries: the actor could not be read."
        source = f"{STORE}: the audit log"
        yield from self._file(f"{folder}audit.jsonl", pieces(), source, problems, note, masker)

    def _execution(self, subject: Subject, answer: Result, folder: str) -> Generator[bytes, None, Execution | None]:
        original: Original[Execution] | None = answer.value
        name = f"{folder}execution.json"
        masker = Masker(subject.execution_id, subject.actor.id)
        record = {
            "api": masker.value(original.result) if original else None,
            "portal": masker.value(portal_record(subject.row, subject.actor)) if subject.row else None,
        }
        if original or subject.row:
            source = original.source if original else STORE
            note = (
                "`api` is the current response of the API, `portal` is the portal's record with the time it was last "
                "updated. "
            )
            note += _NO_ADDRESSES
            yield from self._json(name, record, source, note, masker=masker)
        if original is None:
            self._miss(f"{name}: api", f"execution {subject.execution_id}", _why(answer.error))
        return original.value if original else None

    def _log(self, subject: Subject, execution: Execution | None, folder: str) -> Iterator[bytes]:
        seen_actor, id_, name = subject.actor, subject.execution_id, f"{folder}log.txt"
        actor, problems = self.actors[seen_actor.key], list[str]()
        source, why = self.abaco.raw_json.log_source(seen_actor.id, id_), ""
        first = ""
        pieces: Iterator[str] = iter(())
        try:
            pieces = self.abaco.logs.stream(seen_actor.id, id_)
            first = next(pieces, "")
        except CallError as error:
            why = _why(error)
        if not first:
            reason = (
                no_log_in_words(execution, actor.log_life, actor.loses_logs) if actor else no_log_in_words(execution)
            )
            why = why or f"Not in the API. {reason}"
            try:
                archived = log_archive.kept_log(self.credentials.tenant, id_)
                # Of an actor that the API does not show, a log is for whoever kept it.
                if (
                    archived
                    and archived.actor_id == seen_actor.id
                    and (actor or archived.username == self.credentials.username)
                ):
                    pieces = log_archive.pieces(archived)
                    first = next(pieces, "")
                    source = f"{STORE}: archived by {archived.username} at {archived.kept_at.isoformat()}. {why}"
            except (AbacoError, DatabaseError) as error:
                why += f" {_why(error)}"
        if not first:
            self._miss(name, f"execution {id_}", why)
            return

        masker, digest = Masker(seen_actor.id, id_, execution.worker_id if execution else ""), hashlib.sha256()

        def whole() -> Iterator[str]:
            digest.update(_utf8(first))
            yield first
            try:
                for piece in pieces:
                    digest.update(_utf8(piece))
                    yield piece
            except (AbacoError, DatabaseError) as error:
                problems.append(f"Interrupted. {_why(error)}")

        masked = map(_utf8, masker.pieces(whole()))
        yield from self._file(name, masked, source, problems, masker=masker, digest=digest)

    def _message(self, subject: Subject, folder: str) -> Iterator[bytes]:
        id_ = subject.execution_id
        try:
            message = message_archive.original_message(self.credentials, id_, self.actors[subject.actor.key])
        except DatabaseError as error:
            message = message_archive.OriginalMessage(why_not=_why(error))
        source = f"{STORE}: messages sent through it"
        if message.sent is None:
            self._miss(f"{folder}message", f"execution {id_}", message.why_not)
            yield from self._file(f"{folder}message-missing.txt", [_utf8(message.why_not + "\n")], source)
            return
        ending = _ENDINGS.get(message.sent.kind, "bin")
        masker, of_environment = Masker(subject.actor.id, id_), Masker(subject.actor.id, id_)
        sent = replace(message.sent, environment={}).masked(masker)
        yield from self._file(f"{folder}message.{ending}", [sent.body], source, masker=masker)
        environment = of_environment.environment(message.sent.environment)
        yield from self._json(f"{folder}message-environment.json", environment, source, masker=of_environment)

    def _results(self, subject: Subject, folder: str) -> Iterator[bytes]:
        id_ = subject.execution_id
        try:
            rows = result_archive.texts(self.credentials, id_, 0, 0)
            for number, (row, _) in enumerate(rows, 1):
                name = f"{folder}results/{number}.{_ENDINGS.get(row.kind, 'bin')}"
                try:
                    masker = Masker(subject.actor.id, id_)
                    data = result_archive.content(self.credentials, id_, row.pk, masker)
                except KeptResult.DoesNotExist:
                    self._miss(name, f"execution {id_}", "Stored, but cannot be decrypted.")
                    continue
                source = f"{STORE}: fetched from the API at {row.fetched_at.isoformat()}"
                yield from self._file(name, [data], source, masker=masker)
        except DatabaseError as error:
            self._miss(f"{folder}results", f"execution {id_}", _why(error))

    # Files --------------------------------------------------------------------------------------------------

    def _json(
        self, name: str, value: object, source: str, note: str = "", masker: Masker | None = None
    ) -> Iterator[bytes]:
        content = json.dumps(value, indent=2).encode() + b"\n"
        yield from self._file(name, [content], source, note=note, masker=masker)

    def _file(
        self,
        name: str,
        pieces: Iterable[bytes],
        source: str,
        problems: Sequence[str] = (),
        note: str = "",
        masker: Masker | None = None,
        digest: Any = None,
    ) -> Iterator[bytes]:
        """Write a file and name it in the manifest, with the problems that came up while it was read.

        `masker` has counted the secrets that were replaced in it, `digest` has the whole as it was before.
        """
        at = moment_text(now_ms())
        yield from self.zip.add(f"{self.folder}/{name}", pieces)
        member = self.zip.files[-1]
        entry = {"name": name, "bytes": member.size, "sha256": member.sha256, "read_at": at, "source": source}
        if note:
            entry["note"] = note
        if masker and masker.count:
            entry["secrets_replaced"] = masker.count
            if digest:
                entry["original_sha256"] = digest.hexdigest()
        if problems:
            entry["incomplete"] = " ".join(problems)
            self._miss(f"the rest of {name}", source, " ".join(problems))
        self.files.append(entry)

    def _miss(self, subject: str, of: str, why: str) -> None:
        self.missing.append({"what": subject, "of": of, "why": why})

    def _closing(self) -> Iterator[bytes]:
        at, key, detailed = moment_text(now_ms()), current_key(), len(self.subjects)
        scope = f"everything known about {self.count} execution{'s' * (self.count != 1)}"
        if self.index:
            scope = f"the records of {self.count} executions, and everything known about the first {detailed},"
        proof = _SIGNED.format(fingerprint=key.fingerprint) if key else _UNSIGNED
        readme = _README.format(scope=scope, at=at, mask=MASK, proof=proof)
        yield from self._file("README.txt", [readme.encode()], "the portal")
        if key:
            yield from self._file(KEY, [key.pem.encode()], "the portal")
        tenant = tenant_of(self.credentials)
        manifest = {
            "about": {**self.about, "executions": self.count, "executions_with_files": detailed},
            "made_by": {"username": self.credentials.username, "tenant": tenant.name},
            "finished_at": at,
            "portal_version": __version__,
            "api": tenant.url,
            **({"completeness": dict(self.completeness)} if self.completeness is not None else {}),
            "signature": f"{SIGNATURE} over {SUMS}: Ed25519, key {key.fingerprint}" if key else None,
            "files": self.files,
            "secrets": "Detected secrets were replaced; the files may contain others.",
            "missing": self.missing,
        }
        yield from self.zip.add(f"{self.folder}/manifest.json", [json.dumps(manifest, indent=2).encode() + b"\n"])
        start = len(self.folder) + 1
        sums = "".join(f"{file.sha256}  {file.name[start:]}\n" for file in self.zip.files).encode()
        yield from self.zip.add(f"{self.folder}/{SUMS}", [sums])
        if key:
            yield from self.zip.add(f"{self.folder}/{SIGNATURE}", [signature_of(sums).encode() + b"\n"])
        yield from self.zip.end()


def _masked_actor(actor: SeenActor) -> SeenActor:
    masker = Masker(actor.id)
    return replace(actor, name=masker.text(actor.name), image=masker.text(actor.image))


def _without_secrets(result: Mapping[str, Any], masker: Masker) -> dict[str, Any]:
    """Return an actor as the API gives it, with its secrets masked, its environment under either name of the API."""
    return {
        name: masker.environment(value)
        if name in ("defaultEnvironment", "default_environment") and isinstance(value, dict)
        else masker.value(value, name)
        for name, value in result.items()
    }


def _why(error: Exception | None) -> str:
    """Say why something could not be read."""
    if not isinstance(error, CallError):
        return _STORE_SILENT if error else "Not requested."
    return f"{error.user_message} API response: {error.reason}" if error.reason else error.user_message


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
