"""What deleting an actor takes with it or breaks, as far as the API says; what it does not say is not known.

Everything is asked for in one gather, and at most NAMED of a kind are named.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from actors_app.actors.rows import schedule_words
from actors_app.core.addresses import host_of, page_of
from actors_app.core.pages.formatting import now, thousands, visible
from actors_app.services import Abaco, Result
from actors_app.services.gather import GetCall
from actors_app.services.permissions import WORLD, level_of
from actors_app.services.types import Actor, Nonce

NAMED = 10
ALIASES_ASKED = 20  # of one actor, whose nonces are asked for
_NONE = "circle-check"  # the icon of what an actor has none of
LATELY = timedelta(days=30)  # within which a nonce counts as in use


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that goes or breaks: a sentence, and the pages of what it is about; `more` of them are not named."""

    icon: str
    words: str
    named: tuple[tuple[str, str], ...] = ()  # label and address, which is empty for what has no page
    more: int = 0
    is_loss: bool = True  # whether there is something to lose
    is_known: bool = True


def ask(abaco: Abaco, actor_id: str) -> dict[str, Result]:
    """Ask for all that depends on an actor, and for the actor itself. Raises SignedOut."""
    return ask_many(abaco, [actor_id])[actor_id]


def ask_many(abaco: Abaco, actor_ids: Sequence[str]) -> dict[str, dict[str, Result]]:
    """Ask the same about several actors, all at once, and then for the nonces of their aliases. Raises SignedOut."""
    calls: dict[str, GetCall] = {
        "aliases": lambda: abaco.aliases.list(),
        "configs": lambda: abaco.configs.list(),
        "actors": lambda: abaco.actors.list(),
    }
    for id_ in actor_ids:
        of_one: dict[str, GetCall] = {
            "actor": lambda id_=id_: abaco.actors.get(id_),  # type: ignore[misc]
            "mailbox": lambda id_=id_: abaco.messages.count(id_),  # type: ignore[misc]
            "workers": lambda id_=id_: abaco.workers.list(id_),  # type: ignore[misc]
            "nonces": lambda id_=id_: abaco.nonces.list(id_),  # type: ignore[misc]
            "permissions": lambda id_=id_: abaco.permissions.get(id_),  # type: ignore[misc]
        }
        calls |= {f"{id_} {name}": call for name, call in of_one.items()}
    answers = _gather(abaco, calls)
    shared = {name: answers[name] for name in ("aliases", "configs", "actors")}
    by_actor = {id_: {**shared, **_under(id_, answers)} for id_ in actor_ids}
    names = {id_: [item.alias for item in shared["aliases"].value or () if item.actor_id == id_] for id_ in actor_ids}
    alias_calls: dict[str, GetCall] = {
        f"{id_} {name}": lambda name=name: abaco.alias_nonces.list(name)  # type: ignore[misc]
        for id_ in actor_ids
        for name in names[id_][:ALIASES_ASKED]
    }
    answers = _gather(abaco, alias_calls) if alias_calls else {}
    for id_ in actor_ids:
        by_actor[id_]["alias_nonces"] = Result(_under(id_, answers))
    return by_actor


def _gather(abaco: Abaco, calls: Mapping[str, GetCall]) -> dict[str, Result]:
    answers = abaco.gather(**calls)
    return answers


def _under(id_: str, answers: Mapping[str, Result]) -> dict[str, Result]:
    """Return the answers about one actor, by what was asked."""
    prefix = f"{id_} "
    return {name.removeprefix(prefix): answer for name, answer in answers.items() if name.startswith(prefix)}


