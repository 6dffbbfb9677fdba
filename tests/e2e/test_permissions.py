"""Letting a colleague in, seeing it with their eyes, and taking it back; with and without script."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Portal, Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, pytest.param(False, marks=pytest.mark.full)], ids=["script", "no-script"])
def test_a_colleague_is_let_in_and_shut_out(visit: Visit, portal: Portal, script: bool) -> None:
    actor = portal.sandbox.sign_in("demo").actor("abacosamples/test", name=f"shared-{script}".lower())
    address = f"/actors/{actor}/permissions/"
    demo, team = visit("demo", script=script), visit("team", script=script)
    team.goto(address)
    expect(team.get_by_role("heading", level=1)).not_to_contain_text("shared")

    # A name that cannot work is refused, and stays where it was typed.
    demo.goto(address)
    demo.get_by_label("Username").fill("first.last")
    demo.get_by_role("button", name="Grant access").click()
    expect(demo.get_by_text("Usernames with a dot do not work in the API.", exact=True)).to_be_visible()
    expect(demo.get_by_label("Username")).to_have_value("first.last")

    demo.goto(address)
    demo.get_by_label("Username").fill("team")
    demo.get_by_role("button", name="Grant access").click()
    expect(demo.get_by_text("READ granted to team.")).to_be_visible()

    # The other person reads, and sees what they may not do and why.
    team.goto(address)
    expect(team.get_by_role("button", name="Grant access")).to_be_disabled()
    expect(team.get_by_text("Granting access requires UPDATE on this actor; you have READ.").first).to_be_visible()

    demo.goto(address)
    demo.get_by_role("link", name="Revoke… team").click()
    expect(demo.get_by_text("The user stays listed with no access")).to_be_visible()
    demo.get_by_role("button", name="Revoke access").click()
    expect(demo.get_by_text("Access for team revoked.")).to_be_visible()
    expect(demo.locator("tr", has_text="team")).to_contain_text("no access")
    team.goto(address)
    expect(team.get_by_role("heading", level=1)).not_to_contain_text("shared")

    # What was done is on the activity, in words.
    demo.goto(f"/actors/{actor}/activity/")
    expect(demo.get_by_text("revoked access to").first).to_be_visible()
    expect(demo.get_by_text("changed access to").first).to_be_visible()
