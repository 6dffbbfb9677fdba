"""`/actors` and `/actors/{actor}`: list, register, read, replace, delete. Searching the list is in `search.py`."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse

from sandbox import access, cron, engine, search, times
from sandbox.answers import BadRequest, Crash, Refusal
from sandbox.bodies import Field, check_storable, read_fields
from sandbox.endpoint import Call, of_actor, open_to_all_signed_in
from sandbox.ids import new_id
from sandbox.models import Actor, Execution, Log, Message, Nonce, Permission, Result, Worker
from sandbox.records import actor_record

QUEUES = ("default", "special")
THING = "Invalid actor description"
ONE_WORKER = f"{THING}: stateful actors can only have 1 worker."
FIELDS = (  # in the order in which Abaco checks them
    Field("image", "str", "Reference to image on docker hub for this actor.", required=True),
    Field("stateless", "bool", "Whether the actor stores private state.", default=True),
    Field("type", "str", "Return type (none, bin, json) for this actor. Default is none.", default="none"),
    Field(
        "link",
        "str",
        "Actor identifier of actor to link this actor's events too. May be an actor id or an alias. Cycles not "
        "permitted.",
        default="",
    ),
    Field("token", "bool", "Whether this actor requires an OAuth access token."),
    Field("webhook", "str", "URL to publish this actor's events to.", default=""),
    Field("hints", "list", "Hints for personal tagging or Abaco special hints", default=[]),
    Field("description", "str", "Description of this actor", default=""),
    Field("privileged", "bool", "Whether this actor runs in privileged mode.", default=False),
    Field("max_workers", "int", "How many workers this actor is allowed at the same time."),
    Field("mem_limit", "str", "maximum amount of memory this actor can use."),
    Field("max_cpus", "int", "Maximum number of CPUs (nanoCPUs) this actor will have available to it."),
    Field(
        "use_container_uid",
        "bool",
        "Whether this actor runs as the UID set in the container image.",
        default=False,
    ),
    Field(
        "default_environment",
        "dict",
        "A dictionary of default environmental variables and values.",
        default={},
    ),
    Field("status", "str", "Current status of the actor.", default="SUBMITTED"),
    Field("status_message", "str", "Explanation of status.", default=""),
    Field("executions", "dict", "Executions for this actor."),
    Field("state", "dict", "Current state for this actor.", default={}),
    Field("mounts", "items", "List of volume mounts to mount into each actor container."),
    Field(
        "revision",
        "int",
        "A monotonically increasing integer, incremented each time the actor is updated with new version of its image.",
    ),
    Field("tasdir", "str", "Absolute path to the TAS defined home directory associated with the owner of the actor"),
    Field("uid", "str", "The uid to run the container as. Only used if user_container_uid is false."),
    Field("gid", "str", "The gid to run the container as. Only used if user_container_uid is false."),
    Field("queue", "str", "The command channel that this actor uses.", default="default"),
    Field("log_ex", "int", "Amount of time, in seconds, after which logs will expire"),
    Field("cron_on", "bool", "Whether cron is on or off", default=False),
    Field("cron_schedule", "str", "yyyy-mm-dd hh + <number> <unit of time>"),
    Field("cron_next_ex", "str", "The next cron execution yyyy-mm-dd hh"),
)
IGNORED = ("executions", "mounts", "revision")  # checked, and then of no effect
SET_ONCE = ("status", "status_message", "cron_next_ex")  # what only the request that creates an actor sets
NAME = Field("name", "str", "User defined name for this actor.")
FORCE = Field("force", "truth", "Whether to force an update of the actor image", default=False)
TOKEN_DEFAULT = "false"  # noqa: S105 - a text, unlike what a caller sets
EXECUTOR_FIELD = Field("run_as_executor", "bool", "Whether UID and GID is of the executer", default=False)
EXECUTOR_TENANTS = ("DESIGNSAFE", "SD2E", "TACC", "A2CPS")  # those whose users have an account at TACC
LINK_RULE = "The link must be a valid actor id or alias for which you have EXECUTE permission. "
DELETED_NOT_YET = "Actor deleted successfully, though Abaco is still cleaning up some of the actor's resources."
HINT_CHARACTERS = "\"'{}[]"
NO_QUEUE = ("Exception", "Invalid Queue name.")


def actor_list(call: Call) -> HttpResponse:
    """Answer every actor the caller may read; any query parameter asks for a search instead."""
    if search.wanted(call.request):
        return call.answer("Actors search completed successfully.", search.run("actors", call.request, call))
    actors = access.readable_actors(call.caller.user, call.dialect.world_listed)
    return call.answer("Actors retrieved successfully.", [actor_record(actor, call.dialect) for actor in actors])


def actor_create(call: Call) -> HttpResponse:
    """Register an actor for the caller and ask for its first worker."""
    access.check_privileges(call.caller, call.dialect)
    values = _read(call, (NAME, *FIELDS))
    if values["queue"] and values["queue"] not in QUEUES:
        raise _not_processed("Invalid queue name.")
    _check_link(call, values["link"], None)
    if reason := _bad_hint(values["hints"]):
        raise _not_processed(reason)
    _check_user(values)
    _check_executor(call, values)
    if values["cron_schedule"] is not None:
        values |= {"cron_on": True, "cron_next_ex": cron.check(values["cron_schedule"])}
    if values["max_workers"] and not values["stateless"]:
        raise Refusal(ONE_WORKER)
    check_storable(values)
    if not values["queue"]:
        # Abaco stores such an actor without permissions and so breaks the whole tenant's list; we only refuse.
        raise Crash(*NO_QUEUE)
    moment = times.now()
    actor = Actor(id=new_id(), owner=call.caller.user, create_time=moment, last_update_time=moment, **values)
    shown = actor_record(actor, call.dialect)
    actor.create_time = actor.last_update_time = times.stored(moment)
    with transaction.atomic():
        actor.save(force_insert=True)
        access.grant(actor.id, actor.owner, "UPDATE")
        engine.request_workers(actor, 1)
    engine.wake()
    return call.answer("Actor created successfully.", shown)


def actor_get(call: Call) -> HttpResponse:
    """Answer one actor."""
    actor = Actor.objects.filter(id=call.actor_id).first()
    if actor is None:
        raise Refusal(f"No actor found with identifier: {call.identifier}.", 404)
    return call.answer("Actor retrieved successfully.", actor_record(actor, call.dialect))


def actor_update(call: Call) -> HttpResponse:
    """Replace an actor: what is left out goes back to its default.

    A name stays for ever; in v2 the schedule and the status message stay too.
    """
    actor = call.actor()
    values = _read(call, (*FIELDS, FORCE))
    force = values.pop("force")
    if not actor.stateless and values["stateless"]:
        raise Refusal(f"{THING}: an actor that was not stateless cannot be updated to be stateless.")
    if not actor.stateless and values["max_workers"]:
        raise Refusal(ONE_WORKER)
    if reason := _bad_hint(values["hints"]):
        raise BadRequest(reason)
    _check_executor(call, values)
    first = None if values["cron_schedule"] is None else cron.check(values["cron_schedule"])
    if values["queue"] and values["queue"] not in QUEUES:
        raise BadRequest("Invalid queue name.")
    _check_link(call, values["link"], actor)
    _check_user(values)
    kept = {*SET_ONCE, *(("cron_schedule",) if first is None else ())} - {*call.dialect.reset_by_put}
    if values["cron_on"] is None and "cron_schedule" not in call.dialect.reset_by_put:
        kept.add("cron_on")
    values = {name: value for name, value in values.items() if name not in kept}
    if first is not None:
        values["cron_next_ex"] = first
    check_storable(values)
    renewed = force or values["image"] != actor.image
    for name, value in values.items():
        setattr(actor, name, value)
    moment = times.now()
    actor.last_update_time = moment
    with transaction.atomic():
        if renewed:
            actor.status, actor.revision = "SUBMITTED", actor.revision + 1
        shown = actor_record(actor, call.dialect)
        actor.last_update_time = times.stored(moment)
        actor.save()
        if call.caller.user != actor.owner and (actor.queue or not renewed):
            access.grant(actor.id, call.caller.user, "UPDATE")
        if renewed and not actor.queue:
            engine.request_workers(actor, 1)  # which nothing starts: it has no queue to ask in
        elif renewed:
            engine.replace_workers(actor, call.dialect.dead_workers_listen)
    engine.wake()
    if renewed and not actor.queue:
        raise Crash(*NO_QUEUE)
    return call.answer("Actor updated successfully.", shown)


def actor_delete(call: Call) -> HttpResponse:
    """Delete an actor with its logs, mailbox, permissions and nonces; executions and aliases stay."""
    Actor.objects.filter(id=call.actor_id).update(status="SHUTTING_DOWN")
    unfinished = engine.end_actor(call.actor_id, call.dialect.dead_workers_listen)
    with transaction.atomic():
        Actor.objects.filter(id=call.actor_id).delete()
        executions = Execution.objects.filter(actor_id=call.actor_id).values("id")
        Result.objects.filter(execution_id__in=executions).delete()
        for table in (Message, Worker, Log, Nonce):
            table.objects.filter(actor_id=call.actor_id).delete()
        Permission.objects.filter(subject=call.actor_id).delete()
    engine.wake()
    return call.answer(DELETED_NOT_YET if unfinished else "Actor deleted successfully.")


def _read(call: Call, fields: tuple[Field, ...]) -> dict[str, Any]:
    if call.dialect.runs_as_executor:
        fields = (*fields, EXECUTOR_FIELD)
    values = read_fields(call.request, call.dialect, fields, THING, whole_reason=True)
    if values["token"] is None:
        values["token"] = TOKEN_DEFAULT
    values = {name: value for name, value in values.items() if name not in IGNORED}
    return values


def _check_user(values: dict[str, Any]) -> None:
    if values.get("run_as_executor") and values["use_container_uid"]:
        raise Refusal("Cannot set both use_container_uid and run_as_executor as true")


def _check_executor(call: Call, values: dict[str, Any]) -> None:
    if values.get("run_as_executor") and call.dialect.tenant.upper() not in EXECUTOR_TENANTS:
        raise Refusal("run_as_executor isn't supported for your tenant")


def _not_processed(reason: str) -> Refusal:
    return Refusal(f"{THING}: Unable to process the JSON description.: {BadRequest(reason).reason}")


def _bad_hint(hints: list[str | None]) -> str | None:
    for hint in hints or ():
        if hint is None:
            raise Crash("TypeError", "argument of type 'NoneType' is not iterable")
        for character in HINT_CHARACTERS:
            if character in hint:
                rule = "Hints must be simple stings or numbers, no lists or dicts."
                return f"{rule} Error character: {character}"
    return None


def _check_link(call: Call, link: str | None, actor: Actor | None) -> None:
    if not link:
        return
    # That EXECUTE is needed is Abaco's word only: it looks the level up and goes on, whatever it finds.
    try:
        target = access.resolve(link)
    except Refusal:
        raise Refusal(f"Invalid link parameter; unable to retrieve linked actor data. {LINK_RULE}") from None
    if not call.dialect.hides_missing and access.level_of(call.caller.user, target) is None:
        raise Refusal(
            f"Invalid link parameter. {LINK_RULE}Additional info: Actor {call.dialect.dbid(target)} does not exist"
        )
    if actor is None:
        return
    if target == actor.id:
        raise Refusal("Invalid link parameter. An actor cannot link to itself.")
    seen = {actor.id}
    while target:
        if target in seen:
            raise Refusal("Error: this update would result in a cycle of linked actors.")
        seen.add(target)
        onward = Actor.objects.filter(id=target).values_list("link", flat=True).first()
        target = access.resolve_link(onward)


collection = open_to_all_signed_in(GET=actor_list, POST=actor_create)
item = of_actor("actor", GET=actor_get, PUT=actor_update, DELETE=actor_delete)
