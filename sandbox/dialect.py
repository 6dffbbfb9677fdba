"""What differs between the versions of the API: paths, header, names, envelope, nulls, and some manners.

`V2` is Abaco behind the Agave gateway (camelCase, nulls dropped), `V2Snake` the same with `case: snake` (nulls kept),
`V3` Abaco in Tapis (snake_case, nulls kept). Views work in snake_case and never name a version.
"""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sandbox import times

Record = dict[str, Any]


class V2:
    """Speak as Abaco v2 does behind the Agave gateway, under `/actors/v2`."""

    prefix = "actors/v2"
    version = "dev"
    world_listed = True  # whether the list of actors has those shared with everybody
    needs_role = True  # whether somebody without any of Abaco's roles is refused
    keeps_roles = True  # whether a nonce acts with the roles its maker had when they made it, not with those of now
    hides_missing = False  # whether an actor that is not there is refused as one that is not one's own
    takes_broken_json = False  # whether a body that says it is JSON and is not counts as an empty one
    reset_by_put: tuple[str, ...] = ()  # what a PUT resets beyond what it does everywhere
    miscounts_executions = False  # whether the admin list of executions fails over the first actor it counts
    runs_as_executor = False  # whether an actor may ask to run as whoever sends to it
    gives_token = False  # whether every execution gets a token of its actor's owner, whatever the actor says
    guards_container_uid = True  # whether running as the image's own user needs a role
    asks_before_options = False  # whether OPTIONS, too, needs a token or a nonce
    errors = "BaseAgaveflaskError"  # the class of Abaco's own errors
    null_is_no_text = (
        "expected string or bytes-like object, got 'NoneType'"  # what Python says where a null is split like a text
    )
    has_claims = False  # whether a token says itself whose it is, and services ask on behalf of others
    dead_workers_listen = False  # whether a worker that was halted still hears that it is to stop

    def bearer(self, request: HttpRequest) -> str | None:
        """Return the access token of a request, or None where it carries no token header."""
        header = request.headers.get("Authorization")
        return None if header is None else header.removeprefix("Bearer ").strip()

    def refuse_token(self, request: HttpRequest) -> HttpResponse:
        """Answer a token nobody was given, as the WSO2 gateway does."""
        fault = {
            "code": 900904,
            "message": "Invalid Credentials",
            "description": (
                f"Access failure for API: /{self.prefix}, version: v2. Make sure you have given the "
                "correct access token"
            ),
        }
        headers = {"WWW-Authenticate": 'OAuth2 realm="WSO2 API Manager"'}
        return HttpResponse(json.dumps({"fault": fault}), "application/json", 401, headers=headers)

    def name(self, field: str) -> str:
        """Write a snake_case field as this version does: `create_time` becomes `createTime`."""
        return re.sub(r"(?<=[a-z0-9])_([a-z])", lambda found: found[1].upper(), field)

    def field(self, name: str) -> str:
        """Read a field name of a search, in either case, as snake_case."""
        return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)

    def record(self, fields: Mapping[str, Any], keep_nulls: bool = False) -> Record:
        """Write a record's top-level names; values that are None go unless they are kept, as in search results."""
        return {self.name(key): value for key, value in fields.items() if keep_nulls or value is not None}

    def envelope(self, message: str, result: Any, status: str) -> Record:
        """Wrap a result as every JSON answer is wrapped."""
        return {"message": message, "result": result, "status": status, "version": self.version}

    def link(self, *segments: str) -> str:
        """Write the address of something under the actors root, for `_links`."""
        return "/".join([settings.SANDBOX_URL, self.prefix, *segments])

    def owner_link(self, user: str) -> str:
        """Write the address of somebody's profile, for `_links`."""
        return f"{settings.SANDBOX_URL}/profiles/v2/{user}"

    @property
    def api_server(self) -> str:
        """Name the server as records do in `apiServer`."""
        return str(settings.SANDBOX_URL)

    @property
    def tenant(self) -> str:
        """Name the tenant."""
        return str(settings.SANDBOX_TENANT)

    def dbid(self, name: str) -> str:
        """Return the id under which Abaco keeps an actor, alias or config: the tenant and its id."""
        return f"{self.tenant}_{name}"

    def nonce_id(self, kept: str) -> str:
        """Write a nonce's id with this version's name of the tenant; the store keeps it with that of v2."""
        return f"{self.tenant}_{kept.removeprefix(f'{settings.SANDBOX_TENANT}_')}"

    def nonce_kept(self, given: str) -> str:
        """Return the id under which the store keeps the nonce that somebody names, or nothing for another tenant's."""
        tenant, _, own = given.rpartition("_")
        return f"{settings.SANDBOX_TENANT}_{own}" if tenant == self.tenant else ""

    def sender(self, user: str, by_nonce: bool) -> Record:
        """Return what a container is told of who sent its message, and of where the API is."""
        environment = {"_abaco_username": user, "_abaco_api_server": self.api_server}
        if not by_nonce:
            environment["_abaco_jwt_header_name"] = f"X-Jwt-Assertion-{self.tenant.title()}"
        return environment

    def log_seconds(self, asked: int | None) -> int:
        """Return for how many seconds a log is kept of an actor that asks for so many; none but more than zero."""
        return settings.SANDBOX_LOG_SECONDS if asked is None else min(asked, settings.SANDBOX_LOG_LIMIT_SECONDS)

    def roles(self, roles: Iterable[str]) -> list[str]:
        """Name somebody's roles, as a nonce shows them."""
        return list(roles)

    def actor(self, fields: Record) -> Record:
        """Return an actor's fields as far as this version has them."""
        return {name: value for name, value in fields.items() if name != "run_as_executor"}

    def execution(self, fields: Record) -> Record:
        """Return an execution's fields as far as this version has them."""
        return fields

    def worker(self, fields: Record) -> Record:
        """Return a worker's fields as far as this version has them."""
        return fields

    def finish_time(self, moment: datetime | None) -> datetime | None:
        """Return when an execution ended, as far as this version says so."""
        return moment

    def sums(self, totals: Record) -> Record:
        """Return the totals of a listing as far as this version measures them."""
        return totals


