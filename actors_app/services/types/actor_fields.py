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
    left_out: str = "Emptied."  # what becomes of a value that an update leaves out
    may_be_missing: bool = False  # whether a server without it is supported; the recordings in `tests/` lack it too

    @property
    def is_set_back_by_null(self) -> bool:
        """Whether null takes its value away: it has no default that could be sent instead."""
        return self.default is None and self.can_change and not self.is_required


FIELDS = (
    ActorField(
        name="name",
        type="text",
        help="What people call it. It cannot be changed later.",
        api_help="It cannot be changed later.",
        longest=200,
        can_change=False,
    ),
    ActorField(
        name="image",
        type="text",
        label="Image",
        help="A reference to a Docker image, such as abacosamples/test or registry.example.org/tool:2.1.",
        api_help="A reference to a Docker image.",
        longest=800,
        is_required=True,
        left_out="Refused: an update must name an image.",
    ),
    ActorField(name="description", type="text", label="Description", longest=10_000, default="", is_sent_back=True),
    ActorField(
        name="stateless",
        type="truth",
        label="Stateless",
        form_label="Stateless or stateful",
        help="A stateless actor can become stateful later, but never the other way round.",
        api_help="A stateful actor cannot become stateless again.",
    ),
    ActorField(
        name="state",
        type="json",
        label="State (JSON)",
        help="Of a stateful actor: the JSON object that each execution is given, and may replace.",
        api_help="Of a stateful actor: a JSON object.",
        default={},
        left_out="Wiped: the actor forgets everything.",
    ),
    ActorField(
        name="type",
        type="choice",
        label="Message type",
        help="A note for people; the API does not enforce it.",
        default="none",
        is_sent_back=True,
        left_out="Set to none.",
    ),
    ActorField(
        name="hints",
        type="list",
        label="Hints",
        help="Words, separated by commas. Only sync means something to the API: it keeps one worker.",
        api_help="Only `sync` means something to the API.",
        longest=1000,
        default=[],
        is_sent_back=True,
    ),
    ActorField(
        name="default_environment",
        type="object",
        label="Default environment",
        help="What every execution finds in its environment, unless its message says otherwise.",
        api_help="Names and texts.",
        default={},
        left_out="Emptied: every variable is gone.",
    ),
    ActorField(
        name="cron_schedule",
        type="text",
        label="Schedule",
        help="UTC, to the hour: “now + 6 hours”, or a start such as “2031-01-15 08 + 1 day”.",
        api_help="Such as `now + 1 hour`.",
        longest=60,
        default="",
        left_out="Kept: the API takes no schedule away.",
    ),
    ActorField(
        name="cron_on",
        type="truth",
        label="Run on this schedule",
        default=False,
        is_sent_back=True,
        left_out="Switched off: it runs on no schedule.",
    ),
    ActorField(
        name="link",
        type="text",
        label="Link",
        help="The id or alias of another actor, which is sent this one's events.",
        api_help="The id or alias of another actor.",
        longest=128,
        default="",
        is_sent_back=True,
    ),
    ActorField(
        name="webhook",
        type="text",
        label="Webhook",
        help="An https address, which is sent this actor's events. The API calls it, never this portal.",
        api_help="An https address.",
        longest=2000,
        default="",
        is_sent_back=True,
    ),
    ActorField(
        name="log_ex",
        type="number",
        label="Keep logs for",
        unit="seconds",
        help="Seconds. The API may keep them for less.",
        least=1,
        most=1_000_000_000,
        is_sent_back=True,
    ),
    ActorField(
        name="token",
        type="truth",
        label="Access token",
        help="Whether each execution is given a token of the owner's.",
        api_help="Whether each execution is given a token of the owner's.",
        is_sent_back=True,
        left_out="Set to what the API gives by itself.",
    ),
    ActorField(
        name="max_workers",
        type="number",
        label="Most workers",
        help="Of a stateless actor.",
        least=1,
        most=1000,
        needs_privilege=True,
    ),
    ActorField(
        name="mem_limit",
        type="text",
        label="Memory limit",
        help="As Docker writes it: 512m or 3g.",
        api_help="Such as `512m` or `3g`.",
        longest=20,
        needs_privilege=True,
    ),
    ActorField(
        name="max_cpus",
        type="number",
        label="CPU limit",
        unit="billionths",
        help="In billionths: 1000000000 is one CPU.",
        least=1,
        most=10**12,
        needs_privilege=True,
    ),
    ActorField(
        name="queue",
        type="text",
        label="Queue",
        help="One that the API knows; empty is its default.",
        longest=100,
        needs_privilege=True,
        left_out="Back to the API's default queue.",
    ),
    ActorField(
        name="privileged",
        type="truth",
        label="Privileged container",
        default=False,
        omits_false=True,
        needs_privilege=True,
        left_out="Set to No.",
    ),
    ActorField(
        name="use_container_uid",
        type="truth",
        label="Run as the image's own user",
        default=False,
        omits_false=True,
        needs_privilege=True,
        left_out="Set to No.",
    ),
    ActorField(
        name="run_as_executor",
        type="truth",
        label="Run as whoever sends the message",
        help="With the user of each message's sender instead of the owner's. Only tenants of TACC allow it.",
        api_help="Of v3 alone: run as whoever sends the message, in tenants of TACC.",
        default=False,
        omits_false=True,
        only_where_runs_as_executor=True,
        left_out="Set to No.",
    ),
)
FIELD = {field.name: field for field in FIELDS}
# Only a privileged caller may send these with a value.
PRIVILEGED_FIELDS = tuple(field.name for field in FIELDS if field.needs_privilege)
SENT_BACK = tuple(field.name for field in FIELDS if field.is_sent_back)
MAY_BE_MISSING = frozenset(field.name for field in FIELDS if field.may_be_missing)
