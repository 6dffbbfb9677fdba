"""The nonces of many actors and aliases with what is worth a look at each; what the pages show is not decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from actors_app.core.addresses import page_of
from actors_app.core.pages.converters import is_id
from actors_app.core.pages.formatting import now, visible
from actors_app.nonces import notes as nonce_notes
from actors_app.nonces.commands import Holder
from actors_app.nonces.hygiene import FINDINGS, findings
from actors_app.nonces.models import NonceNote
from actors_app.nonces.notes import nonce_handle
from actors_app.services import Abaco
from actors_app.services.types import Actor, Alias, Nonce


@dataclass(frozen=True, slots=True)
class Keyed:
    """An actor or an alias whose nonces are shown; its actor's permissions say what their makers may do."""

    holder: Holder
    label: str
    actor_id: str

    @classmethod
    def of_actor(cls, actor: Actor) -> "Keyed":
        """Return an actor as one that has nonces."""
        return cls(Holder(actor.id), visible(actor.label), actor.id)

    @classmethod
    def of_alias(cls, alias: Alias) -> "Keyed":
        """Return an alias as one that has nonces, which act on the actor that it leads to."""
        return cls(Holder(alias.alias, is_alias=True), visible(alias.alias), alias.actor_id)


@dataclass(frozen=True, slots=True)
class ReviewedNonce:
    """A nonce, who has it, its handle, the note on it, and the names of its findings, the worst first."""

    keyed: Keyed
    nonce: Nonce
    handle: str
    note: NonceNote | None
    findings: tuple[str, ...]


def keyed_of(actors: Sequence[Actor], aliases: Sequence[Alias], me: str) -> list[Keyed]:
    """Return what has nonces: actors, and somebody's own aliases."""
    holders = [Keyed.of_actor(item) for item in actors if is_id(item.id)]
    holders += [
        Keyed.of_alias(item)
        for item in aliases
        if item.owner == me and is_id(item.actor_id) and page_of("alias-detail", item.alias)
    ]
    return sorted(holders, key=lambda item: (item.label.casefold(), item.holder.is_alias, item.holder.id))


def look(abaco: Abaco, tenant: str, holders: Sequence[Keyed]) -> tuple[list[ReviewedNonce], list[Keyed]]:
    """Return the nonces of some actors and aliases, those worth a look first; and whose could not be read."""
    calls: dict[str, Any] = {}
    for number, item in enumerate(holders):
        calls[f"nonces{number}"] = lambda of=item.holder: of.service(abaco).list(of.id)
        # With a nonce of an alias too, the API looks at what its maker may do with the actor, and not with the alias.
        calls[f"levels {item.actor_id}"] = lambda id_=item.actor_id: abaco.permissions.get(id_)
    answers = abaco.gather(**calls) if calls else {}
    rows: list[tuple[Keyed, Nonce, str]] = []
    unread = []
    for number, item in enumerate(holders):
        nonces: tuple[Nonce, ...] | None = answers[f"nonces{number}"].value
        if nonces is None:
            unread.append(item)
        rows += [(item, nonce, nonce_handle(item.holder.id, nonce.id)) for nonce in nonces or ()]
    notes, at = nonce_notes.noted_of(tenant, [handle for _, _, handle in rows]), now()
    reviewed = [
        ReviewedNonce(
            item, nonce, handle, notes.get(handle), findings(nonce, answers[f"levels {item.actor_id}"].value, at)
        )
        for item, nonce, handle in rows
    ]
    order = list(FINDINGS)
    reviewed.sort(
        key=lambda item: (
            not item.findings,
            order.index(item.findings[0]) if item.findings else 0,
            item.keyed.label.casefold(),
        )
    )
    return reviewed, unread