class V2Snake(V2):
    """Speak as Abaco v2 does where its `case` is `snake`: names are as they are kept, and nulls stay."""

    reset_by_put = ("cron_schedule", "cron_next_ex", "status_message")

    def name(self, field: str) -> str:
        """Write a field as it is: this version's names are ours."""
        return field

    def field(self, name: str) -> str:
        """Read a field name of a search; one in camelCase is a field that does not exist."""
        return name

    def record(self, fields: Mapping[str, Any], keep_nulls: bool = False) -> Record:
        """Write a record with its nulls."""
        return dict(fields)


V3_ROLES = {"Internal/abaco-admin": "abaco_admin", "Internal/abaco-privileged": "abaco_privileged"}


class V3(V2Snake):
    """Speak as Abaco v3 does in Tapis, under `/v3/actors`."""

    prefix = "v3/actors"
    world_listed = False
    needs_role = False
    keeps_roles = False
    hides_missing = True
    takes_broken_json = True
    miscounts_executions = True
    runs_as_executor = True
    gives_token = True
    null_is_no_text = "'NoneType' object has no attribute 'replace'"
    errors = "BaseTapisError"
    asks_before_options = True
    guards_container_uid = False
    has_claims = True
    dead_workers_listen = True

    def bearer(self, request: HttpRequest) -> str | None:
        """Return the access token of a request, or None where it carries none or an empty one."""
        return request.headers.get("X-Tapis-Token") or None

    def refuse_token(self, request: HttpRequest) -> HttpResponse:
        """Answer a token that has the form of one and was given to nobody, or has expired."""
        body = json.dumps(self.envelope("Invalid Tapis token.", None, "error"), indent=2, sort_keys=True) + "\n"
        return HttpResponse(body, "application/json", 400)

    def envelope(self, message: str, result: Any, status: str) -> Record:
        """Wrap a result as every JSON answer is wrapped."""
        return super().envelope(message, result, status) | {"metadata": {}}

    def link(self, *segments: str) -> str:
        """Write the address of something under the actors root, with Abaco's double slash."""
        return "/".join([self.api_server, self.prefix, *segments])

    def owner_link(self, user: str) -> str:
        """Write the address of somebody's profile, for `_links`."""
        return f"{self.api_server}/v3/oauth2/profiles/{user}"

    @property
    def api_server(self) -> str:
        """Name the server as records do in `api_server`, with a slash at its end: by the host that nginx tells it."""
        return f"{settings.SANDBOX_TAPIS_URL}/"

    @property
    def tenant(self) -> str:
        """Name the tenant, which Tapis writes small."""
        return str(settings.SANDBOX_TENANT).lower()

    def sender(self, user: str, by_nonce: bool) -> Record:
        """Return what a container is told: whose nonce sent its message, it is not."""
        environment = {"_abaco_api_server": self.api_server}
        return environment if by_nonce else environment | {"_abaco_username": user}

    def log_seconds(self, asked: int | None) -> int:
        """Return for how many seconds a log is kept; zero asks for nothing."""
        return super().log_seconds(asked or None)

    def roles(self, roles: Iterable[str]) -> list[str]:
        """Name somebody's roles: the Security Kernel knows two."""
        return [V3_ROLES[role] for role in roles if role in V3_ROLES]

    def actor(self, fields: Record) -> Record:
        """Return an actor's fields, all of them."""
        return fields

    def execution(self, fields: Record) -> Record:
        """Return an execution's fields with those of the executor's user, which only a directory of users could say."""
        return fields | {"executor_uid": None, "executor_gid": None}

    def worker(self, fields: Record) -> Record:
        """Return a worker's fields; the number of its host is one."""
        host = str(fields["host_id"])
        return fields | {"host_id": int(host) if host.isdecimal() else None}


