"""The recorded answers of the real server, by the names of their cases."""

import json
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parent / "recordings"


def answer(case: str, folder: str = "v2-nginx") -> dict[str, Any]:
    """Return the recorded response of a case: its status, headers and body."""
    response: dict[str, Any] = json.loads((RECORDINGS / folder / f"{case}.json").read_text())["response"]
    return response


def result(case: str, folder: str = "v2-nginx") -> Any:
    """Return the result in the envelope of a recorded response."""
    return answer(case, folder)["body"]["result"]
