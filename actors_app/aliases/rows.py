"""The aliases of a tenant as the pages show them: whose they are, what they lead to, and what follows them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from actors_app.core.addresses import page_of
from actors_app.core.pages.formatting import visible, visible_name
from actors_app.services import Abaco
from actors_app.services.errors import AbacoError, NotFound
from actors_app.services.names import problem_of
from actors_app.services.types import Actor, Alias

LOOKED_AT = 24  # actors that one page asks for singly; the others are not said to be gone


@dataclass(frozen=True, slots=True)
class AliasRow:
    """One alias: its name, its page (none where its name cannot be in an address), its actor and its owner.

    `problem` says what is wrong with its name, and may be None; `may_not` why its owner cannot change it, or is empty.
    `state` is `ready` where the visitor may read the actor, `dead` where the API says that there is none, otherwise
    `unseen`.
    """

    alias: str
    url: str
    actor_id: str
    actor: str
    owner: str
    is_mine: bool
    state: str
    problem: str | None
    may_not: str


def rows(aliases: Iterable[Alias], actors: Mapping[str, Actor], dead: frozenset[str], username: str) -> list[AliasRow]:
    """Return aliases by name; `actors` are those the visitor may read, `dead` the ids of those that are gone."""
    return [
        AliasRow(
            alias=visible_name(alias.alias),
            url=page_of("alias-detail", alias.alias),
            actor_id=visible(alias.actor_id),
            actor=visible(actors[alias.actor_id].label) if alias.actor_id in actors else "",
            owner=visible(alias.owner),
            is_mine=alias.owner == username,
            problem=alias.name_problem,
            may_not=_may_not(alias.alias),
            state="ready" if alias.actor_id in actors else "dead" if alias.actor_id in dead else "unseen",
        )
        for alias in sorted(aliases, key=lambda alias: (alias.alias.casefold(), alias.alias))
    ]


def _may_not(name: str) -> str:
    problem = problem_of("alias", name)
    return problem.effect if problem and problem.only_admins else ""


def dead_among(abaco: Abaco, actor_ids: Iterable[str]) -> frozenset[str]:
    """Return which of some actors are gone, as far as the API says so; at most LOOKED_AT are asked for, in one gather.

    To who is no administrator it says the same of an actor that exists and may not be read, so only the alias's own
    owner, who could read the actor when it was made, is told so (`GET /actors/{id}`).
    """
    ids = list(dict.fromkeys(actor_ids))[:LOOKED_AT]
    answers = abaco.gather(**{f"a{number}": _get(abaco, id_) for number, id_ in enumerate(ids)}) if ids else {}
    return frozenset(id_ for id_, answer in zip(ids, answers.values(), strict=True) if _is_gone(answer.error))


def _get(abaco: Abaco, actor_id: str):  # type: ignore[no-untyped-def]  # a call of a gather
    return lambda: abaco.actors.get(actor_id)


def _is_gone(error: AbacoError | None) -> bool:
    return isinstance(error, NotFound)


def linking(actors: Sequence[Actor], alias: str) -> list[Actor]:
    """Return the actors that send their events to an alias."""
    return [actor for actor in actors if actor.link == alias]
