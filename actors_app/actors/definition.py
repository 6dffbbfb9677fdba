"""An actor's definition between two looks at it: what can be edited, what changed, and the signed copy a form carries.

Nothing here asks the API and nothing draws a page.
"""

from dataclasses import dataclass
from typing import Any

from actors_app.core.addresses import host_of
from actors_app.core.security.crypto import sign, unsign
from actors_app.masking import Masker
from actors_app.services.jsons import is_same
from actors_app.services.types import Actor
from actors_app.services.types.actor_fields import FIELDS, PRIVILEGED_FIELDS
from actors_app.services.types.actors import is_no_queue

Definition = dict[str, Any]

# Fields of an actor that `PUT /actors/{id}` takes, with their names on the pages.
LABELS = {
    field.name: f"{field.label} ({field.unit})" if field.unit else field.label for field in FIELDS if field.can_change
}
EDITABLE = tuple(LABELS)
# What an actor has where `POST /actors` does not say; `token` is then up to the API.
DEFAULTS: Definition = {field.name: field.default for field in FIELDS if field.default is not None}
_PURPOSE = "actors.definition"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: its name, its label, and its value before and after."""

    name: str
    label: str
    before: Any
    after: Any

    @property
    def shown_before(self) -> Any:
        """Return the value before; of an environment only the variables that differ."""
        return only_changed(self.before, self.after) if self.name == "default_environment" else self.before

    @property
    def shown_after(self) -> Any:
        """Return the value after; of an environment only the variables that differ."""
        return only_changed(self.after, self.before) if self.name == "default_environment" else self.after


def definition_of(actor: Actor) -> Definition:
    """Return what can be edited of an actor, by our names; a queue, a limit or a schedule it does not have is None."""
    definition = {name: getattr(actor, name) for name in EDITABLE}
    definition["hints"] = list(actor.hints)
    definition["default_environment"] = dict(actor.default_environment)
    definition["cron_schedule"] = actor.cron_schedule or ""
    definition["queue"] = None if actor.queue == "default" or is_no_queue("queue", actor.queue) else actor.queue
    definition["state"] = {} if actor.state is None else actor.state
    return definition


def differences(before: Definition, after: Definition) -> list[Difference]:
    """Return the fields in which two definitions differ, in the order of the form."""
    return [
        Difference(name, LABELS[name], before[name], after[name])
        for name in EDITABLE
        if not is_same(before[name], after[name])
    ]


def only_changed(environment: dict[str, Any], base: dict[str, Any]) -> dict[str, Any] | None:
    """Return the variables of an environment that another has not, or has otherwise; None where there is none."""
    variables = {
        name: value for name, value in environment.items() if name not in base or not is_same(value, base[name])
    }
    return variables or None


def full_update(actor: Actor, changes: Definition) -> Definition:
    """Return the whole definition that a `PUT /actors/{id}` is sent so that it makes these changes and no other.

    A field taken back to nothing is left out, which the API reads as its default. A state that is no object cannot be
    sent this way, so it is not in `Actor.definition()`. Raises NamingMismatch for an actor that was not read whole.
    """
    actor.need_whole()
    update = {**actor.definition(), "cron_on": actor.cron_on, **changes}
    return {name: value for name, value in update.items() if value is not None and not is_no_queue(name, value)}


def taken_back(now: Definition, former: Definition) -> tuple[Definition, list[str]]:
    """Return a definition with a former one in place of it as far as the API goes back, and the labels of what stays.

    A state is not kept with a definition; the API makes no stateful actor stateless and takes no schedule away.
    """
    restored = now | {name: value for name, value in former.items() if name in EDITABLE}
    stays = ["state"] if now["state"] else []
    if restored["stateless"] and not now["stateless"]:
        stays.append("stateless")
    if not restored["cron_schedule"] and now["cron_schedule"]:
        stays.append("cron_schedule")
    return restored | {name: now[name] for name in stays}, [LABELS[name] for name in stays]


def limits_in(definition: Definition) -> list[str]:
    """Return the labels of what a definition holds that only a caller with the privileged role may set."""
    return [LABELS[name] for name in PRIVILEGED_FIELDS if definition.get(name)]


def sign_definition(actor_id: str, actor: Actor) -> str:
    """Return the definition as a form carries it: signed, so that it comes back as it was, and compressed."""
    opened = {
        "actor_id": actor_id,  # as the address has it, which may be an alias
        "id": actor.id,
        "label": actor.label,
        "owner": actor.owner,
        "updated": actor.last_update_time.isoformat() if actor.last_update_time else None,
        "definition": definition_of(actor),
    }
    return sign(_PURPOSE, opened)


def unsign_definition(actor_id: str, signed: str) -> dict[str, Any] | None:
    """Return what `sign_definition` wrote for this actor, or None when it is not whole or not for this actor."""
    opened: dict[str, Any] | None = unsign(_PURPOSE, signed)
    if opened is None or opened["actor_id"] != actor_id or set(opened["definition"]) != set(EDITABLE):
        return None
    return opened


def redacted(definition: Definition) -> Definition:
    """Return what the audit trail keeps of a definition: names without values, of a webhook only the host, no secret.

    Values of an environment are often keys to other services.
    """
    result = dict(definition)
    for name in ("default_environment", "state"):
        if isinstance(result.get(name), dict):
            result[name] = dict.fromkeys(result[name], "…")
        elif result.get(name):
            result[name] = "…"
    if result.get("webhook"):
        result["webhook"] = host_of(str(result["webhook"])) or "…"
    return {name: Masker().value(value) for name, value in result.items()}
