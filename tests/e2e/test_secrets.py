"""A log that holds its owner's token, in a browser: what owner, reader and administrator see of it, in v2 and v3."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from actors_app.masking import MASK
from tests.e2e.conftest import Portal, Visit

pytestmark = pytest.mark.browser
LIVE = "This log contains a credential for your account."


def printed(portal: Portal, name: str) -> tuple[str, str, str]:
    """Run an image that prints its environment, with a nonce sent along; return its page, the token and the nonce."""
    demo = portal.sandbox.sign_in("demo")
    actor = demo.actor("abacosamples/test", name=name, token=True)
    demo.post(f"/{actor}/permissions", {"user": "team", "level": "READ"})
    nonce = demo.post(f"/{actor}/nonces", {"level": "EXECUTE"})["id"]
    execution = demo.run(actor, "hello", params={"x-nonce": nonce})["id"]
    log = demo.log(actor, execution)
    (token,) = re.findall(r"_abaco_access_token=(\S+)", log)
    assert nonce in log, "the image printed the nonce too"
    return f"/actors/{actor}/executions/{execution}/", token, nonce


def is_clean(page: Page, *secrets: str) -> bool:
    html = page.content()
    return not any(secret in html for secret in secrets)


@pytest.mark.parametrize("version", ["v2", pytest.param("v3", marks=pytest.mark.full)])
def test_only_the_owner_who_asks_sees_the_token(
    version: str, visit: Visit, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    at = request.getfixturevalue("portal" if version == "v2" else "tapis_portal")
    address, token, nonce = printed(at, f"prints-its-environment-{version}")
    code = nonce.partition("_")[2]
    for user in ("team", "admin"):
        page = visit(user, at=at)
        for where in (address, f"{address}logs/", f"{address}logs/?find=MSG"):
            page.goto(where)
            expect(page.get_by_text(f"_abaco_access_token={MASK}").first).to_be_visible()
            assert is_clean(page, token, code)
        expect(page.get_by_text("Only the actor's owner can reveal them.")).to_be_visible()
        expect(page.get_by_role("button", name="Reveal secrets")).to_have_count(0)
    page = visit("demo", at=at)
    page.goto(address)
    expect(page.get_by_text(LIVE)).to_be_visible()
    expect(page.get_by_text("is valid until about")).to_be_visible()
    assert is_clean(page, token, code)
    with page.expect_download() as file:
        page.get_by_role("link", name="Download").first.click()
    file.value.save_as(tmp_path / "log")
    text = (tmp_path / "log").read_text()
    assert token not in text
    assert f"_abaco_access_token={MASK}" in text
    page.get_by_role("button", name="Reveal secrets").click()
    expect(page.get_by_text("Secrets are visible; this is recorded")).to_be_visible()
    expect(page.get_by_text(f"_abaco_access_token={token}").first).to_be_visible()
    with page.expect_download() as file:
        page.get_by_role("button", name="Download with secrets").click()
    file.value.save_as(tmp_path / "whole")
    assert token in (tmp_path / "whole").read_text()
    page.get_by_role("link", name="Hide secrets").click()
    expect(page.get_by_text(LIVE)).to_be_visible()
    assert is_clean(page, token, code)
    page.goto("/activity/")
    expect(page.get_by_text("revealed hidden secrets of").first).to_be_visible()
