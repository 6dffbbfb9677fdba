"""The recorded answers of the real server, by the names of their cases."""

import json
from pathlib import Path
from typing import Any

from tests.conftest import API

RECORDINGS = Path(__file__).parent / "recordings"


def answer(case: str, folder: str = "v2-nginx") -> dict[str, Any]:
    """Return the recorded response of a case: its status, headers and body."""
    response: dict[str, Any] = json.loads((RECORDINGS / folder / f"{case}.json").read_text())["response"]
    return response


def result(case: str, folder: str = "v2-nginx") -> Any:
    """Return the result in the envelope of a recorded response."""
    return answer(case, folder)["body"]["result"]


def replay(api: API, case: str, method: str, path: str, folder: str = "v2-nginx") -> None:
    """Let the API answer a method and a path, as the portal asks for it, with a recorded response."""
    response = answer(case, folder)
    content = {"json": response["body"]} if response["body_is_json"] else {"body": response["raw_text"]}
    kind = response["headers"].get("Content-Type", "application/json")
    api.answer(method, path, status=response["status"], content_type=kind, **content)
