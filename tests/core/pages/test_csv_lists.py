"""Lists as files for spreadsheets: marked as UTF-8, filtered and sorted as the page, and no cell that is a formula."""

import csv
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from actors_app.history.export import COLUMNS
from tests.conftest import API
from tests.history.world import answering
from tests.support.audit import wrote
from tests.support.payloads import ACTOR_ID, actor_payload, alias_payload, nonce_payload, worker_payload

ACTOR = f"/actors/v2/{ACTOR_ID}"
BOM = b"\xef\xbb\xbf"
FORMULA = '=HYPERLINK("http://evil.example","ü")'
SECRET = "TACC-PROD_s3cr3t5s3cr3t"


def rows_of(answer: Any, name: str) -> list[dict[str, str]]:
    """Return the rows of a file by their columns, after looking at what every such file has."""
    content = answer.getvalue()
    assert answer.status_code == 200, content[:300]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{name}')
    assert content.startswith(BOM)
    assert content.count(BOM) == 1
    text = content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text)))
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    return rows


def linked(browser: Client, url: str) -> str:
    """Return the address of the file that a page offers for what it shows."""
    page = browser.get(url).content.decode()
    base, _, query = url.partition("?")
    target = f"?{query}&format=csv" if query else "?format=csv"
    assert f'href="{escape(target)}"' in page, page[-3000:]
    return base + target


def test_actors(signed_in: Client, api: API) -> None:
    actors = [
        actor_payload(id=f"a{number}", name=name, owner="ann", description="x")
        for number, name in enumerate(["Zürich", FORMULA, "mid\x07dle", "日本"])
    ]
    api.get("/actors/v2", [*actors, actor_payload(id="other", name="other", owner="bob")])
    rows = rows_of(signed_in.get(linked(signed_in, "/actors/?q=ann&sort=-name")), "actors")
    assert [row["name"] for row in rows] == ["日本", "Zürich", "mid␇dle", "'" + FORMULA]
    assert rows[1]["actor_id"] == "a0"
    assert rows[1]["created_utc"].endswith("Z")
    sliced = rows_of(signed_in.get(linked(signed_in, "/actors/?sort=name&limit=2&offset=1")), "actors")
    assert len(sliced) == 2


