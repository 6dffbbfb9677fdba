"""What Abaco takes for an id, by the ids in its recorded answers, and by those that the sandbox makes."""

import json
import re
from pathlib import Path

from actors_app.services.hashids import is_hashid
from sandbox import ids

RECORDINGS = Path(__file__).parent.parent / "recordings"
ID = re.compile(r'"(?:id|actorId|actor_id|executionId|execution_id)": "([A-Za-z0-9]{11,14})"')


def recorded() -> set[str]:
    """Return the ids in all recorded answers of the real servers."""
    found: set[str] = set()
    for folder in ("v2", "v2-nginx", "v3-nginx"):
        for file in (RECORDINGS / folder).glob("*.json"):
            body = json.loads(file.read_text())["response"]["body"]
            found.update(ID.findall(json.dumps(body)))
    return found


def test_every_recorded_id_is_one() -> None:
    found = recorded()
    assert len(found) > 50
    assert [one for one in found if not is_hashid(one)] == []


def test_those_of_the_sandbox_are_ids() -> None:
    assert all(is_hashid(ids.new_id()) for _ in range(500))


def test_what_is_changed_by_one_letter_is_none() -> None:
    changed = {one[:-1] + ("a" if one[-1] != "a" else "b") for one in recorded()}
    assert not any(is_hashid(one) for one in changed - recorded())


def test_a_name_is_none() -> None:
    names = ("", "rnaseq-production", "word_count", "my-alias", "a", "aa", "ü", "0" * 13, "Rnaseq2Prod12")
    assert [name for name in names if is_hashid(name)] == []


def test_a_short_word_can_be_one_by_chance() -> None:
    assert is_hashid("re")
