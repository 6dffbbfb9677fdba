"""A key of rows is of one Actors API: however its address is written, whatever the tenant is called."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from actors_app.core.models import PreferenceRow
from actors_app.core.operations import trail
from actors_app.core.operations.models import AuditEntry
from actors_app.core.security import origins
from actors_app.core.security.models import PortalSession, TenantOrigin
from actors_app.core.security.sessions import ADDRESS_CHANGED
from actors_app.doctor import inside
from actors_app.history.models import SavedView
from actors_app.nonces.models import NonceNote
from portal.tenants import Tenant, TenantError, origin_of, read_tenant
from tests.actors.test_former_values_api import fill
from tests.conftest import API, key_of
from tests.support.routes import answer_everything

pytestmark = [pytest.mark.django_db, pytest.mark.store]
Browser = Callable[..., Client]
OLD, NEW, THIRD = "https://api.example.org", "https://new.example.org", "https://third.example.org"


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (OLD, f"{OLD}/", True),
        (OLD, "https://API.Example.ORG:443//", True),
        (OLD, "https://api.example.org.", True),
        ("https://bücher.example", "https://xn--bcher-kva.example", True),
        ("http://[::1]:80", "http://[::1]", True),
        ("http://localhost:8100/base", "HTTP://LOCALHOST:8100/base/", True),
        (OLD, "https://api.example.org:8443", False),
        (OLD, "https://api.example.com", False),
        (f"{OLD}/one", f"{OLD}/two", False),
        (f"{OLD}/one", f"{OLD}/One", False),
        ("http://localhost:443", "https://localhost:443", False),
    ],
)
def test_which_addresses_are_of_one_api(one: str, other: str, is_same: bool) -> None:
    assert (origin_of(one) == origin_of(other)) is is_same


@pytest.mark.parametrize(
    "url", ["https://a.example:99999", "https://a.example:x", "https://[::1", f"https://{'ü' * 80}.x"]
)
def test_an_address_without_an_origin_is_refused(url: str) -> None:
    with pytest.raises(TenantError, match="url must be the URL"):
        read_tenant("a", {"url": url})


def at(settings: Any, **urls: str) -> dict[str, Tenant]:
    """Let the configuration name these tenants, and return them."""
    settings.TENANTS = {
        name: Tenant(name, name.title(), url, client_key="k", client_secret="s") for name, url in urls.items()
    }
    return settings.TENANTS


def keys(settings: Any, **urls: str) -> list[str]:
    """Return the keys of tenants at these addresses, as they are when somebody signs in at each."""
    return [origins.key_of(tenant) for tenant in at(settings, **urls).values()]


def test_the_name_is_the_key_until_another_api_comes_under_it(settings: Any) -> None:
    assert keys(settings, default=OLD) == ["default"]
    assert keys(settings, default=f"{OLD.upper().replace('HTTPS', 'https')}:443/") == ["default"]
    (second,) = keys(settings, default=NEW)
    (third,) = keys(settings, default=THIRD)
    assert len({"default", second, third}) == 3
    assert keys(settings, default=OLD) == ["default"], "each API finds its own again"
    assert keys(settings, default=NEW) == [second]
    assert all(len(key) <= 100 for key in keys(settings, **{"n" * 100: OLD}) + keys(settings, **{"n" * 100: NEW}))


def test_a_tenant_that_is_renamed_keeps_its_rows_and_its_sign_ins(settings: Any, sign_in: Browser, api: API) -> None:
    at(settings, default=OLD)
    browser = sign_in()
    at(settings, renamed=OLD)
    page = browser.get("/account/")
    assert page.status_code == 200
    assert "Renamed" in page.content.decode()
    assert keys(settings, renamed=OLD) == ["default"]
    assert keys(settings, default=NEW) != ["default"]


def test_two_names_that_change_places_follow_the_addresses(settings: Any) -> None:
    before = dict(zip((OLD, NEW), keys(settings, a=OLD, b=NEW), strict=True))
    assert keys(settings, a=NEW, b=OLD) == [before[NEW], before[OLD]]
    assert not origins.changes()


def test_two_tenants_at_one_address_stay_two(settings: Any, sign_in: Browser, api: API) -> None:
    first, second = keys(settings, a=OLD, b=OLD)
    assert first != second
    assert origins.tenant_at(second) == settings.TENANTS["b"]
    assert keys(settings, b=OLD, a=OLD) == [second, first]
    assert len({first, second, *keys(settings, c=OLD, d=OLD)}) == 4, "which of them was renamed is not known"


def test_a_key_that_no_tenant_has_leads_nowhere(settings: Any) -> None:
    keys(settings, default=OLD)
    at(settings, default=NEW)
    assert origins.tenant_at("default") is None
    assert not origins.is_at("default", origin_of(OLD))
    assert not origins.is_at("default", origin_of(NEW))


# Noticed, and confirmed ---------------------------------------------------------------------------------------


@pytest.fixture
def moved(settings: Any, sign_in: Browser) -> Client:
    """Return a browser that was signed in at the old address of a tenant of which everything is kept."""
    at(settings, default=OLD)
    browser = sign_in()
    fill()
    at(settings, default=NEW)
    return browser


def says(*arguments: str, **options: Any) -> str:
    out = StringIO()
    call_command("move_tenant", *arguments, stdout=out, **options)
    return out.getvalue()


def warnings() -> list[str]:
    return [finding.says for finding in inside.store() if finding.about == "address" and finding.level == "warning"]


def test_a_changed_address_is_noticed_until_somebody_confirms_what_it_means(moved: Client, settings: Any) -> None:
    (sentence,) = warnings()
    assert sentence.startswith(f"The URL of default changed from {OLD} to {NEW}.")
    assert "manage.py move_tenant default" in sentence
    assert [(check.id, check.msg) for check in run_checks(databases=["default"])] == [("actors.W019", sentence)]
    assert "are different APIs. No data is moved." in says("default", apart=True)
    assert not warnings()
    at(settings, default=THIRD)
    assert f"from {NEW}" not in str(warnings()), "nothing was kept there"
    at(settings, default=OLD)
    assert not warnings(), "it is back"


def test_what_moves_goes_on_at_the_new_address_and_nobody_stays_signed_in(
    moved: Client, sign_in: Browser, settings: Any, api: API
) -> None:
    text = says("default", dry_run=True)
    assert "1 in portal_actor_history" in text
    assert "Nothing was changed." in text
    assert warnings()
    row, key = PortalSession.objects.get(), key_of(moved)
    assert f"The stored data now belongs to {NEW}." in says("default")
    assert not warnings()
    assert keys(settings, default=NEW) == ["default"]
    assert f"{ADDRESS_CHANGED} Sign in again." in moved.get("/actors/", follow=True).content.decode()
    assert not PortalSession.objects.exclude(credential="").exists()
    row.save()  # as a portal at the former address signs in, which is not stopped yet
    moved.cookies[settings.SESSION_COOKIE_NAME] = key
    assert moved.get("/account/").status_code == 302
    assert not api.asked
    answer_everything(api.wire, url=NEW)
    browser = sign_in()
    page = browser.get("/activity/?window=all").content.decode()
    assert "moved stored data to the new API URL of <bdi>default" in page.replace('<a class="plain-link">', "")
    assert "revealed hidden secrets of" in page
    entry = AuditEntry.objects.get(action="tenant.move")
    detail = browser.get(f"/activity/{entry.pk}/").content.decode()
    assert OLD in detail
    assert NEW in detail
    assert "the operator" in detail
    assert trail.verify().holds
    assert 'data-theme="dark"' in page, "the preferences are there"


def test_what_was_kept_since_is_not_lost_unasked(moved: Client, sign_in: Browser, settings: Any, api: API) -> None:
    (key,) = keys(settings, default=NEW)
    browser = sign_in(tenant=key)
    browser.post("/account/preferences/", {"theme": "light"})
    NonceNote.objects.create(tenant=key, handle="a" * 32, text="since", username="jdoe", noted=timezone.now())
    trail.append(
        tenant=key, username="jdoe", kind="read", action="result.take", outcome="done", request_id="", details={}
    )
    with pytest.raises(CommandError, match=r"rows are already stored for https://new\.example\.org"):
        says("default")
    assert origins.key_of(settings.TENANTS["default"]) == key, "nothing was changed"
    assert "1 in nonce_note" in says("default", discard=True, dry_run=True)
    says("default", discard=True)
    assert [note.text for note in NonceNote.objects.all()] == ["former"]
    answer_everything(api.wire, url=NEW)
    assert browser.get("/account/").status_code == 302, "who had signed in since signs in again too"
    page = sign_in().get("/activity/?window=all").content.decode()
    assert "fetched a result of" in page, "what was done since stays on the trail, and is shown"
    assert "revealed hidden secrets of" in page
    assert trail.verify().holds
    at(settings, default=THIRD)
    says("default")
    assert keys(settings, default=THIRD) == ["default"]
    assert keys(settings, default=NEW) not in (["default"], [key]), "another API that comes there begins anew"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nobody"], "Unknown tenant nobody. Tenants: default"),
        (["default", "--from", "https://x:99999"], "is not a valid API URL"),
        (["default", "--from", THIRD], "No data is stored for that URL of default"),
    ],
)
def test_what_cannot_be_moved_is_said(arguments: list[str], words: str, moved: Client) -> None:
    with pytest.raises(CommandError, match=words):
        says(*arguments)
    assert warnings()


def test_of_several_former_addresses_one_is_named(moved: Client, settings: Any) -> None:
    keys(settings, default=NEW)
    at(settings, default=THIRD)
    with pytest.raises(CommandError, match=r"Choose one with --from: .*https://api.example.org, https://new"):
        says("default")
    says("default", "--from", OLD.upper().replace("HTTPS", "https"))
    assert keys(settings, default=THIRD) == ["default"]


def test_a_tenant_that_is_renamed_and_moved_is_taken_along_by_its_address(moved: Client, settings: Any) -> None:
    at(settings, renamed=NEW)
    with pytest.raises(CommandError, match="No data is stored for a previous URL"):
        says("renamed")
    says("renamed", "--from", OLD)
    assert keys(settings, renamed=NEW) == ["default"]


# The migration ------------------------------------------------------------------------------------------------


def migrated(settings: Any, tenants: dict[str, Tenant]) -> dict[str, str]:
    """Run the step of the migration that binds what is kept; return the origins by key."""
    from importlib import import_module

    from django.apps import apps

    settings.TENANTS = tenants
    TenantOrigin.objects.all().delete()
    import_module("actors_app.migrations.0010_tenant_origins").bind(apps, None)
    return dict(TenantOrigin.objects.values_list("key", "origin"))


def test_what_is_kept_is_bound_to_the_address_of_the_day(sign_in: Browser, settings: Any, api: API) -> None:
    today = at(settings, default=f"{OLD}:443/", unused=NEW)
    browser = sign_in()
    fill()
    PreferenceRow.objects.create(tenant="gone", username="jdoe", chosen={})
    SavedView.objects.create(
        tenant="zeta",
        username="jdoe",
        handle="b" * 32,
        name="n",
        query="",
        created=timezone.now(),
    )
    PortalSession.objects.update(origin="")
    assert migrated(settings, today) == {"default": OLD, "gone": "", "zeta": ""}
    assert browser.get("/account/").status_code == 200, "nobody is signed out"
    assert keys(settings, default=OLD, gone=THIRD)[1] != "gone", "of a tenant that was not there nothing is known"
    assert "from an unknown URL to" in str(warnings())
    says("gone", "--from", "")
    assert keys(settings, gone=THIRD) == ["gone"]


def test_without_a_tenant_nothing_is_bound_until_the_first_is_used(sign_in: Browser, settings: Any) -> None:
    fill()
    assert migrated(settings, {}) == {}
    assert keys(settings, default=OLD) == ["default"]
    assert keys(settings, default=NEW) != ["default"]


def test_a_portal_from_before_that_still_runs_signs_people_in_for_its_api_alone(
    sign_in: Browser, settings: Any, api: API
) -> None:
    at(settings, default=OLD)
    browser = sign_in()
    PortalSession.objects.update(origin="")  # as it writes a session
    assert browser.get("/account/").status_code == 200
    at(settings, default=NEW)
    assert browser.get("/account/").status_code == 302
    at(settings, default=OLD)
    browser = sign_in()
    PortalSession.objects.update(origin="")
    TenantOrigin.objects.all().delete()
    assert browser.get("/account/").status_code == 302, "of which API it is is not known"
