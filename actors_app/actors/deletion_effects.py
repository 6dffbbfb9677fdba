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
    """Return what goes with an actor and what breaks without it: first what cannot be brought back."""
    return [
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


def _count(number: int, singular: str, plural: str = "") -> str:
    return f"{thousands(number)} {_form(number, singular, plural or singular + 's')}"


def _form(number: int, singular: str, plural: str) -> str:
    return singular if number == 1 else plural


def _unknown(icon: str, subject: str, answer: Result) -> Effect:
    why = answer.error.user_message if answer.error else ""
    return Effect(icon, f"{subject} is not known. {why}".strip(), is_known=False)


def _of(icon: str, text: str, named: Iterable[tuple[str, str]], *, is_known: bool = True) -> Effect:
    pairs = list(named)
    return Effect(icon, text, tuple(pairs[:NAMED]), max(0, len(pairs) - NAMED), is_known=is_known)


def _messages(answer: Result) -> Effect:
    if answer.error or answer.value.messages is None:
        return _unknown("mail", "How many messages wait", answer)
    number = answer.value.messages
    if not number:
        return Effect("mail", "No message waits in its mailbox.", is_loss=False)
    return Effect("mail", f"{_count(number, 'waiting message')} will never be run.")


def _workers(answer: Result) -> Effect:
    if answer.error:
        return _unknown("cpu", "What its workers run now", answer)
    number, busy = len(answer.value), sum(worker.is_busy for worker in answer.value)
    if not number:
        return Effect("cpu", "It has no worker now, so nothing runs.", is_loss=False)
    if not busy:
        text = f"{_count(number, 'worker')}, which {_form(number, 'runs', 'run')} nothing now."
        return Effect("cpu", text, is_loss=False)
    cut = _form(busy, "that is cut off", "that are cut off")
    return Effect("cpu", f"{_count(number, 'worker')}, and {_count(busy, 'running execution')} {cut}.")


def _nonces(actor: Actor, answer: Result) -> Effect:
    if answer.error:
        return _unknown("key-round", "Which nonces are in use", answer)
    usable = [nonce for nonce in answer.value if not nonce.is_exhausted]
    if not usable:
        text = "It has no nonce." if not answer.value else "None of its nonces has a use left."
        return Effect("key-round", text, is_loss=False)
    text = (
        f"{_count(len(usable), 'nonce')} that can still be used, {_lately(usable)}: whoever sends with one is refused."
    )
    return _of("key-round", text, [("See the nonces", page_of("nonce-list", actor.id))])


def _lately(usable: Sequence[Nonce]) -> str:
    at = now()
    used = sum(nonce.last_use_time is not None and at - nonce.last_use_time < LATELY for nonce in usable)
    return f"{thousands(used)} of them used within the last 30 days" if used else "none used within the last 30 days"


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
        text = f"{_count(len(usable), 'nonce')} of {its} that can still be used, {_lately(usable)}, will open nothing:"
        yield _of("key-round", text, named)
    if unknown:
        of = f"{len(unknown)} of its aliases {_form(len(unknown), 'has', 'have')}"
        which = f"Whether {of if len(names) > 1 else 'its alias has'} nonces in use"
        why = next(
            (answer.error.user_message for answer in answers.values() if answer.error), "Not all were asked for."
        )
        places = ((visible(name), page_of("alias-detail", name)) for name in unknown)
        yield _of("key-round", f"{which} is not known. {why}", places, is_known=False)


def _names(actor: Actor, aliases: Result) -> tuple[str, ...]:
    return (actor.id, *(alias.alias for alias in aliases.value or () if alias.actor_id == actor.id))


def _aliases(actor: Actor, answer: Result) -> Effect:
    if answer.error:
        return _unknown("tags", "Which aliases lead to it", answer)
    names = _names(actor, answer)[1:]
    if not names:
        return Effect("tags", "No alias leads to it.", is_loss=False)
    text = f"{_count(len(names), 'alias', 'aliases')} will lead nowhere:"
    return _of("tags", text, ((visible(name), page_of("alias-detail", name)) for name in names))


def _linking(actor: Actor, answer: Result, aliases: Result) -> Effect:
    if answer.error:
        return _unknown("waypoints", "Which actors send their events to it", answer)
    names = _names(actor, aliases)
    senders = [sender for sender in answer.value if sender.link in names and sender.id != actor.id]
    maybe = "Those that use an alias are not known. " if aliases.error else ""
    if not senders:
        text = f"{maybe}No actor that you may read sends its events to it."
        return Effect("waypoints", text, is_loss=False, is_known=not maybe)
    send = _form(len(senders), "sends its", "send their")
    text = f"{maybe}{_count(len(senders), 'actor')} that you may read {send} events to it, which then go nowhere:"
    named = [(visible(sender.label), page_of("actor-detail", sender.id)) for sender in senders]
    return _of("waypoints", text, named, is_known=not maybe)


def _outgoing(actor: Actor) -> Iterator[Effect]:
    """Say what the actor itself tells or does by itself; of a webhook its host alone, as the rest is often a key."""
    if actor.link:
        named = [(visible(actor.link), page_of("actor-detail", actor.link))]
        yield _of("send", "Its events are sent no more to the actor of its link:", named)
    if actor.webhook:
        yield Effect("globe", f"Its events are sent no more to its webhook at {visible(_host(actor.webhook))}.")
    if actor.cron_on:
        text = f"It runs on a schedule, {schedule_words(actor.cron_schedule or '')}, which ends."
        yield Effect("calendar-clock", text.replace(", scheduled,", ","))
    if not (actor.link or actor.webhook or actor.cron_on):
        yield Effect("send", "It has no link, no webhook and no schedule that is on.", is_loss=False)


def _host(address: str) -> str:
    return host_of(address) or "an address without a host"


def _configs(actor: Actor, answer: Result, aliases: Result) -> Effect:
    if answer.error:
        return _unknown("sliders-horizontal", "Which configs name it", answer)
    configs = [config for config in answer.value if config.is_for(*_names(actor, aliases))]
    maybe = "Those that name an alias are not known. " if aliases.error else ""
    if not configs:
        return Effect("sliders-horizontal", f"{maybe}No config names it.", is_loss=False, is_known=not maybe)
    number = len(configs)
    text = f"{maybe}{_count(number, 'config')} still {_form(number, 'names', 'name')} it, and will name nothing:"
    named = [(visible(config.name), page_of("config-detail", config.name)) for config in configs]
    return _of("sliders-horizontal", text, named, is_known=not maybe)


def _people(actor: Actor, answer: Result) -> Effect:
    if answer.error:
        return _unknown("users", "Who has access to it", answer)
    levels = answer.value
    people = [name for name in levels if level_of(levels, name) != "NONE" and name not in (actor.owner, WORLD)]
    everybody = "Everybody in the tenant has access to it and loses it" if WORLD in levels else ""
    if not people:
        text = f"{everybody}." if everybody else "Nobody but its owner has a permission on it."
        return Effect("users", text, is_loss=bool(everybody))
    number, lose = len(people), _form(len(people), "loses", "lose")
    text = f"{_count(number, 'person', 'people')} beside its owner {lose} access to it:"
    return _of("users", f"{everybody}; {text}" if everybody else text, ((visible(name), "") for name in people))
