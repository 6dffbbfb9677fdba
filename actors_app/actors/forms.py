"""An actor's definition as a visitor types it, to register or to save; the filter of the list, and a name to delete by.

The rules are those of `POST /actors` and `PUT /actors/{id}`, checked before anything is sent.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import QueryDict

from actors_app.actors.definition import DEFAULTS, EDITABLE, Definition
from actors_app.actors.facets import FAVORITES, MOST_OPTIONS, Choice, sort_of
from actors_app.actors.forms_inputs import ENVIRONMENT, check_webhook, field_of, initial_of, inputs_of
from actors_app.actors.images import check_image
from actors_app.core.pages.form_fields import LineField, PastedField, StrictJSONField, TextField, has_unseen
from actors_app.core.pages.formatting import visible
from actors_app.core.pages.forms import PortalForm, ReasonForm
from actors_app.core.pages.forms_confirm import ConfirmForm
from actors_app.core.pages.forms_cron import EXAMPLE, INPUTS, ScheduleParts, check_schedule, schedule_of
from actors_app.core.pages.forms_environment import EnvironmentField, Row, environment_rows
from actors_app.core.pages.forms_slice import SliceForm
from actors_app.core.sizes import storage_problem
from actors_app.services.blanks import trimmed
from actors_app.services.dialects import DIALECTS
from actors_app.services.jsons import is_same
from actors_app.services.types.actor_fields import FIELD, PRIVILEGED_FIELDS
from portal.tenants import Tenant

_LINK = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9_.~-]{0,127}", re.ASCII)
_MEMORY = re.compile(r"[1-9]\d{0,15}[bkmg]?", re.ASCII | re.IGNORECASE)
_HINT_CHARACTERS = set("'\"{}[]")  # those that the API refuses
EXECUTOR_TENANTS = ("A2CPS", "DESIGNSAFE", "SD2E", "TACC")  # TACC/abaco dev-v3 actors/auth.py, tenant_can_use_tas
_YES_OR_NO = (("true", "Yes"), ("false", "No"))


def _label_and_help(name: str) -> dict[str, Any]:
    """Return the label and the help of a field, as it is declared."""
    field = FIELD[name]
    label = field.form_label or field.label
    return {"label": label, "help_text": field.help} if label else {"help_text": field.help}


def _too_long(name: str) -> str:
    return f"Use at most {FIELD[name].longest:,} characters."


def _number(name: str) -> forms.IntegerField:
    """Return the input of a whole number, with its sentences."""
    field = FIELD[name]
    sentence = f"Enter a whole number between {field.least:,} and {field.most:,}."
    return forms.IntegerField(
        min_value=field.least,
        max_value=field.most,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), sentence),
        **_label_and_help(name),
    )


def _text(name: str, **options: Any) -> LineField:
    """Return the input of one line, with its sentences."""
    field = FIELD[name]
    options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
    return LineField(
        max_length=field.longest,
        required=field.is_required,
        error_messages={
            "max_length": _too_long(name),
            "required": options.pop("missing", "This field is required."),
        },
        **_label_and_help(name),
        **options,
    )


def _truth(name: str) -> forms.BooleanField:
    """Return the input of a switch."""
    return forms.BooleanField(required=False, **_label_and_help(name))


def tapis_tenant(url: str) -> str:
    """Return the tenant that an address of Tapis names, `https://<tenant>.tapis.io`; nothing for any other."""
    host = urlsplit(url).hostname or ""
    name, _, domain = host.partition(".")
    return name if domain == "tapis.io" else ""


class ActorForm(ReasonForm):
    """An actor's definition; `opened` is the one it had when the page was opened, or None to register a new one.

    A value that the actor has already, and that nobody touched, is kept even where it would not be taken anew.
    """

    name = _text("name")
    image = _text(
        "image",
        missing="Enter an image, e.g. abacosamples/test.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "abacosamples/test:latest"}
        ),
    )
    description = TextField(
        max_length=FIELD["description"].longest,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _too_long("description")},
        **_label_and_help("description"),
    )
    stateless = forms.ChoiceField(
        choices=[
            ("true", "Stateless: no memory between messages"),
            ("false", "Stateful: keeps JSON state, runs on one worker"),
        ],
        required=False,
        error_messages={"invalid_choice": "Choose stateless or stateful."},
        **_label_and_help("stateless"),
    )
    state = StrictJSONField(
        required=False, widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}), **_label_and_help("state")
    )
    type = forms.ChoiceField(
        choices=[("none", "Not specified"), ("json", "JSON"), ("bin", "Binary")],
        required=False,
        error_messages={"invalid_choice": "Choose a message type from the list."},
        **_label_and_help("type"),
    )
    token = forms.ChoiceField(
        choices=[("", "API default"), *_YES_OR_NO],
        required=False,
        error_messages={"invalid_choice": "Choose one of the options."},
        **_label_and_help("token"),
    )
    hints = _text("hints")
    default_environment = EnvironmentField(raw_json=True, **_label_and_help("default_environment"))
    cron_schedule = _text("cron_schedule")
    cron_on = _truth("cron_on")
    link = _text("link")
    webhook = _text("webhook", widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}))
    log_ex = _number("log_ex")
    max_workers = _number("max_workers")
    mem_limit = _text("mem_limit")
    max_cpus = _number("max_cpus")
    queue = _text("queue")
    privileged = _truth("privileged")
    use_container_uid = _truth("use_container_uid")
    run_as_executor = _truth("run_as_executor")
    force = forms.BooleanField(label="Re-pull image and restart workers", required=False)

    def __init__(
        self,
        *args: Any,
        opened: Definition | None = None,
        actor_id: str = "",
        former: Definition | None = None,
        tenant: Tenant | None = None,
        **kwargs: Any,
    ) -> None:
        """Take the definition that was opened, and the tenant, where what its API offers is known."""
        kwargs.setdefault("initial", initial_of(opened) if opened is not None else {"stateless": "true"})
        super().__init__(*args, **kwargs)
        if INPUTS[0] in self.data:
            self.data = self.data.copy()  # type: ignore[attr-defined]  # what a page sends
            self.data["cron_schedule"] = schedule_of(self.data, self.data.get("cron_schedule", ""))  # type: ignore[index]
        self.opened = opened
        self.actor_id = actor_id
        self.tenant = tenant
        self.offers_executor = tenant is None or DIALECTS[tenant.version]().runs_as_executor
        if opened is None:
            del self.fields["force"], self.fields["reason"]
            return
        del self.fields["name"]
        self.fields["token"].choices = _YES_OR_NO  # type: ignore[attr-defined]
        environment, kind = self.fields["default_environment"], self.fields["type"]
        # What the actor had in a definition that it is taken back to is as good as what it has.
        had = (former or {}).get("default_environment", {})
        environment.kept = {**had, **opened["default_environment"]}  # type: ignore[attr-defined]
        if opened["type"] not in dict(kind.choices):  # type: ignore[attr-defined]
            kind.choices = [*kind.choices, (opened["type"], visible(opened["type"]))]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Refuse what nobody could read or type again."""
        name: str = self.cleaned_data["name"]
        if has_unseen(name):
            raise forms.ValidationError("Names cannot contain line breaks or invisible characters.")
        return name

    def clean_image(self) -> str:
        """Refuse what cannot be a reference to an image."""
        return check_image(self.cleaned_data["image"])

    def clean_stateless(self) -> bool:
        """Return a truth; an actor is stateless unless it says otherwise."""
        chosen: str = self.cleaned_data["stateless"]
        stateless = chosen != "false"
        if not chosen and self.opened is not None:
            return bool(self.opened["stateless"])
        if stateless and self.opened is not None and not self.opened["stateless"]:
            raise forms.ValidationError("A stateful actor cannot become stateless again.")
        return stateless

    def clean_type(self) -> str:
        """Return the type; where nothing was chosen, the one it has."""
        return self.cleaned_data["type"] or (self.opened["type"] if self.opened else "none")

    def clean_token(self) -> bool | None:
        """Return a truth, or None to leave it to the API."""
        as_it_is = self.opened["token"] if self.opened else None
        return {"true": True, "false": False}.get(self.cleaned_data["token"], as_it_is)

    def clean_hints(self) -> list[str]:
        """Return the words."""
        hints = [word.strip() for word in self.cleaned_data["hints"].split(",") if word.strip()]
        invalid = next((word for word in hints if set(word) & _HINT_CHARACTERS or has_unseen(word)), None)
        if invalid is not None:
            raise forms.ValidationError(f"The hint “{visible(invalid)}” contains a quote, brace or bracket.")
        return hints

    def clean_cron_schedule(self) -> str:
        """Refuse what the API would refuse or fail on."""
        schedule: str = self.cleaned_data["cron_schedule"]
        if schedule:
            return check_schedule(schedule)
        if self.opened is not None and self.opened["cron_schedule"]:
            raise forms.ValidationError("A schedule cannot be removed. Disable it instead.")
        return schedule

    def clean_link(self) -> str:
        """Refuse what cannot be an actor, and the actor itself."""
        link = trimmed(self.cleaned_data["link"])
        if link and not _LINK.fullmatch(link):
            raise forms.ValidationError("Enter an ID or alias: letters, digits, dots, dashes, _ and ~.")
        if link and link == self.actor_id:
            raise forms.ValidationError("An actor cannot link to itself.")
        return link

    def clean_webhook(self) -> str:
        """Refuse what is no https address."""
        webhook: str = self.cleaned_data["webhook"]
        return check_webhook(webhook) if webhook else webhook

    def clean_mem_limit(self) -> str | None:
        """Refuse what Docker would not read."""
        limit: str = self.cleaned_data["mem_limit"]
        if limit and not _MEMORY.fullmatch(limit):
            raise forms.ValidationError("Enter a number followed by b, k, m or g, e.g. 512m or 3g.")
        return limit or None

    def clean_queue(self) -> str | None:
        """Return the queue, or None: an empty one would leave the API with half an actor."""
        queue: str = self.cleaned_data["queue"]
        if has_unseen(queue):
            raise forms.ValidationError("Queue names cannot contain invisible characters.")
        return queue or None

    def clean_run_as_executor(self) -> bool:
        """Refuse it where the API does not know it, or takes it of other tenants alone."""
        chosen: bool = self.cleaned_data["run_as_executor"]
        if chosen and not self.offers_executor:
            raise forms.ValidationError("Not available in version 2 of the API.")
        name = tapis_tenant(self.tenant.url) if self.tenant else ""
        if chosen and name and name.upper() not in EXECUTOR_TENANTS:
            allowed = ", ".join(EXECUTOR_TENANTS)
            raise forms.ValidationError(f"Only available in the tenants {allowed}, not in {name}.")
        return chosen

    def clean(self) -> dict[str, Any]:
        """Check what several fields say together; what was not touched is as good as it was."""
        data = super().clean() or self.cleaned_data
        if self.opened is not None:
            for name in set(self.errors) - set(self.changed_data):
                del self.errors[name]
                data[name] = self.opened[name]
        stateless = data.get("stateless", True)
        if not stateless and data.get("max_workers") and {"stateless", "max_workers"} & set(self.changed_data):
            self.add_error("max_workers", "Leave empty: stateful actors have one worker.")
        users = ("use_container_uid", "run_as_executor")
        if all(data.get(name) for name in users) and {*users} & set(self.changed_data):
            self.add_error("run_as_executor", "Choose either the sender or the image's user.")
        state = data.get("state")
        if state not in (None, {}) and (self.opened is None or not is_same(state, self.opened["state"])):
            if stateless:
                self.add_error("state", "Only stateful actors have state. Choose Stateful or clear this field.")
            elif not isinstance(state, dict):
                self.add_error("state", 'Enter a JSON object, e.g. {"count": 0}.')
            elif problem := storage_problem(state):
                self.add_error("state", problem)
        is_untouched = self.opened is not None and not {"cron_on", "cron_schedule"} & set(self.changed_data)
        has_schedule = data.get("cron_schedule") or "cron_schedule" in self.errors
        if data.get("cron_on") and not has_schedule and not is_untouched:
            self.add_error("cron_schedule", f"Enter a schedule, e.g. “{EXAMPLE}”.")
        return data

    def values(self) -> Definition:
        """Return the definition that was typed, every field of EDITABLE in it; only when the form is valid.

        What was not touched is the opened value itself, so that nothing changes by having been on a page.
        """
        definition = {name: self.cleaned_data[name] for name in EDITABLE}
        definition["state"] = {} if definition["state"] is None else definition["state"]
        if self.opened is None:
            return definition
        touched = set(self.changed_data)
        return {name: value if name in touched else self.opened[name] for name, value in definition.items()}

    def new_definition(self) -> Definition:
        """Return what `POST /actors` is sent: what was typed, and nothing that is so by itself."""
        definition = {name: value for name, value in self.values().items() if not is_same(value, DEFAULTS.get(name))}
        return {"name": self.cleaned_data["name"], **definition} if self.cleaned_data["name"] else definition

    @property
    def rows(self) -> list[Row]:
        """The default environment as the page shows it, each row with what is wrong with it."""
        return environment_rows(self["default_environment"])

    @property
    def schedule(self) -> ScheduleParts:
        """The schedule as the page shows it."""
        return ScheduleParts.of(self["cron_schedule"].value() or "")

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Return every input of the definition as it was typed, name and value, to be carried along unseen."""
        names = (name for name in (*self.fields, *ENVIRONMENT) if name != "reason")
        return [(name, value) for name in names for value in self.data.getlist(name)]  # type: ignore[attr-defined]

    def typed_over(self, definition: Definition) -> list[tuple[str, str]]:
        """Return the inputs with only what was touched as it was typed, and all else as another definition has it."""
        touched = {*self.changed_data, "force"}
        untouched = [pair for pair in inputs_of(definition) if field_of(pair[0]) not in touched]
        return untouched + [pair for pair in self.typed if field_of(pair[0]) in touched]

    @property
    def has_limits(self) -> bool:
        """Whether a field that needs the privileged role holds something, or is wrong."""
        return any(self[name].value() or name in self.errors for name in PRIVILEGED_FIELDS)


class ActorListForm(SliceForm, PortalForm):
    """The query string of the list; what it does not understand counts as not given, but for a slice of it."""

    own_paging = ("page",)

    q = PastedField(required=False, max_length=200)
    status = forms.CharField(required=False, max_length=40)
    sort = forms.CharField(required=False, max_length=20)
    page = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    def value_of(self, name: str) -> Any:
        """Return a parameter's value, or None."""
        self.full_clean()
        return self.cleaned_data.get(name) or None

    def choice(self, parameters: QueryDict) -> Choice:
        """Return what the list is narrowed to, and its order; of a filter with several values, all of them."""
        values = {
            name: tuple(filter(None, parameters.getlist(name)[:MOST_OPTIONS]))
            for name in ("owner", "hint", "schedule", "type")
        }
        return Choice(
            q=self.value_of("q") or "",
            status=(self.value_of("status") or "").upper(),
            show=FAVORITES if parameters.get("show") == FAVORITES else "",
            sort=sort_of(self.value_of("sort")),
            **values,
        )


class ActorDeleteForm(ConfirmForm):
    """The name of the actor, typed to show that deleting it is meant."""

    purpose = "actor-delete"