def effects(actor: Actor, answers: dict[str, Result]) -> list[Effect]:
    """Return what goes with an actor and what breaks without it, then in one line what it has none of."""
    all_effects = [
        _messages(answers["mailbox"]),
        _workers(answers["workers"]),
        _nonces(actor, answers["nonces"]),
        _aliases(actor, answers["aliases"]),
        *_alias_nonces(actor, answers["aliases"], answers["alias_nonces"].value),
        _linking(actor, answers["actors"], answers["aliases"]),
        *_outgoing(actor),
        _configs(actor, answers["configs"], answers["aliases"]),
        _people(actor, answers["permissions"]),
    ]
    absent = [effect.words for effect in all_effects if effect.icon == _NONE]
    listed = " or ".join(filter(None, (", ".join(absent[:-1]), *absent[-1:])))
    none = [Effect(_NONE, f"No {listed}.", is_loss=False)] if absent else []
    return [effect for effect in all_effects if effect.icon != _NONE] + none


def _none(things: str) -> Effect:
    """Return what an actor has none of: the plural of a noun."""
    return Effect(_NONE, things, is_loss=False)


def _count(number: int, singular: str, plural: str = "") -> str:
    return f"{thousands(number)} {_form(number, singular, plural or singular + 's')}"


def _form(number: int, singular: str, plural: str) -> str:
    return singular if number == 1 else plural


def _unknown(icon: str, subject: str, answer: Result) -> Effect:
    why = answer.error.user_message if answer.error else ""
    return Effect(icon, f"{subject} could not be loaded. {why}".strip(), is_known=False)


def _of(icon: str, text: str, named: Iterable[tuple[str, str]], *, is_known: bool = True) -> Effect:
    pairs = list(named)
    return Effect(icon, text, tuple(pairs[:NAMED]), max(0, len(pairs) - NAMED), is_known=is_known)


def _messages(answer: Result) -> Effect:
    if answer.error or answer.value.messages is None:
        return _unknown("mail", "Queued messages", answer)
    number = answer.value.messages
    if not number:
        return _none("queued messages")
    return Effect("mail", f"{_count(number, 'queued message')} will be lost.")


def _workers(answer: Result) -> Effect:
    if answer.error:
        return _unknown("cpu", "Workers", answer)
    number, busy = len(answer.value), sum(worker.is_busy for worker in answer.value)
    if not number:
        return _none("workers")
    if not busy:
        text = f"{_count(number, 'idle worker')} will be stopped."
        return Effect("cpu", text, is_loss=False)
    return Effect("cpu", f"{_count(number, 'worker')} and {_count(busy, 'running execution')} will be stopped.")


def _nonces(actor: Actor, answer: Result) -> Effect:
    if answer.error:
        return _unknown("key-round", "Nonces", answer)
    usable = [nonce for nonce in answer.value if not nonce.is_exhausted]
    if not usable:
        return _none("active nonces")
    text = f"{_count(len(usable), 'active nonce')} ({_lately(usable)}) will stop working."
    return _of("key-round", text, [("View nonces", page_of("nonce-list", actor.id))])


def _lately(usable: Sequence[Nonce]) -> str:
    at = now()
    used = sum(nonce.last_use_time is not None and at - nonce.last_use_time < LATELY for nonce in usable)
    return f"{thousands(used) if used else 'none'} used in the last 30 days"


def _alias_nonces(actor: Actor, aliases: Result, answers: Mapping[str, Result]) -> Iterator[Effect]:
    """Count the nonces of the aliases that lead to it: they stay, and open nothing."""
    names = _names(actor, aliases)[1:]
    usable: list[Nonce] = []
    named, unknown = [], list(names[len(answers) :])
    for alias, answer in answers.items():
        if answer.error:
            unknown.append(alias)
            continue
        nonces = [nonce for nonce in answer.value if not nonce.is_exhausted]
        usable += nonces
        if nonces:
            named.append((visible(alias), page_of("alias-nonce-list", alias)))
    if usable:
        its = _form(len(names), "its alias", "its aliases")
        text = f"{_count(len(usable), 'active nonce')} of {its} ({_lately(usable)}) will stop working:"
        yield _of("key-round", text, named)
    if unknown:
        which = f"Nonces of {len(unknown)} of its aliases" if len(names) > 1 else "Nonces of its alias"
        why = next((answer.error.user_message for answer in answers.values() if answer.error), "Too many to check.")
        places = ((visible(name), page_of("alias-detail", name)) for name in unknown)
        yield _of("key-round", f"{which} could not be loaded. {why}", places, is_known=False)


