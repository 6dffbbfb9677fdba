"""An actor changed here and elsewhere: the line of its definitions, in a real browser over the real sandbox."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Portal, Visit
from tests.sandbox.support import Person

pytestmark = pytest.mark.browser


def test_a_definition_is_changed_here_and_elsewhere_and_taken_back(
    visit: Visit, portal: Portal, tmp_path: Path
) -> None:
    demo: Person = portal.sandbox.sign_in("demo")
    fields = {"name": "changes", "description": "as it began", "defaultEnvironment": {"colour": "red"}}
    actor = demo.actor("abacosamples/wc", **fields)
    page = visit("demo", script=False)

    # Changed in the portal, after a review of what changes and what stays.
    page.goto(f"/actors/{actor}/")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("[name=description]").fill("changed in the portal")
    page.get_by_role("button", name="Review changes").click()
    expect(page.locator(".changes > li")).to_have_count(1)
    expect(page.locator(".changes ins")).to_contain_text("changed in the portal")
    page.get_by_text("Show 19 unchanged fields").click()
    expect(page.locator(".unchanged")).to_contain_text("colour: red")
    page.get_by_label("Reason").fill("it was unclear")
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Actor changes saved.")).to_be_visible()

    # And elsewhere, by somebody who left the environment out.
    demo.put(f"/{actor}", {"image": "abacosamples/test", "description": "changed elsewhere"})
    page.goto(f"/actors/{actor}/")
    page.get_by_role("link", name="Revision 2").click()
    line = page.get_by_role("region", name="Revisions").get_by_role("row")
    expect(line).to_have_count(4)
    expect(line.nth(1)).to_contain_text("Changed outside the portal between")
    expect(line.nth(2)).to_contain_text("Saved here by demo")
    expect(line.nth(3)).to_contain_text("First seen")
    differs = page.get_by_role("region", name="Changes")
    expect(differs.get_by_role("row").filter(has_text="Default environment")).to_contain_text("red")

    # Any two; then back to the first, never at one click.
    page.locator("[name=from]").select_option(index=3)
    page.get_by_role("button", name="Compare").click()
    expect(differs.get_by_role("row").filter(has_text="Description")).to_contain_text("as it began")
    line.nth(3).get_by_role("link", name="Restore").click()
    expect(page.locator("[name=description]")).to_have_value("as it began")
    assert demo.get(f"/{actor}")["description"] == "changed elsewhere"
    page.get_by_role("button", name="Review changes").click()
    expect(page.locator(".changes > li")).to_have_count(3)
    page.get_by_role("button", name="Save changes").click()
    expect(page.get_by_text("Actor changes saved.")).to_be_visible()
    now = demo.get(f"/{actor}")
    assert (now["description"], now["defaultEnvironment"]) == ("as it began", {"colour": "red"})

    # Cloned, exported, and imported again.
    page.goto(f"/actors/{actor}/configuration/")
    page.get_by_role("link", name="Clone").click()
    expect(page.locator("[name=name]")).to_have_value("changes")
    page.locator("[name=name]").fill("changes-again")
    page.get_by_role("button", name="Register actor").click()
    page.wait_for_url(re.compile(r"/actors/[A-Za-z0-9]{12,13}/$"))
    clone = page.url.rstrip("/").rpartition("/")[2]
    assert demo.get(f"/{clone}")["defaultEnvironment"] == {"colour": "red"}
    text = page.request.get(f"/actors/{clone}/definition.json").text()
    assert json.loads(text)["name"] == "changes-again"
    file = tmp_path / "definition.json"
    file.write_text(text.replace("changes-again", "brought back"))
    page.goto("/actors/new/")
    page.get_by_text("Import definition").click()
    page.locator("[name=definition_file]").set_input_files(file)
    page.get_by_role("button", name="Import").click()
    expect(page.locator("[name=name]")).to_have_value("brought back")
    page.get_by_role("button", name="Register actor").click()
    page.wait_for_url(re.compile(r"/actors/[A-Za-z0-9]{12,13}/$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("brought back")
