"""Executions to act on, and the way from a preview to an order."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from actors_app.bulk.models import BulkItem
from actors_app.core.security.credentials import Credentials
from actors_app.messages import archive as message_archive
from actors_app.messages.archive import Sent
from actors_app.services.types import Execution
from tests.conftest import API
from tests.support.payloads import ACTOR_ID, execution_payload, search_payload

Browser = Callable[..., Client]


PAGE = "/bulk/executions/"


ACTOR = f"/actors/v2/{ACTOR_ID}"


WHO = Credentials("default", "jdoe", "token")


KEY = "0123456789abcdef" * 2


def made(id_: str, status: str, minutes: int = 0) -> Execution:
    return Execution(
        id=id_,
        executor="jdoe",
        status=status,
        message_received_time=timezone.now() - timedelta(minutes=minutes + 1),
        exit_code=1 if status == "COMPLETE" else None,
    )


def keep(id_: str, who: Credentials = WHO, body: bytes = b"hello") -> None:
    assert message_archive.keep(who, ACTOR_ID, id_, Sent("text", body, {"PLACE": "here"}))


def api_says(api: API, **statuses: str) -> None:
    """Answer the search for details, as often as it is asked, with how some executions stand."""
    api.wire.assert_all_requests_are_fired = False
    found = [
        execution_payload(id=id_, status=status, exitCode=1 if status == "COMPLETE" else None)
        for id_, status in statuses.items()
    ]
    api.get(f"{ACTOR}/executions", search_payload(*found))
    for one in found:
        api.get(f"{ACTOR}/executions/{one['id']}", one)


def preview(browser: Client, **asked: Any) -> tuple[Any, str]:
    answer = browser.get(PAGE, {"window": "all", **asked})
    return answer, " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def plan_in(answer: Any) -> str:
    return str(re.findall(r'name="plan" value="([^"]+)"', answer.content.decode())[0])


def order(browser: Client, key: str = KEY, reason: str = "they hang", **asked: Any) -> str:
    """Order what is asked; return the address of the job."""
    plan = plan_in(preview(browser, **asked)[0])
    answer = browser.post(PAGE, {"plan": plan, "reason": reason, "write_key": key})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def outcomes(items: Any = None) -> list[tuple[str, str]]:
    return list((items or BulkItem.objects).order_by("number").values_list("object_id", "outcome"))
