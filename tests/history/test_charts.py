"""The charts of the execution history: what is drawn, where it leads, and that nothing of the API's gets into it."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import pairwise
from urllib.parse import parse_qs, urlencode, urlsplit
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string

from actors_app.history.charts import Charts, charts_of, choose_step, spans, sparkline
from actors_app.history.charts.drawing import mark_words, nice_scale
from actors_app.history.charts.durations import class_value, class_words, edges_for, position
from actors_app.history.charts.spans import DAY, HOUR, MINUTE, WEEK, span_words, time_marks

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp() * 1000)
Run = tuple[int, int | None, str, str, str, str]


def at(*moment: int, zone: ZoneInfo | None = None) -> int:
    return int(datetime(*moment, tzinfo=zone or UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]


def link(**changes: str) -> str:
    given = {"window": "24h", "q": '"a"&b'} | changes
    return "/executions/?" + urlencode({name: value for name, value in given.items() if value})


def dot_url(actor: str, execution: str) -> str:
    return f"/actors/{actor}/executions/{execution}/" if execution.isalnum() else ""


def hours(*counts: Mapping[str, int]) -> list[tuple[int, int, Mapping[str, int]]]:
    return [(BEGIN + n * HOUR, BEGIN + (n + 1) * HOUR, found) for n, found in enumerate(counts)]


def run(ran: int | None = 1_000, outcome: str = "succeeded", execution: str = "e1", **changes: object) -> Run:
    return (changes.get("received", BEGIN + MINUTE), ran, outcome, "a1", execution, changes.get("name", "wc"))  # type: ignore[return-value]


def draw(
    buckets: Sequence[tuple[int, int, Mapping[str, int]]] = (), runs: Sequence[Run] = (), **more: object
) -> Charts:
    return charts_of(buckets, runs, link, dot_url, **more)  # type: ignore[arg-type]


def svg(markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(markup)  # noqa: S314 - the portal made it


def leads(element: ElementTree.Element) -> list[tuple[str, dict[str, list[str]], str]]:
    """Return each link: its class of shape, what it asks for, and its title."""
    found = []
    for anchor in element.iter("a"):
        shape = list(anchor)[-1]
        query = parse_qs(urlsplit(anchor.get("href", "")).query)
        found.append((shape.get("class", ""), query, anchor.findtext("title", "")))
    return found


# Spans ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("time", "step", "number"),
    [
        (10 * MINUTE, MINUTE, 10),
        (HOUR, MINUTE, 60),
        (2 * HOUR, 2 * MINUTE, 60),
        (6 * HOUR, 15 * MINUTE, 24),
        (DAY, HOUR, 24),
        (3 * DAY, 3 * HOUR, 24),
        (WEEK, 3 * HOUR, 56),
        (30 * DAY, DAY, 30),
        (60 * DAY, DAY, 60),
        (365 * DAY, WEEK, 53),
        (3650 * DAY, 16 * WEEK, 33),
    ],
)
def test_a_time_is_cut_into_spans_that_can_be_told_apart(time: int, step: int, number: int) -> None:
    assert choose_step(BEGIN, BEGIN + time) == step
    assert -(-time // step) == number


def test_spans_begin_on_the_clock_and_hold_all_of_the_time() -> None:
    found = spans(at(2026, 11, 23, 16, 20), at(2026, 11, 23, 19, 1), HOUR, UTC)
    assert [start for start, _ in found] == [at(2026, 11, 23, hour) for hour in (16, 17, 18, 19)]
    assert found[-1][1] == at(2026, 11, 23, 20)
    cut = spans(at(2026, 11, 23, 16, 20), at(2026, 11, 23, 19, 1), HOUR, UTC, whole=False)
    assert (cut[0][0], cut[-1][1]) == (at(2026, 11, 23, 16, 20), at(2026, 11, 23, 19, 1))
    assert spans(BEGIN, BEGIN, HOUR, UTC) == []
    assert spans(BEGIN, BEGIN + HOUR, HOUR, UTC) == [(BEGIN, BEGIN + HOUR)]


def test_days_and_weeks_begin_at_midnight_of_the_zone() -> None:
    begin = at(2026, 11, 23, zone=BERLIN)
    assert spans(begin + 5 * HOUR, begin + 30 * HOUR, DAY, BERLIN)[0] == (begin, begin + DAY)
    thursday = at(2026, 11, 26, 12, zone=BERLIN)
    assert spans(thursday, thursday + HOUR, WEEK, BERLIN) == [(begin, begin + WEEK)]


def test_spans_follow_the_clock_where_it_is_put_back_or_forward() -> None:
    back = at(2026, 10, 25, zone=BERLIN)
    assert spans(back, back + 25 * HOUR, DAY, BERLIN) == [(back, back + 25 * HOUR)]
    assert len(spans(back, back + 25 * HOUR, HOUR, BERLIN)) == 25
    six = spans(back, back + 25 * HOUR, 6 * HOUR, BERLIN)
    assert [(end - start) // HOUR for start, end in six] == [7, 6, 6, 6]
    forward = at(2027, 3, 28, zone=BERLIN)
    assert [(end - start) // HOUR for start, end in spans(forward, forward + 23 * HOUR, 6 * HOUR, BERLIN)] == [
        5,
        6,
        6,
        6,
    ]
    assert all(start < end for start, end in spans(forward, forward + DAY, HOUR, BERLIN))


def test_an_hour_that_comes_twice_is_not_begun_too_early() -> None:
    second = at(2026, 10, 25, 1, 30)  # 2:30 in Berlin for the second time
    assert spans(second, second + MINUTE, HOUR, BERLIN) == [(second - 30 * MINUTE, second + 30 * MINUTE)]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ((2026, 11, 23, 16), timedelta(hours=1), "23 Nov, 16:00\N{EN DASH}17:00"),
        ((2026, 11, 23, 23), timedelta(hours=1), "23 Nov, 23:00\N{EN DASH}00:00"),
        ((2026, 11, 23), timedelta(days=1), "23 Nov 2026"),
        ((2026, 11, 23), timedelta(days=7), "23 Nov \N{EN DASH} 29 Nov 2026"),
        ((2026, 11, 23, 16, 20), timedelta(hours=8), "23 Nov, 16:20 \N{EN DASH} 24 Nov, 00:20"),
        ((2026, 11, 23, 16, 20, 5), timedelta(minutes=1), "23 Nov, 16:20:05\N{EN DASH}16:21:05"),
    ],
)
def test_a_span_is_written_as_people_say_it(start: tuple[int, ...], end: timedelta, words: str) -> None:
    begin = datetime(*start, tzinfo=UTC)  # type: ignore[misc, arg-type]
    assert span_words(begin, begin + end) == words


def test_the_axis_names_the_days_that_begin() -> None:
    noon = at(2026, 11, 23, 12)
    assert time_marks(noon, noon + DAY, UTC) == [
        (0.0, "12:00", False),
        (0.125, "15:00", False),
        (0.25, "18:00", False),
        (0.375, "21:00", False),
        (0.5, "24 Nov", True),
        (0.625, "03:00", False),
        (0.75, "06:00", False),
        (0.875, "09:00", False),
    ]
    assert next(words for _, words, _ in time_marks(BEGIN, BEGIN + 365 * DAY, UTC)) == "4 Jan 27"


# Executions over time ---------------------------------------------------------------------------------------


def test_a_part_of_a_bar_leads_to_its_time_and_its_outcome() -> None:
    panel = draw(hours({"succeeded": 30, "failed": 2}, {}, {"succeeded": 1})).over_time
    time = {"q": ['"a"&b'], "from": ["2026-11-23T00:00"], "to": ["2026-11-23T01:00"]}
    first, good, bad, *later = leads(svg(panel.drawing))
    assert first == ("room", time, "23 Nov, 00:00\N{EN DASH}01:00: 32 executions")
    assert good == ("o-succeeded", time | {"outcome": ["succeeded"]}, "23 Nov, 00:00\N{EN DASH}01:00: 30 succeeded")
    assert bad[:2] == ("o-failed", time | {"outcome": ["failed"]})
    assert [title for _, _, title in later] == [
        "23 Nov, 02:00\N{EN DASH}03:00: 1 execution",
        "23 Nov, 02:00\N{EN DASH}03:00: 1 succeeded",
    ]
    assert panel.summary == "33 executions, 2 failed. Peak: 32 on 23 Nov, 00:00\N{EN DASH}01:00."


def test_bars_are_stacked_to_their_height_and_nothing_is_invisible() -> None:
    panel = draw(hours({"succeeded": 9_996, "failed": 1, "oom": 1, "halted": 2})).over_time
    parts = [rect for rect in svg(panel.drawing).iter("rect") if rect.get("class") != "room"]
    tall = [float(part.get("height", "")) for part in parts]
    assert min(tall) >= 1.2
    assert sum(tall) == pytest.approx(138, abs=0.3)
    for below, above in pairwise(parts):
        assert float(above.get("y", "")) + float(above.get("height", "")) == pytest.approx(
            float(below.get("y", "")), abs=0.2
        )
    assert min(float(part.get("y", "")) for part in parts) == pytest.approx(12, abs=0.2)


def test_an_outcome_that_is_not_known_is_counted_and_drawn_as_unknown() -> None:
    panel = draw(hours({'"><b>': 2, "unknown": 1, "failed": -1})).over_time
    assert [kind for kind, _, _ in leads(svg(panel.drawing))] == ["room", "o-unknown"]
    assert panel.summary.startswith("3 executions, 0 failed.")
    assert 'id="dot-unknown"' in draw(runs=[run(outcome="unknown")]).run_times.drawing


def test_a_count_of_some_says_so() -> None:
    panel = draw(hours({"failed": 1}), is_partial=True).over_time
    assert panel.summary == "Based on some of the executions: 1 execution, 1 failed."


def test_a_script_is_told_the_edges_between_which_it_may_choose() -> None:
    drawing = svg(draw(hours({"failed": 1}, {}, {}, {})).over_time.drawing)
    assert (drawing.get("data-from"), drawing.get("data-to")) == (str(BEGIN), str(BEGIN + 4 * HOUR))
    assert drawing.get("data-places") == "0.00000 0.25000 0.50000 0.75000 1.00000"
    assert drawing.get("data-edges", "").split()[1::3] == ["2026-11-23T01:00", "2026-11-23T04:00"]
    asked = drawing.get("data-range", "").replace("{from}", "x").replace("{to}", "y")
    assert parse_qs(urlsplit(asked).query) == {"q": ['"a"&b'], "from": ["x"], "to": ["y"]}


def test_the_table_holds_the_same_numbers_and_links() -> None:
    panel = draw(hours({"succeeded": 1_234, "error": 2}, {"succeeded": 1}), zone=UTC).over_time
    rows = list(svg(panel.table).iter("tr"))
    assert ["".join(cell.itertext()) for cell in rows[0]] == ["Received (UTC)", "Succeeded", "Error", "Total"]
    assert ["".join(cell.itertext()) for cell in rows[1]][1:] == ["1\u202f234", "2", "1\u202f236"]
    assert ["".join(cell.itertext()) for cell in rows[2]][1:] == ["1", "0", "1"]
    drawn = [query for _, query, _ in leads(svg(panel.drawing))]
    listed = [parse_qs(urlsplit(anchor.get("href", "")).query) for anchor in svg(panel.table).iter("a")]
    assert drawn == listed


def test_times_are_those_of_the_zone() -> None:
    panel = draw(hours({"succeeded": 1}), zone=BERLIN).over_time
    assert "Received (UTC+1)" in panel.table
    (_, query, words), *_ = leads(svg(panel.drawing))
    assert words.startswith("23 Nov, 01:00\N{EN DASH}02:00")
    assert query["from"] == ["2026-11-23T00:00"], "an address means the same to everybody"


def test_the_places_in_an_address_are_found_whatever_is_searched_for() -> None:
    def searching(**changes: str) -> str:
        return "?" + urlencode({"q": "0from0 0to0 {from}"} | {name: text for name, text in changes.items() if text})

    panel = charts_of(hours({"failed": 1}), [], searching, dot_url).over_time
    query = leads(svg(panel.drawing))[1][1]
    assert query["q"] == ["0from0 0to0 {from}"]
    assert query["from"] == ["2026-11-23T00:00"]


@pytest.mark.parametrize(("most", "marks"), [(0, [0, 1]), (1, [0, 1]), (7, [0, 2, 4, 6, 8]), (40, [0, 10, 20, 30, 40])])
def test_the_marks_of_an_axis_are_nice_numbers(most: int, marks: list[int]) -> None:
    assert nice_scale(most) == marks


@pytest.mark.parametrize(
    ("count", "words"), [(999, "999"), (2_000, "2\u202f000"), (20_000, "20k"), (1_500_000, "1.5M"), (0, "0")]
)
def test_large_marks_are_short(count: int, words: str) -> None:
    assert mark_words(count) == words


# Run times --------------------------------------------------------------------------------------------------


def test_a_dot_leads_to_its_execution_and_says_its_outcome_by_its_shape() -> None:
    panel = draw(
        hours({"succeeded": 2}), [run(1_000), run(100_000, "failed", "e2"), run(None, "running", "e3")]
    ).run_times
    drawing = svg(panel.drawing)
    good, bad = drawing.iter("a")
    assert (good.get("href"), bad.get("href")) == ("/actors/a1/executions/e1/", "/actors/a1/executions/e2/")
    assert good.findtext("title") == "wc e1: succeeded, ran 1 s, received 23 Nov, 00:01"
    shapes = {use.get("href", "") for use in drawing.iter("use")}
    assert shapes == {"#dot-succeeded", "#dot-failed"}
    assert {f"#{shape.get('id')}" for shape in next(drawing.iter("defs"))} == shapes
    assert panel.summary == "3 executions; 1 of them has no run time yet."
    assert all(anchor.get("tabindex") == "-1" for anchor in drawing.iter("a"))


def test_run_times_stand_on_a_logarithmic_axis() -> None:
    runs = [run(ran, execution=f"e{ran}") for ran in (100, 1_000, 10_000)]
    ys = [float(use.get("y", "")) for use in svg(draw(hours({"succeeded": 3}), runs).run_times.drawing).iter("use")]
    assert ys == [150.0, 81.0, 12.0]


def test_the_newest_of_many_have_an_axis_of_their_own_time() -> None:
    runs = [run(execution=f"e{n}", received=BEGIN + n * MINUTE) for n in range(300)]
    few, many = (draw(hours(*[{"succeeded": 12}] * 25), runs[:10], total=total).run_times for total in (10, 1_000))
    assert svg(few.drawing).get("data-edges")
    edges = svg(many.drawing).get("data-edges", "").split()
    assert edges[0] < "2026-11-23T00:00" < "2026-11-23T00:09" < edges[-1], "so a part of it can be selected too"
    assert len(edges) > 20
    later = draw(hours(*[{"succeeded": 12}] * 25), runs, total=1_000).run_times
    assert svg(later.drawing).get("data-edges", "").split()[:2] == ["2026-11-22T23:55", "2026-11-23T00:00"]
    places = [float(use.get("x", "").rstrip("%")) for use in svg(many.drawing).iter("use")]
    assert places[0] < 5
    assert places[-1] > 95
    assert many.summary == "The latest 10 of 1\u202f000 executions."
    assert len(list(svg(draw(hours({}), runs).run_times.drawing).iter("use"))) == 250


def test_executions_without_an_address_are_named_all_the_same() -> None:
    panel = draw(hours({}), [run(execution="../x")]).run_times
    row = list(svg(panel.table).iter("tr"))[1]
    assert "".join(row[0].itertext()) == "../x"
    assert not list(row.iter("a"))


@pytest.mark.parametrize("moment", [0, -5, 10**18])
def test_a_time_that_no_calendar_has_is_left_out(moment: int) -> None:
    assert draw(hours({"succeeded": 1}), [run(received=moment)]).run_times.drawing == ""


@pytest.mark.parametrize("ran", [0, -3, 1, 59_999, 10**15])
def test_any_run_time_stands_inside(ran: int) -> None:
    charts = draw(hours({"succeeded": 1}), [run(ran)])
    (use,) = svg(charts.run_times.drawing).iter("use")
    assert 12 <= float(use.get("y", "")) <= 150
    assert sum(rect.get("class") == "runs" for rect in svg(charts.distribution.drawing).iter("rect")) == 1


# Distribution -----------------------------------------------------------------------------------------------


def test_a_class_of_run_times_leads_to_them() -> None:
    values = [50, 500, 700, 5_000, 20_000, 20_000, 90_000, 7_200_000]
    panel = draw(runs=[run(value, execution=f"e{n}") for n, value in enumerate(values)]).distribution
    found = [(query["duration"], title) for _, query, title in leads(svg(panel.drawing))]
    assert found == [
        (["-0.1s"], "Less than 0.1 s: 1 execution"),
        (["0.1s..1s"], "0.1 s to 1 s: 2 executions"),
        (["1s..10s"], "1 s to 10 s: 1 execution"),
        (["10s..1m"], "10 s to 1 min: 2 executions"),
        (["1m..10m"], "1 min to 10 min: 1 execution"),
        (["1h..6h"], "1 h to 6 h: 1 execution"),
    ]
    assert panel.summary == "Median (p50) 5 s, 95th percentile (p95) 2 h, based on 8 run times."
    listed = [parse_qs(urlsplit(anchor.get("href", "")).query)["duration"] for anchor in svg(panel.table).iter("a")]
    assert listed == [["-0.1s"], ["0.1s..1s"], ["1s..10s"], ["10s..1m"], ["1m..10m"], ["10m..1h"], ["1h..6h"], ["6h"]]


def test_p50_and_p95_are_drawn_where_they_are() -> None:
    drawing = svg(draw(durations=[2_000] * 90 + [30_000] * 10, runs=[run()]).distribution.drawing)
    lines = {group.get("class"): group for group in drawing.iter("g") if "share" in group.get("class", "")}
    edges = edges_for(2_000, 30_000)
    for name, value, words in (("p50", 2_000, "p50 2 s"), ("p95", 30_000, "p95 30 s")):
        group = lines[f"share {name}"]
        assert group.find("line").get("x1") == f"{100 * position(value, edges):.2f}%"  # type: ignore[union-attr]
        assert group.findtext("text") == words
    assert draw(runs=[run()], total=9).distribution.summary.endswith("based on the latest 1 run time.")


def test_classes_are_fine_where_run_times_are_alike() -> None:
    assert edges_for(50, 7_200_000) == (100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 21_600_000)
    assert edges_for(1_200, 8_000) == (1_000, 2_000, 5_000, 10_000)
    assert edges_for(0, 0) == (1,)


@pytest.mark.parametrize(
    ("start", "end", "value", "words"),
    [
        (None, 100, "-0.1s", "Less than 0.1 s"),
        (20, 50, "0.02s..0.05s", "20 ms to 50 ms"),
        (60_000, 600_000, "1m..10m", "1 min to 10 min"),
        (1_800_000, 3_600_000, "30m..1h", "30 min to 1 h"),
        (3_600_000, None, "1h", "1 h or longer"),
    ],
)
def test_a_class_is_written_as_the_filter_takes_it(start: int | None, end: int | None, value: str, words: str) -> None:
    assert (class_value(start, end), class_words(start, end)) == (value, words)


def test_a_run_time_stands_between_the_edges_of_its_class() -> None:
    assert position(100, (100, 1_000, 10_000)) == 0.25
    assert position(1_000, (100, 1_000)) == pytest.approx(2 / 3)
    assert 0 <= position(0, (100, 1_000)) < 1 / 3
    assert position(10**12, (100, 1_000)) == 1


# The page ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["<b>\"&'{0}{x}", "a\u202eb", "{{ x }}%s"])
def test_what_the_api_wrote_is_escaped_and_visible(sent: str) -> None:
    charts = draw(hours({"failed": 1}), [run(3_000, execution=sent, name=sent), run(3_000, name=sent)])
    page = render_to_string("history/_charts.html", {"charts": charts})
    assert "<b>" not in page
    assert "\u202e" not in page
    assert unescape(page).count(sent.replace("\u202e", "⟦RIGHT-TO-LEFT OVERRIDE⟧")) == 6
    for panel in charts.panels:
        svg(panel.drawing)
        svg(panel.table)


def test_each_chart_says_what_it_shows_and_has_its_numbers() -> None:
    page = render_to_string("history/_charts.html", {"charts": draw(hours({"failed": 1}), [run()])})
    assert page.count("<summary>View as table</summary>") == 3
    labels = re.findall(r'role="group" aria-label="([^"]+)"', page)
    assert len(labels) == 3
    assert all(label.endswith("as does the table below.") for label in labels)
    assert not re.search(r"\sstyle=|<script|\son\w+=", page)


def test_where_there_is_nothing_a_sentence_says_so() -> None:
    page = render_to_string("history/_charts.html", {"charts": draw(hours({}, {}))})
    assert 'class="plot' not in page
    assert page.count("No executions in this time range.") == 2
    assert "No run times." in page
    waiting = draw(hours({"waiting": 1}), [run(None, "waiting")]).run_times
    assert waiting.summary.startswith("No run times yet.")


# Sparkline --------------------------------------------------------------------------------------------------


def test_a_sparkline_says_its_numbers_and_shows_the_failures() -> None:
    drawing = svg(sparkline([(0, 0)] * 21 + [(100, 0), (19, 1), (1, 1)]))
    assert drawing.get("aria-label") == "24 h: 120 executions, 2 failed"
    assert drawing.get("viewBox") == "0 0 960 200"
    good, bad = (path.get("d", "") for path in drawing.iter("path"))
    assert good == "M840 200v-200h30v200zM880 200v-23h30v23z"
    assert bad == "M880 177v-15h30v15zM920 200v-15h30v15z"


def test_a_sparkline_of_nothing_is_a_word() -> None:
    assert "24 h: 0" in sparkline([(0, 0)] * 24)
