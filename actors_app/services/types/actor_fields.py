"""The fields of an actor's definition, each declared once: its name, type, bounds, who may set it, and its words.

From a declaration come what the services send and keep, the labels, the limits and the defaults of a definition, its
field of the form and of the JSON API, how a file is read, and what an update that leaves it out would do.

`CONTRIBUTING.md` describes how to add a field.
"""

from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["text", "truth", "number", "choice", "list", "object", "json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActorField:
    """A field of an actor's definition, by our name; a dialect makes the API's name of it."""

    name: str
    type: Type
    label: str = ""  # on the pages; without any, its name
    unit: str = ""  # of a number, in brackets after its label where the value stands alone
    form_label: str = ""  # in the form, where that is another
    help: str = ""  # in the form
    api_help: str = ""  # in the schema of the JSON API
    longest: int = 0  # characters of a text
    least: int = 0  # of a number
    most: int = 0
    default: Any = None  # what an actor has where nothing was said
    is_required: bool = False
    can_change: bool = True  # after the actor was registered
    needs_privilege: bool = False  # whether only a caller with the privileged role may give it a value
    only_where_runs_as_executor: bool = False
    omits_false: bool = False  # whether a file leaves it out where it is false
    is_sent_back: bool = False  # whether an update sends what the actor has, which the API would reset
    may_be_missing: bool = False  # whether a server without it is supported; the recordings in `tests/` lack it too

    @property
    def is_set_back_by_null(self) -> bool:
        """Whether null takes its value away: it has no default that could be sent instead."""
        return self.default is None and self.can_change and not self.is_required


FIELDS = (
    ActorField(
        name="name",
        type="text",
        help="Shown in lists. Cannot be changed later.",
        api_help="Cannot be changed later.",
        longest=200,
        can_change=False,
    ),
    ActorField(
        name="image",
        type="text",
        label="Image",
        help="Docker image, e.g. abacosamples/test or registry.example.org/tool:2.1",
        api_help="Docker image, e.g. `abacosamples/test`.",
        longest=800,
        is_required=True,
    ),
    ActorField(name="description", type="text", label="Description", longest=10_000, default="", is_sent_back=True),
    ActorField(
        name="stateless",
        type="truth",
        label="Stateless",
        form_label="State",
        help="You can switch to stateful later, but not back.",
        api_help="A stateful actor cannot become stateless again.",
    ),
    ActorField(
        name="state",
        type="json",
        label="Initial state (JSON)",
        help="Stateful actors only: a JSON object passed to each execution, which can replace it.",
        api_help="Stateful actors only: a JSON object.",
        default={},
    ),
    ActorField(
        name="type",
        type="choice",
        label="Message type",
        help="Informational only; not enforced.",
        default="none",
        is_sent_back=True,
    ),
    ActorField(
        name="hints",
        type="list",
        label="Hints",
        help="Comma-separated. Only “sync” has an effect (keeps one worker running).",
        api_help="Only `sync` has an effect: it keeps one worker running.",
        longest=1000,
        default=[],
        is_sent_back=True,
    ),
    ActorField(
        name="default_environment",
        type="object",
        label="Default environment",
        help="Set for every execution; a message can override them.",
        api_help="Names and values (text).",
        default={},
    ),
    ActorField(
        name="cron_schedule",
        type="text",
        label="Schedule",
        help="Leave empty for no schedule; without a date it starts now. Whole hours, in UTC.",
        api_help="For example `now + 1 hour`.",
        longest=60,
        default="",
    ),
    ActorField(
        name="cron_on",
        type="truth",
        label="Schedule enabled",
        default=False,
        is_sent_back=True,
    ),
    ActorField(
        name="link",
        type="text",
        label="Link",
        help="ID or alias of the actor that receives this actor's events.",
        api_help="ID or alias of another actor.",
        longest=128,
        default="",
        is_sent_back=True,
    ),
    ActorField(
        name="webhook",
        type="text",
        label="Webhook",
        help="HTTPS URL that receives this actor's events (called by the API).",
        api_help="HTTPS URL.",
        longest=2000,
        default="",
        is_sent_back=True,
    ),
    ActorField(
        name="log_ex",
        type="number",
        label="Log retention",
        unit="seconds",
        help="The API may use a shorter limit.",
        least=1,
        most=1_000_000_000,
        is_sent_back=True,
    ),
    ActorField(
        name="token",
        type="truth",
        label="Pass access token",
        help="Gives each execution an access token of the owner.",
        api_help="Whether each execution gets an access token of the owner.",
        is_sent_back=True,
    ),
    ActorField(
        name="max_workers",
        type="number",
        label="Max workers",
        help="Stateless actors only.",
        least=1,
        most=1000,
        needs_privilege=True,
    ),
    ActorField(
        name="mem_limit",
        type="text",
        label="Memory limit",
        help="For example 512m or 3g.",
        api_help="For example `512m` or `3g`.",
        longest=20,
        needs_privilege=True,
    ),
    ActorField(
        name="max_cpus",
        type="number",
        label="CPU limit",
        unit="nanoCPUs",
        help="1000000000 = 1 CPU.",
        least=1,
        most=10**12,
        needs_privilege=True,
    ),
    ActorField(
        name="queue",
        type="text",
        label="Queue",
        help="Leave empty for the default queue.",
        longest=100,
        needs_privilege=True,
    ),
    ActorField(
        name="privileged",
        type="truth",
        label="Privileged container",
        default=False,
        omits_false=True,
        needs_privilege=True,
    ),
    ActorField(
        name="use_container_uid",
        type="truth",
        label="Run as the image's user",
        default=False,
        omits_false=True,
        needs_privilege=True,
    ),
    ActorField(
        name="run_as_executor",
        type="truth",
        label="Run as the sender",
        help="Runs as the sender of each message instead of the owner. TACC tenants only.",
        api_help="v3 only: run as the sender of the message, in TACC tenants.",
        default=False,
        omits_false=True,
        only_where_runs_as_executor=True,
    ),
)
FIELD = {field.name: field for field in FIELDS}
# Only a privileged caller may send these with a value.
PRIVILEGED_FIELDS = tuple(field.name for field in FIELDS if field.needs_privilege)
SENT_BACK = tuple(field.name for field in FIELDS if field.is_sent_back)
MAY_BE_MISSING = frozenset(field.name for field in FIELDS if field.may_be_missing)
