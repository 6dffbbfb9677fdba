"""Forms, their values and a session that ends, for tests of drafts."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from django.core.signing import dumps
from django.test import Client

from actors_app.core.pages import drafts
from actors_app.core.security.models import PortalSession
from tests.conftest import API
from tests.support.routes import answer_everything

ID = "zlVl01zOo4pXE"
HOME = f"/actors/{ID}/"
ACTOR = f"/actors/v2/{ID}"
KEY = "0123456789abcdef" * 2
JDOE = drafts.Person("default", "jdoe")
OWN = {"write_key": KEY, "whose": drafts.sign_owner(JDOE)}
TOKENS = {"access_token": "a2", "refresh_token": "r2", "expires_in": 14400, "token_type": "bearer"}
MESSAGE = {
    "kind": "text",
    "message": "to be\nor <b>not</b> \N{SNOWMAN}",
    "env_name": ["A", "B"],
    "env_value": ["1", "2"],
}
Browser = Callable[..., Client]


def expected(purpose: str) -> str:
    return dumps([ID, "wc"], salt=purpose)


# Every form in which something is typed: where it is sent, and what.
FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "message": (HOME + "messages/", MESSAGE),
    "message-preview": (HOME + "messages/preview/", MESSAGE),
    "message-incomplete": (HOME + "messages/", {"kind": "json", "message": "{not json"}),
    "purge": (HOME + "messages/purge/", {"confirm": "wc", "expected": expected("purge")}),
    "workers": (HOME + "workers/", {"num": "3"}),
    "nonce": (HOME + "nonces/", {"level": "READ", "max_uses": "7", "description": "for the cron job"}),
    "create": ("/actors/new/", {"image": "a/b:1", "name": "wc", "description": "counts", "max_workers": "2"}),
    "delete": (HOME + "delete/", {"confirm": "w", "expected": expected("actor-delete")}),
    "register": (HOME + "executions/new/", {"runtime": "11", "cpu": "22", "io": "33"}),
}


def end_session(client: Client) -> None:
    """Sign out everywhere else: the row goes, the browser keeps its cookie."""
    PortalSession.objects.all().delete()


def sign_in_again(client: Client, api: API, where: str, username: str = "jdoe") -> str:
    """Sign in on the page that was led to; return where that leads. From then on the API has one of everything."""
    api.post("/token", json=TOKENS)
    api.get("/profiles/v2/me", {"username": username})
    page = client.get(where).content.decode()
    target = unescape(re.search(r'name="next" value="([^"]*)"', page)[1])  # type: ignore[index]
    answer = client.post("/sign-in/", {"username": username, "password": "pw", "next": target})
    answer_everything(api.wire)
    return str(answer["Location"])


def values_of(page: str) -> list[str]:
    """Return everything that stands in the inputs of a page."""
    ticked = re.findall(r'<option value="([^"]*)" selected', page)
    inputs = re.findall(r'<input[^>]*? value="([^"]*)"', page)
    areas = re.findall(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)
    return [unescape(value).strip() for value in (*ticked, *inputs, *areas)]


def assert_all_typed(page: str, typed: dict[str, Any]) -> None:
    shown = values_of(page)
    for name, value in typed.items():
        for one in value if isinstance(value, list) else [value]:
            assert name == "expected" or one.strip() in shown, name


def sent_messages(api: API) -> int:
    """Count the messages that the API was sent."""
    return len([request for request in api.asked if f"{ACTOR}/messages" in request.url and request.method == "POST"])