def test_workers(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/messages", {"messages": 0})
    workers = [worker_payload(id="W2", createTime="2026-11-24T10:00:00.000Z"), worker_payload(id="W1", image="@wörk")]
    api.get(f"{ACTOR}/workers", workers)
    rows = rows_of(signed_in.get(linked(signed_in, f"/actors/{ACTOR_ID}/workers/")), "workers")
    assert (rows[0]["worker_id"], rows[0]["image"]) == ("W1", "'@wörk")
    assert rows[1]["created_utc"] == "2026-11-24T10:00:00.000Z"


@pytest.mark.parametrize("holder", [f"actors/{ACTOR_ID}", "aliases/my-alias"])
def test_nonces_without_their_secret(signed_in: Client, api: API, holder: str) -> None:
    is_alias = holder.startswith("aliases")
    if not is_alias:
        api.get(ACTOR, actor_payload())
    nonces = [
        nonce_payload(id=SECRET, description=FORMULA, maxUses=-1, remainingUses=-1),
        nonce_payload(id="TACC-PROD_an0ther5an0ther", remainingUses=0),
    ]
    api.get("/actors/v2/aliases/my-alias/nonces" if is_alias else f"{ACTOR}/nonces", nonces)
    answer = signed_in.get(linked(signed_in, f"/{holder}/nonces/?show=usable"))
    (row,) = rows_of(answer, "nonces")
    assert row["description"] == "'" + FORMULA
    assert row["max_uses"] == "unlimited"
    assert answer.headers["Cache-Control"] == "no-store"
    assert SECRET[-4:].encode() not in answer.content


def test_nonces_of_all_actors(signed_in: Client, api: API) -> None:
    api.get("/actors/v2", [actor_payload(name=FORMULA)])
    api.get("/actors/v2/aliases", [])
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE"})
    api.get(f"{ACTOR}/nonces", [nonce_payload(id=SECRET, level="UPDATE"), nonce_payload(id="x_y", level="READ")])
    answer = signed_in.get(linked(signed_in, "/nonces/?show=update"))
    (row,) = rows_of(answer, "nonces-page-1")
    assert (row["opens"], row["actor_id"], row["level"]) == ("'" + FORMULA, ACTOR_ID, "UPDATE")
    assert "update" in row["worth_a_look"]
    assert SECRET[-4:].encode() not in answer.content


def test_permissions(signed_in: Client, api: API) -> None:
    api.get(ACTOR, actor_payload())
    api.get(f"{ACTOR}/nonces", [])
    api.get("/actors/v2/aliases", [])
    api.get(f"{ACTOR}/permissions", {"jdoe": "UPDATE", "jörg": "READ", "gone": "NONE", "+bob": "EXECUTE"})
    rows = rows_of(signed_in.get(linked(signed_in, f"/actors/{ACTOR_ID}/permissions/?show=access")), "permissions")
    assert {row["user"]: row["level"] for row in rows} == {"jdoe": "UPDATE", "'+bob": "EXECUTE", "jörg": "READ"}
    assert "gone" not in {row["user"] for row in rows}


def test_schedules(signed_in: Client, api: API) -> None:
    kept = {"cronSchedule": "2099-01-15 08 + 2 days", "cronNextEx": "2099-01-15 8"}
    on, off = actor_payload(id="a1", name="-on", cronOn=True, **kept), actor_payload(id="a2", cronOn=False, **kept)
    api.get("/actors/v2", [on, off])
    (row,) = rows_of(signed_in.get(linked(signed_in, "/schedules/?show=on")), "schedules")
    assert (row["actor_id"], row["actor"], row["on"]) == ("a1", "'-on", "True")
    assert row["next_utc"] == "2099-01-15T08:00:00.000Z"


def test_aliases(signed_in: Client, api: API) -> None:
    api.get("/actors/v2", [actor_payload(name="wörd")])
    api.get("/actors/v2/aliases", [alias_payload(), alias_payload(alias="-b"), alias_payload(alias="x", owner="ann")])
    rows = rows_of(signed_in.get(linked(signed_in, "/aliases/?show=mine")), "aliases")
    assert [(row["alias"], row["actor"]) for row in rows] == [("'-b", "wörd"), ("my-alias", "wörd")]


def test_executions_and_activity_are_marked_on_pages_and_for_programs_that_ask(
    signed_in: Client,
) -> None:
    with answering() as world:
        world.actor(name="wörd-count")
        world.run("Ok1")
        wrote()
        for page, program in (
            ("/executions/", "/api/v1/executions/export/"),
            ("/activity/", "/api/v1/activity/export/"),
        ):
            marked = signed_in.get(f"{page}?window=all&format=csv").getvalue()
            assert marked.startswith(BOM), page
            assert marked.count(BOM) == 1
            plain = signed_in.get(f"{program}?window=all&format=csv").getvalue()
            assert not plain.startswith(BOM)
            assert signed_in.get(f"{program}?window=all&format=csv&bom=1").getvalue() == BOM + plain
            for lines in (
                signed_in.get(f"{page}?window=all&format=jsonl"),
                signed_in.get(f"{program}?window=all&format=jsonl&bom=1"),
            ):
                assert not lines.getvalue().startswith(BOM), page
            assert signed_in.get(f"{program}?format=csv&bom=yes").status_code == 422
        picked = signed_in.get(
            "/executions/picked/", {"act": "export", "scope": "page", "format": "csv", "window": "all"}
        ).getvalue()
        assert picked.startswith(BOM + COLUMNS[0].encode())