class V3OnKubernetes(V3):
    """Speak as v3 does where Kubernetes runs its containers: no end but in the final state, nothing measured."""

    def execution(self, fields: Record) -> Record:
        """Return an execution's fields as Kubernetes gives them."""
        found = super().execution(fields) | {"cpu": 0, "io": 0, "finish_time": None}
        state = fields["final_state"]
        if state and "ExitCode" in state:
            found["final_state"] = {
                "container_id": f"containerd://{str(fields['id']).encode().hex():0<64}"[:77],
                "exit_code": state["ExitCode"],
                "finished_at": _rfc1123(state["FinishedAt"]),
                "message": None,
                "reason": _reason(state),
                "signal": None,
                "started_at": _rfc1123(state["StartedAt"]),
            }
        return found

    def finish_time(self, moment: datetime | None) -> datetime | None:
        """Return nothing: Kubernetes tells the end only in the final state."""
        return None

    def sums(self, totals: Record) -> Record:
        """Return the totals of a listing; CPU and I/O are not measured on Kubernetes."""
        return totals | {"total_cpu": 0, "total_io": 0}


def _rfc1123(text: str) -> str | None:
    return times.rfc1123(times.read(text))


def _reason(state: Record) -> str:
    if state.get("OOMKilled"):
        return "OOMKilled"
    return "Completed" if state["ExitCode"] == 0 else "Error"


V2_DIALECT = V2Snake() if settings.SANDBOX_CASE == "snake" else V2()
V3_DIALECT = V3OnKubernetes() if settings.SANDBOX_CONTAINER_BACKEND == "kubernetes" else V3()


def speaking(prefix: str) -> V2:
    """Return the dialect of the API under a path, as the store names it."""
    return V3_DIALECT if prefix == V3.prefix else V2_DIALECT
