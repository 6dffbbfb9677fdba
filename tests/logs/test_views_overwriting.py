"""Text that a terminal writes over, in the pages of a log: it is shown, found, and masked like any other."""

import pytest

from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/"
TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"


@pytest.fixture
def page(signed_in, api):
    """Return what a page shows of a log."""

    def read(log: str, query: str = "") -> str:
        api.get(ACTOR, actor_payload())
        api.get(EXECUTION, execution_payload())
        api.get(f"{EXECUTION}/logs", {"logs": log})
        return signed_in.get(f"{PAGE}{query}").content.decode()

    return read


def test_what_ends_in_a_carriage_return_is_shown_and_found(page):
    log = "first\nall of it is done\r\x1b[K\nlast\n"
    assert "<span>all of it is done</span>" in page(log)
    found = page(log, "?find=of+it")
    assert 'data-total="1">1 of 1</span>' in found
    assert 'all <mark class="found">of it</mark> is done' in found


def test_a_hit_in_what_was_written_over_shows_its_line_raw(page):
    log = "step <1> broke\rstep <2>\x1b[K is fine\n"
    assert "<span>step &lt;2&gt; is fine</span>" in page(log)
    found = page(log, "?find=broke")
    assert 'step &lt;1&gt; <mark class="found">broke</mark>␍step &lt;2&gt; is fine' in found
    assert "step &lt;1&gt; <mark>broke</mark>␍step &lt;2&gt;" in found


def test_utf_16_is_read_found_masked_and_sent_as_text(page, signed_in, api):
    text = f"export\nAPI_TOKEN={TOKEN}\nError: it broke\n"
    log = text.encode("utf-16").decode("utf-8", "replace")
    shown = page(log, "?find=it+broke")
    assert 'Error: <mark class="found">it broke</mark>' in shown
    assert TOKEN not in shown
    api.get(f"{EXECUTION}/logs", {"logs": log})
    file = b"".join(signed_in.get(f"{PAGE}?download=1").streaming_content).decode()
    assert file.startswith("export\nAPI_TOKEN=")
    assert file.endswith("\nError: it broke\n")
    assert TOKEN not in file
