"""Every route of the portal, read from its resolver, with what each must take; and an API that answers them all.

A new route needs a row here, but for the page of an operation: the tests of headers, of CSRF and of rights fail without
one.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import responses
from django.urls import URLPattern, URLResolver, get_resolver, get_script_prefix, reverse
from requests import PreparedRequest

from actors_app.core.operations.operation import operations
from actors_app.nonces.notes import nonce_handle
from tests.support import payloads
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, NONCE_ID, WORKER_ID

OWN, READ, WRITE = "own", "read", "write"


@dataclass(frozen=True)
class Row:
    """What a route takes.

    `kind`: own (what changes only the visitor's own sessions), read (a page for who is signed in), write (a page that
    changes something at the API, which who may only read may open and not send).
    """

    methods: tuple[str, ...]
    kind: str


PAGE, FORM, BUTTON = ("GET",), ("GET", "POST"), ("POST",)

ROWS = {
    "actors:sign-in": Row(FORM, OWN),
    "actors:sign-in-code": Row(PAGE, OWN),
    "actors:sign-in-callback": Row(PAGE, OWN),
    "actors:sign-in-token": Row(FORM, OWN),
    "actors:sign-out": Row(BUTTON, OWN),
    "actors:preferences": Row(FORM, OWN),
    "actors:theme": Row(BUTTON, OWN),
    "actors:log-wrap": Row(BUTTON, OWN),
    "actors:execution-columns": Row(BUTTON, OWN),
    "actors:favorites": Row(BUTTON, OWN),
    "actors:account": Row(PAGE, READ),
    "actors:session-read-only": Row(BUTTON, OWN),
    "actors:session-end-others": Row(BUTTON, OWN),
    "actors:session-end": Row(BUTTON, OWN),
    "actors:overview": Row(PAGE, READ),
    "actors:mailbox-list": Row(PAGE, READ),
    "actors:places": Row(PAGE, READ),
    "actors:help": Row(PAGE, READ),
    "actors:palette": Row(PAGE, READ),
    "actors:comparison": Row(PAGE, READ),
    "actors:evidence-pack": Row(PAGE, READ),
    "actors:evidence-set": Row(PAGE, READ),
    "actors:evidence-verify": Row(FORM, OWN),
    "actors:report": Row(PAGE, READ),
    "actors:history": Row(PAGE, READ),
    "actors:activity-list": Row(PAGE, READ),
    "actors:activity-detail": Row(PAGE, READ),
    "actors:activity-check": Row(PAGE, READ),
    "actors:trail-verify": Row(FORM, OWN),
    "actors:trail-head": Row(PAGE, OWN),
    "actors:actor-activity": Row(PAGE, READ),
    "actors:actor-list": Row(PAGE, READ),
    "actors:actor-detail": Row(PAGE, READ),
    "actors:actor-configuration": Row(PAGE, READ),
    "actors:revision-list": Row(PAGE, READ),
    "actors:definition-download": Row(PAGE, READ),
    "actors:worker-detail": Row(PAGE, READ),
    "actors:nonce-detail": Row(PAGE, READ),
    "actors:nonce-reveal": Row(FORM, WRITE),
    "actors:administration": Row(PAGE, READ),
    "actors:all-workers": Row(PAGE, READ),
    "actors:config-list": Row(PAGE, READ),
    "actors:config-of-actor": Row(PAGE, READ),
    "actors:config-create": Row(FORM, WRITE),
    "actors:config-detail": Row(PAGE, READ),
    "actors:state-detail": Row(PAGE, READ),
    "actors:schedule-list": Row(PAGE, READ),
    "actors:link-list": Row(PAGE, READ),
    "actors:nonce-overview": Row(PAGE, READ),
    "actors:nonce-note": Row(FORM, WRITE),
    "actors:search": Row(PAGE, READ),
    "actors:alias-list": Row(PAGE, READ),
    "actors:alias-of-actor": Row(PAGE, READ),
    "actors:alias-detail": Row(PAGE, READ),
    "actors:alias-nonce-detail": Row(PAGE, READ),
    "actors:alias-nonce-reveal": Row(FORM, WRITE),
    "actors:alias-nonce-note": Row(FORM, WRITE),
    "actors:execution-list": Row(PAGE, READ),
    "actors:execution-detail": Row(FORM, WRITE),
    "actors:execution-status": Row(PAGE, READ),
    "actors:execution-why": Row(PAGE, READ),
    "actors:execution-newer": Row(PAGE, READ),
    "actors:execution-older": Row(PAGE, READ),
    "actors:execution-logs": Row(FORM, WRITE),
    "actors:bulk-create": Row(FORM, WRITE),
    "actors:actor-bulk-create": Row(FORM, WRITE),
    "actors:bulk-list": Row(PAGE, READ),
    "actors:bulk-detail": Row(FORM, WRITE),
    "actors:bulk-stop": Row(FORM, WRITE),
    "actors:executions-picked": Row(PAGE, READ),
    "actors:view-list": Row(FORM, OWN),
    "actors:view-open": Row(PAGE, READ),
    "actors:view-rename": Row(BUTTON, OWN),
    "actors:view-delete": Row(BUTTON, OWN),
    "actors:log-keep": Row(FORM, WRITE),
    "actors:log-forget": Row(FORM, WRITE),
    "actors:result-take": Row(FORM, WRITE),
    "actors:result-download": Row(FORM, WRITE),
}
# The pages that operations name.
_CALLS = [operation for operation in operations() if operation.method not in ("", "GET")]
ROWS = {
    f"actors:{page}": Row(FORM, WRITE) for call in _CALLS if call.needs or call.purpose for page in call.pages
} | ROWS

# What stands in an address. The handle of a session is one of nobody's.
VALUES = {
    "actor_id": ACTOR_ID,
    "config": "my-config",
    "alias": ACTOR_ID,  # so that a nonce's handle is the same for both
    "execution_id": EXECUTION_ID,
    "worker_id": WORKER_ID,
    "handle": nonce_handle(ACTOR_ID, NONCE_ID),
    "result_id": 1,
    "entry_id": 1,
}


def crawled() -> dict[str, str]:
    """Return the address of every route of the resolver, by its name; those for programs are in `tests/core/api`."""
    return dict(_crawled(get_script_prefix()))


@cache
def _crawled(prefix: str) -> dict[str, str]:
    """Return the same below a path of the server, which the addresses begin with."""
    return dict(_crawl(get_resolver(), ""))


def _crawl(resolver: URLResolver, namespace: str, names: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        known = names | set(entry.pattern.converters)
        if getattr(entry, "namespace", None) == "api":
            continue
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _crawl(entry, inner, known)
        elif isinstance(entry, URLPattern):
            assert entry.name, f"{entry} has no name, so that no row can be about it"
            name = namespace + entry.name
            yield name, reverse(name, kwargs={value: VALUES[value] for value in known})


def writes() -> list[str]:
    """Return the names of the routes that take a POST."""
    return [name for name, row in ROWS.items() if "POST" in row.methods]


# An API that has one of everything ---------------------------------------------------------------------------

_ANSWERS: list[tuple[str, Any]] = [
    (r"/profiles/v2/me", {"username": "jdoe"}),
    (r"/actors/v2", [payloads.actor_payload()]),
    (r"/actors/v2/utilization", payloads.utilization_payload()),
    (r"/actors/v2/admin", [payloads.admin_actor_payload()]),
    (r"/actors/v2/admin/workers", {"workers": [payloads.worker_payload(actorId=ACTOR_ID)]}),
    (r"/actors/v2/admin/executions", payloads.totals_payload()),
    (r"/actors/v2/configs", [payloads.config_payload()]),
    (r"/actors/v2/configs/[^/]+", payloads.config_payload()),
    (r"/actors/v2/aliases", [payloads.alias_payload()]),
    (r"/actors/v2/aliases/[^/]+", payloads.alias_payload()),
    (r"/actors/v2/aliases/[^/]+/nonces", [payloads.nonce_payload()]),
    (r"/actors/v2/aliases/[^/]+/nonces/[^/]+", payloads.nonce_payload()),
    (r"/actors/v2/search/\w+", payloads.search_payload()),
    (r"/actors/v2/[^/]+", payloads.actor_payload()),
    (r"/actors/v2/[^/]+/messages", {"messages": 0}),
    (r"/actors/v2/[^/]+/workers", [payloads.worker_payload()]),
    (r"/actors/v2/[^/]+/workers/[^/]+", payloads.worker_payload()),
    (r"/actors/v2/[^/]+/nonces", [payloads.nonce_payload()]),
    (r"/actors/v2/[^/]+/nonces/[^/]+", payloads.nonce_payload()),
    (r"/actors/v2/[^/]+/state", {"state": {"count": 1}}),
    (r"/actors/v2/(aliases/|configs/)?[^/]+/permissions", {"jdoe": "UPDATE"}),
    (r"/actors/v2/[^/]+/executions", payloads.listing_payload(payloads.execution_row())),
    (r"/actors/v2/[^/]+/executions/[^/]+", payloads.execution_payload()),
    (r"/actors/v2/[^/]+/executions/[^/]+/logs", {"logs": "hello"}),
]
# A call that nothing is read from needs no row.
_ANSWERS += [(re.sub(r"{\w+}", "[^/]+", call.path.replace("/actors", "/actors/v2", 1)), {}) for call in _CALLS]


def answer_everything(
    wire: responses.RequestsMock,
    status: int = 200,
    only: str = "",
    written: Callable[[Any], Any] = lambda result: result,
    url: str = payloads.API,
) -> None:
    """Answer every call with one of what it asks for, or with a failure of the given status.

    With `only`, nothing but the calls of that path fail. `written` writes the names of a result otherwise; `url` is the
    address of the API.
    """

    def answer(request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        path = (request.path_url or "").partition("?")[0]
        if status != 200 and path == (only or path):
            return status, {}, json.dumps(payloads.refusal("no"))
        if path.endswith("/results"):
            return 200, {}, "a result"
        if path.endswith("/admin-role-probe"):
            return 400, {}, json.dumps(payloads.refusal("Abaco Admin role required."))
        for pattern, result in _ANSWERS:
            if re.fullmatch(pattern, path):
                if request.method == "POST" and isinstance(result, list):
                    result = result[0]  # the one that was made
                is_record = not path.endswith("/permissions") and not path.startswith("/profiles/")
                return 200, {}, json.dumps(payloads.envelope(written(result) if is_record else result))
        return 404, {}, json.dumps(payloads.refusal("No such route."))

    wire.assert_all_requests_are_fired = False
    for method in ("GET", "POST", "PUT", "DELETE"):
        wire.add_callback(method, re.compile(re.escape(url) + "/.*"), callback=answer)
