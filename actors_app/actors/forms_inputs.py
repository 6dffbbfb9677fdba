"""An actor's definition as the inputs of its form, in both directions a page needs: shown, and carried along unseen."""

import json
import re
from collections.abc import Mapping
from ipaddress import AddressValueError, IPv6Address
from typing import Any
from urllib.parse import urlsplit

from django import forms

from actors_app.actors.definition import DEFAULTS, Definition, definition_of
from actors_app.core.addresses import LONGEST
from actors_app.core.pages.forms_environment import TypedEnvironment
from actors_app.services.types import Actor

ENVIRONMENT = ("env_name", "env_value", "environment_mode")  # inputs of the field default_environment


def initial_of(opened: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition as the inputs of the form show it."""
    inputs = dict(opened)
    for name in ("stateless", "token"):
        inputs[name] = "true" if opened[name] else "false"
    inputs["hints"] = ", ".join(opened["hints"])
    inputs["state"] = "" if opened["state"] in (None, {}) else json.dumps(opened["state"], indent=2, ensure_ascii=False)
    return inputs


def filled(definition: Definition) -> dict[str, Any]:
    """Return a definition that need not name every field as the inputs of a new actor's form."""
    inputs = initial_of({**DEFAULTS, "stateless": True, "token": None, **definition})
    if definition.get("token") is None:
        inputs["token"] = ""  # up to the API
    return inputs


def clone_of(actor: Actor) -> dict[str, Any]:
    """Return an actor as the inputs of the form that registers another like it."""
    return filled(cloned(actor))


def cloned(actor: Actor) -> Definition:
    """Return the definition of another actor like this one.

    A state goes along only where a new actor can be given it: an object, and of a stateful one. Raises NamingMismatch
    for an actor that was not read whole.
    """
    actor.need_whole()
    definition = definition_of(actor)
    if actor.stateless or not isinstance(definition["state"], dict):
        definition["state"] = {}
    return definition | {"name": actor.name or ""}


def inputs_of(definition: Definition) -> list[tuple[str, str]]:
    """Return a definition as the names and values that the form would send."""
    return pairs_of(initial_of(definition))


def pairs_of(initial: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what the inputs of the form show as the names and values that it would send."""
    values = dict(initial)
    environment = TypedEnvironment.of(values.pop("default_environment"))
    inputs = [
        (name, "on" if value is True else str(value))
        for name, value in values.items()
        if value is not None and value is not False
    ]
    inputs += [("environment_mode", environment.mode), ("default_environment", environment.text)]
    return inputs + [pair for key, value in environment.rows for pair in (("env_name", key), ("env_value", value))]


def field_of(name: str) -> str:
    """Return the field that an input belongs to."""
    return "default_environment" if name in ENVIRONMENT else name


SENTENCE = "Enter a full URL that starts with https://, e.g. https://example.org/hook."
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}\w)?|_[\w-]{0,61}\w|_")
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f\\]|\s")


def check_webhook(address: str) -> str:
    """Return an address; raise ValidationError for what is no https address that can be called."""
    if len(address) > LONGEST or _UNSENDABLE.search(address):
        raise forms.ValidationError(SENTENCE)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port beyond 65,535 or no number, or a bracket that is not closed
        raise forms.ValidationError(SENTENCE) from None
    if parts.scheme.lower() != "https" or port == 0 or not _is_host(host, is_bracketed="[" in parts.netloc):
        raise forms.ValidationError(SENTENCE)
    return address


def _is_host(host: str, *, is_bracketed: bool) -> bool:
    if is_bracketed:
        try:
            IPv6Address(host)
        except AddressValueError:
            return False
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
