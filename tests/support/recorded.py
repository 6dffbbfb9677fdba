"""The recorded answers of the real server, by the names of their cases."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from actors_app.services.times import parse_time
from tests.conftest import API

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.Z]+|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT")


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


def result_at(case: str, folder: str, moment: datetime) -> Any:
    """Return a recorded result with all its times moved, as if that moment of its series were now."""
    delta = datetime.now(UTC) - moment

    def moved(found: re.Match[str]) -> str:
        time = parse_time(found[0])
        assert time
        return f"{(time + delta).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"

    return json.loads(_TIME.sub(moved, json.dumps(result(case, folder))))
