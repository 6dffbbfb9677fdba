"""Giving somebody a level on an actor, an alias or a config, and taking it back."""

from collections.abc import Iterable, Mapping

from django.http import HttpRequest

from actors_app.core.operations.perform import CommandResult, Outcome, answered, perform
from actors_app.core.pages.formatting import visible
from actors_app.core.security.credentials import signed_in
from actors_app.history.visibility import forget_rights
from actors_app.permissions.access import Subject
from actors_app.permissions.likeness import AGAIN, by_drawing, doubt
from actors_app.permissions.operations import GRANT, REVOKE
from actors_app.services import Abaco
from actors_app.services.errors import InvalidRequest
from actors_app.services.permissions import WORLD


def set_level(
    request: HttpRequest, abaco: Abaco, subject: Subject, user: str, level: str, *, is_confirmed: bool
) -> CommandResult[dict[str, str]]:
    """Set a level, NONE to take it back, having looked which one it replaces. `POST …/permissions`.

    Raises InvalidRequest where the name was not typed again, and lets in somebody who resembles a name of the list.
    """
    operation = (REVOKE if level == "NONE" else GRANT)[subject.kind]
    target = {"actor_id": subject.name if subject.kind == "actor" else "", "object_id": user}
    if earlier := answered(request, operation, **target):
        return earlier
    _need(abaco, subject)
    before = abaco.permissions.get(subject.name, subject.kind)
    if level != "NONE" and before.get(user, "NONE") == "NONE" and not is_confirmed:
        _need_plain(user, before)
    details = {
        "kind": subject.kind,
        "before": {user: before.get(user, "not in the list")},
        "after": {user: level},
        **({} if subject.kind == "actor" else {"name": subject.name}),
    }
    result = perform(
        request,
        operation,
        lambda: abaco.permissions.grant(subject.name, user, level, subject.kind),
        lambda after: _outcome(subject, user, level, before, after),
        subject=subject.name,
        details=details,
        **target,
    )
    if user in (signed_in(request).username, WORLD):
        forget_rights(request)
    return result


def _need(abaco: Abaco, subject: Subject) -> None:
    """Raise NotFound where there is no such alias or config.

    From an administrator the API takes a grant on anything, and whoever creates an alias or config of that name later
    inherits it. A config is looked up in the list, since the API shows a single one to administrators only.
    `GET /actors/aliases/{alias}`, `GET /actors/configs`.
    """
    if subject.kind == "alias":
        abaco.aliases.get(subject.name)
    elif subject.kind == "config":
        abaco.configs.find(subject.name)


def _need_plain(user: str, names: Iterable[str]) -> None:
    if user != WORLD and (unsure := doubt(user, by_drawing(names))):
        raise InvalidRequest("a look-alike", user_message=f"{unsure} {AGAIN}", field="confirm")


def _outcome(subject: Subject, user: str, level: str, before: Mapping[str, str], after: Mapping[str, str]) -> Outcome:
    """Say how the entry stands now, by the API's own map."""
    was, name = before.get(user), visible(user)
    if after.get(user) != level:
        return Outcome(f"The API accepted the change, but does not list {level} for {name}.", subject.url, "warning")
    if user == WORLD:
        sentence = f"{subject.phrase.capitalize()} is now public."
    elif level == "NONE":
        sentence = f"Access for {name} revoked."
    elif was in (None, "NONE"):
        sentence = f"{level} granted to {name}."
    elif was == level:
        sentence = f"{name} already has {level}."
    else:
        sentence = f"Access for {name} changed from {visible(was)} to {level}."
    return Outcome(sentence, subject.url)
