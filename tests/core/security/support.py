"""Levels, answers and controls for tests of capabilities."""

import html
import re
from typing import Any

from django.test import Client

from tests.conftest import API
from tests.support.payloads import ACTOR_ID, actor_payload, envelope
from tests.support.payloads import API as API_ROOT

ACTOR = f"/actors/v2/{ACTOR_ID}"
PROBE = "/actors/v2/aliases/admin-role-probe"
PAGE = f"/actors/{ACTOR_ID}/"
CLOSED = "Abaco Admin role required."
MISSING = "No alias found: admin-role-probe."
OWNER = "Ask the owner (sue)."
READ = {"jdoe": "READ", "sue": "UPDATE"}
EXECUTE = {"jdoe": "EXECUTE", "sue": "UPDATE"}
UPDATE = {"jdoe": "UPDATE", "sue": "UPDATE"}
WORLD = {"ABACO_WORLD": "READ", "sue": "UPDATE"}
USES = {"maxUses": 1, "remainingUses": 1, "currentUses": 0}


def opens(api: API, levels: dict[str, Any], **changes: Any) -> None:
    """Answer for the page of an actor, with these permissions."""
    api.get(ACTOR, actor_payload(owner="sue", **changes))
    api.get(f"{ACTOR}/messages", {"messages": 0})
    api.get(f"{ACTOR}/workers", [])
    api.get(f"{ACTOR}/nonces", [])
    api.get(f"{ACTOR}/permissions", levels)


def is_no_admin(api: API, browser: Client) -> None:
    """Open a page that asks whether the visitor is an administrator: they are none."""
    api.refuse("GET", PROBE, CLOSED)
    api.get("/actors/v2/utilization", {"currentActors": 1, "totalActors": 2, "workers": 1, "commandQueue": 0})
    browser.get("/administration/")


def is_admin(api: API, browser: Client) -> None:
    """Open a page that asks whether the visitor is an administrator: they are one."""
    api.refuse("GET", PROBE, MISSING, 404)
    for path in ("", "/admin", "/admin/workers", "/admin/executions"):
        api.is_silent("GET", f"/actors/v2{path}")
    browser.get("/administration/")


def opened(browser: Client, address: str = PAGE) -> str:
    """Open a page; return it with its escapes undone."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


def control(page: str, words: str) -> str:
    """Return the start tag of the one link or button that says these words."""
    found = re.findall(r"<(?:a|button)\b([^>]*)>(?:<svg(?:(?!</svg>).)*</svg>)?\s*" + words, page, re.DOTALL)
    assert found, words
    assert len({("aria-disabled" in one) for one in found}) == 1, f"{words} is both alive and disabled"
    return str(found[0])


def is_alive(page: str, words: str) -> bool:
    """Whether a control does something."""
    return 'aria-disabled="true"' not in control(page, words)


def now_answers(api: API, path: str, result: Any) -> None:
    """Answer something else from now on."""
    api.wire.replace("GET", API_ROOT + path, json=envelope(result))
