"""How the pages write statuses, times, sizes and texts of the API."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from actors_app.core.pages import badges
from actors_app.templatetags import actors

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, ""),
        (-4, "0 s"),
        (0, "0 s"),
        (0.44, "0.4 s"),
        (9.96, "10 s"),
        (12.4, "12 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (7500, "2 h 5 min"),
        (86400 * 3 + 3600 * 4, "3 d 4 h"),
    ],
)
def test_a_duration_reads_as_people_say_it(seconds: float | None, words: str) -> None:
    assert actors.duration(seconds) == words


@pytest.mark.parametrize(
    ("back", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=42), "42 seconds ago"),
        (timedelta(minutes=5), "5 minutes ago"),
        (timedelta(hours=30), "1 day ago"),
        (-timedelta(seconds=20), "now"),
        (-timedelta(hours=2), "in 2 h"),
    ],
)
def test_an_age_is_one_unit(back: timedelta, words: str) -> None:
    assert actors.ago_words(NOON - back, NOON) == words


def test_a_time_is_exact_on_hover() -> None:
    drawn = actors.ago(NOON)
    assert 'datetime="2026-11-23T12:00:00+00:00"' in drawn
    assert 'title="23 Nov 2026, 12:00:00 UTC"' in drawn
    assert actors.ago(None) == "Never"
    assert "23 Nov 2026, 12:00 UTC" in actors.moment(NOON)


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, ""), (12, "12 B"), (1500, "1.5 kB"), (2_000_000, "2.0 MB"), (3_200_000_000_000, "3200.0 GB")],
)
def test_a_size_has_a_decimal_unit(count: int | None, words: str) -> None:
    assert actors.size(count) == words


def test_a_status_is_word_shape_and_colour() -> None:
    drawn = actors.status_badge("READY")
    assert "Ready" in drawn
    assert "badge ok" in drawn
    assert "<svg" in drawn


@pytest.mark.parametrize("status", ["PAUSED", "<b>x</b>", "", None])
def test_an_unknown_status_stays_as_given_and_is_never_green(status: str | None) -> None:
    drawn = actors.status_badge(status)
    assert "badge off" in drawn
    assert "<b>" not in drawn
    if status == "PAUSED":
        assert "PAUSED" in drawn


def test_a_failure_names_its_exit_code() -> None:
    assert "Failed, exit 3" in actors.outcome_badge("failed", 3)
    assert "Succeeded" in actors.outcome_badge("succeeded", 0)
    assert "odd" in actors.outcome_badge("unknown", None, "odd")


def test_invisible_characters_are_written_out() -> None:
    assert actors.visible("a\u202eb") == "a⟦RIGHT-TO-LEFT OVERRIDE⟧b"
    assert actors.visible("a\x00b\x1b") == "a␀b␛"
    assert actors.visible("tab\tand\nline") == "tab\tand\nline"
    assert actors.visible("\ud800") == "⟦U+D800⟧"


@given(st.text(st.characters(codec=None)))
def test_every_text_can_be_shown(text: str) -> None:
    shown = Template("{{ text|visible }}").render(Context({"text": text}))
    shown.encode()
    assert "<" not in shown


def test_json_is_shown_in_its_order() -> None:
    assert actors.pretty_json({"b": 1, "a": ["ü"]}) == '{\n  "b": 1,\n  "a": [\n    "ü"\n  ]\n}'
    assert actors.json_value("plain") == "plain"
    assert actors.json_value({"a": 1}) == '{"a": 1}'


def test_a_script_is_loaded_only_as_deployed() -> None:
    drawn = Template('{% script "js/portal.js" %}').render(Context())
    assert 'integrity="sha384-' in drawn
    with pytest.raises(Exception, match="no static file"):
        Template('{% script "js/nowhere.js" %}').render(Context())


def test_every_icon_that_is_named_exists() -> None:
    import re
    from pathlib import Path

    root = Path(__file__).resolve().parents[3]
    named = {picture for _, _, picture in [*badges.STATUSES.values(), *badges.OUTCOMES.values(), badges.UNKNOWN]}
    for page in (root / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', page.read_text()))
    for name in named:
        assert "<svg" in actors.icon(name), name
