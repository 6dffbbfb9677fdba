"""An API that knows actors and workers, and the way from a preview to an order."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from actors_app.bulk.models import BulkItem
from tests.conftest import API
from tests.support.payloads import API as ROOT
from tests.support.payloads import actor_payload, snake, worker_payload

Browser = Callable[..., Client]


PAGE = "/bulk/actors/"


KEY = "0123456789abcdef" * 2


ROOTS = {"v2": "/actors/v2", "v3": "/v3/actors"}


class Wire:
    """The API of one version, with actors that have mailboxes, workers and permissions."""

    def __init__(self, api: API, version: str) -> None:
        self.api, self.version, self.root = api, version, ROOTS[version]
        api.wire.assert_all_requests_are_fired = False

    def named(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Return a payload by the names of the version."""
        return snake(payload) if self.version == "v3" else payload

    def has(self, *ids: str, level: str = "UPDATE", waiting: int | None = 2, **changes: Any) -> None:
        """Let there be actors, each with two workers, of which one is busy."""
        for id_ in ids:
            path = f"{self.root}/{id_}"
            self.api.get(path, self.named(actor_payload(id=id_, name=f"name-of-{id_}", **changes)))
            self.api.get(f"{path}/permissions", {"jdoe": level, "ada": "READ"})
            self.api.get(f"{path}/messages", {} if waiting is None else {"messages": waiting})
            workers = [self.worker(f"{id_}W1"), self.worker(f"{id_}W2", "BUSY")]
            self.api.get(f"{path}/workers", workers)
            for worker in workers:
                self.api.get(f"{path}/workers/{worker['id']}", worker)
            self.api.get(f"{path}/nonces", [])

    def worker(self, id_: str, status: str = "READY") -> dict[str, Any]:
        """Return a worker."""
        return self.named(worker_payload(id=id_, status=status))

    def has_nothing_else(self) -> None:
        """Let nothing in the tenant lead to an actor, or name it."""
        for path in ("/aliases", "/configs", ""):
            self.api.get(self.root + path, [])

    def admin(self, *, is_one: bool) -> None:
        """Say whether the visitor is an administrator."""
        path, words = f"{self.root}/aliases/admin-role-probe", "Abaco Admin role required."
        if is_one:
            self.api.refuse("GET", path, "No alias found: admin-role-probe.", 404)
        else:
            self.api.refuse("GET", path, words)

    def forget(self, method: str, path: str) -> None:
        """Take an answer back."""
        self.api.wire.remove(method, ROOT + self.root + path)

    def sent(self, method: str = "DELETE") -> list[str]:
        """Return what was written, in its order."""
        return [
            urlsplit(request.url).path.removeprefix(self.root) for request in self.api.asked if request.method == method
        ]


def words_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def preview(browser: Client, act: str, *picks: str, **asked: Any) -> tuple[Any, str]:
    answer = browser.get(PAGE, {"act": act, "pick": list(picks), **asked})
    return answer, words_of(answer)


def plan_in(answer: Any) -> str:
    return str(re.findall(r'name="plan" value="([^"]+)"', answer.content.decode())[0])


def order(browser: Client, act: str, *picks: str, number: int = 0, key: str = KEY, **asked: Any) -> str:
    """Order what is asked; return the address of the job."""
    plan = plan_in(preview(browser, act, *picks, **asked)[0])
    form = {"plan": plan, "number": number or len(picks), "reason": "they are old", "write_key": key}
    answer = browser.post(PAGE, form)
    assert answer.status_code == 302, words_of(answer)
    return str(answer["Location"])


def outcomes() -> list[tuple[str, str]]:
    rows = BulkItem.objects.order_by("number").values_list("actor_id", "object_id", "outcome")
    return [(object_id or actor_id, outcome) for actor_id, object_id, outcome in rows]