def _names(actor: Actor, aliases: Result) -> tuple[str, ...]:
    return (actor.id, *(alias.alias for alias in aliases.value or () if alias.actor_id == actor.id))


def _aliases(actor: Actor, answer: Result) -> Effect:
    if answer.error:
        return _unknown("tags", "Aliases", answer)
    names = _names(actor, answer)[1:]
    if not names:
        return _none("aliases")
    text = f"{_count(len(names), 'alias', 'aliases')} will be broken:"
    return _of("tags", text, ((visible(name), page_of("alias-detail", name)) for name in names))


def _linking(actor: Actor, answer: Result, aliases: Result) -> Effect:
    if answer.error:
        return _unknown("waypoints", "Linked actors", answer)
    names = _names(actor, aliases)
    senders = [sender for sender in answer.value if sender.link in names and sender.id != actor.id]
    maybe = "Links through aliases are unknown. " if aliases.error else ""
    if not senders:
        return Effect("waypoints", maybe.strip(), is_loss=False, is_known=False) if maybe else _none("linked actors")
    text = f"{maybe}{_count(len(senders), 'actor')} will lose the target of {_form(len(senders), 'its', 'their')} link:"
    named = [(visible(sender.label), page_of("actor-detail", sender.id)) for sender in senders]
    return _of("waypoints", text, named, is_known=not maybe)


def _outgoing(actor: Actor) -> Iterator[Effect]:
    """Say what the actor itself tells or does by itself; of a webhook its host alone, as the rest is often a key."""
    if actor.link:
        named = [(visible(actor.link), page_of("actor-detail", actor.link))]
        yield _of("send", "Events will no longer be sent to the linked actor:", named)
    if actor.webhook:
        yield Effect("globe", f"Events will no longer be sent to the webhook at {visible(_host(actor.webhook))}.")
    if actor.cron_on:
        yield Effect("calendar-clock", f"Its schedule ({schedule_words(actor.cron_schedule or '').lower()}) will stop.")
    if not (actor.link or actor.webhook or actor.cron_on):
        yield from (_none("outgoing events"), _none("schedule"))


def _host(address: str) -> str:
    return host_of(address) or "a URL without a host"


def _configs(actor: Actor, answer: Result, aliases: Result) -> Effect:
    if answer.error:
        return _unknown("sliders-horizontal", "Configs", answer)
    configs = [config for config in answer.value if config.is_for(*_names(actor, aliases))]
    maybe = "Configs through aliases are unknown. " if aliases.error else ""
    if not configs:
        unknown = Effect("sliders-horizontal", maybe.strip(), is_loss=False, is_known=False)
        return unknown if maybe else _none("configs")
    text = f"{maybe}{_count(len(configs), 'config')} will no longer reach this actor:"
    named = [(visible(config.name), page_of("config-detail", config.name)) for config in configs]
    return _of("sliders-horizontal", text, named, is_known=not maybe)


def _people(actor: Actor, answer: Result) -> Effect:
    if answer.error:
        return _unknown("users", "Permissions", answer)
    levels = answer.value
    people = [name for name in levels if level_of(levels, name) != "NONE" and name not in (actor.owner, WORLD)]
    everybody = "Everyone in the tenant loses access" if WORLD in levels else ""
    if not people:
        return Effect("users", f"{everybody}.") if everybody else _none("other users")
    text = f"{_count(len(people), 'other user')} {_form(len(people), 'loses', 'lose')} access:"
    return _of("users", f"{everybody}; {text}" if everybody else text, ((visible(name), "") for name in people))
