"""Saved views: built in, one's own, and shared by their link."""

import json
import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory

from actors_app.core.clock import now_ms
from actors_app.core.security.credentials import Credentials
from actors_app.core.security.models import PortalSession, Readable
from actors_app.history.forms import HistoryForm
from actors_app.history.models import SavedView
from actors_app.history.saved_views import MOST, NotSaved, built_in, rename, save
from tests.conftest import API

pytestmark = [pytest.mark.store, pytest.mark.django_db]
Browser = Callable[..., Client]
PAGE = "/executions/views/"
WHO = Credentials("default", "jdoe", "token")


@pytest.fixture
def reader() -> None:
    """Let jdoe and team read no actor, without asking the API."""
    for name in ("jdoe", "team"):
        Readable.objects.create(tenant="default", username=name, checked=now_ms())


def test_a_view_is_saved_with_what_the_list_knows(signed_in: Client) -> None:
    query = "outcome=failed&window=7d&poll=1&after=x&next=//evil.example&executor=-alice"
    refused = signed_in.post(PAGE, {"name": "Broken", "query": query})
    assert refused.status_code == 422, "there is no such page of the list"
    answer = signed_in.post(PAGE, {"name": " Last week ", "query": query.replace("&after=x", "")})
    assert answer.status_code == 302
    target = urlsplit(answer["Location"])
    assert target.path == "/executions/"
    assert parse_qs(target.query) == {"outcome": ["failed"], "window": ["7d"], "executor": ["-alice"]}
    view = SavedView.objects.get()
    assert (view.name, view.username, view.tenant, view.query) == ("Last week", "jdoe", "default", target.query)
    assert re.fullmatch(r"[0-9a-f]{32}", view.handle)
    page = signed_in.get(PAGE).content.decode()
    assert f"http://testserver/executions/views/{view.handle}/" in page
    assert "Last week" in page


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("", "", "Enter a name."),
        ("x" * 81, "", "Use at most 80 characters."),
        ("in\u202evisible", "", "contain invisible characters"),
        ("null\x00", "", "contain invisible characters"),
        ("kept <name>", "outcome=sad", "Unknown outcome"),
        ("kept <name>", "window=2h", "Use 1h, 24h, 7d or all"),
        ("kept <name>", "q=" + "x" * 2000, "This filter is too long to save."),
    ],
)
def test_what_cannot_be_saved_is_said_beside_what_was_typed(
    signed_in: Client, api: API, name: str, query: str, sentence: str
) -> None:
    answer = signed_in.post(PAGE, {"name": name, "query": query})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "needs your attention" in page
    assert name != "kept <name>" or 'value="kept &lt;name&gt;"' in page
    assert SavedView.objects.count() == 0
    assert api.asked == []


def test_a_name_is_there_once_and_the_same_view_twice_is_no_mistake(signed_in: Client) -> None:
    form = {"name": "Mine", "query": "outcome=failed"}
    assert signed_in.post(PAGE, form).status_code == 302
    assert signed_in.post(PAGE, form).status_code == 302
    answer = signed_in.post(PAGE, form | {"query": "outcome=error"})
    assert answer.status_code == 422
    assert "You already have a filter with this name" in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_there_is_an_end_to_them(signed_in: Client) -> None:
    for number in range(MOST):
        save(WHO, f"view {number}", "window=all")
    answer = signed_in.post(PAGE, {"name": "one more", "query": ""})
    assert answer.status_code == 422
    assert "You have 50 saved filters" in answer.content.decode()
    save(Credentials("default", "team", "t"), "view 1", "")  # another person's count for nothing


def test_a_link_leads_to_the_list_and_offers_the_view_to_others(sign_in: Browser, reader: None) -> None:
    view = save(WHO, "Broken <b>", "outcome=failed&window=7d")
    link = f"{PAGE}{view.handle}/"
    assert sign_in().get(link)["Location"] == "/executions/?outcome=failed&window=7d"
    other = sign_in(username="team")
    target = other.get(link)["Location"]
    assert target == f"/executions/?outcome=failed&window=7d&view={view.handle}"
    offer = _views(other, target, "team")
    assert "<bdi>Broken &lt;b&gt;</bdi>" in offer
    assert "Shared by <bdi>jdoe</bdi>" in offer
    assert "Add to my filters" in offer
    other.post(PAGE, {"name": view.name, "query": view.query})
    assert SavedView.objects.filter(username="team").get().query == view.query
    assert "Add to my filters" not in _views(other, target, "team")


def test_a_link_of_another_tenant_or_of_nothing_is_not_there(sign_in: Browser) -> None:
    view = save(Credentials("elsewhere", "jdoe", "t"), "Broken", "outcome=failed")
    browser = sign_in()
    for handle in (view.handle, "0" * 32):
        assert browser.get(f"{PAGE}{handle}/").status_code == 404
        assert browser.post(f"{PAGE}{handle}/rename/", {"name": "x"}).status_code == 404
        assert browser.post(f"{PAGE}{handle}/delete/").status_code == 404
    assert SavedView.objects.get().name == "Broken"


def test_only_its_owner_renames_and_deletes_it(sign_in: Browser) -> None:
    view = save(WHO, "Broken", "outcome=failed")
    other, own = sign_in(username="team"), sign_in()
    assert other.post(f"{PAGE}{view.handle}/rename/", {"name": "x"}).status_code == 404
    assert other.post(f"{PAGE}{view.handle}/delete/").status_code == 404
    assert own.post(f"{PAGE}{view.handle}/rename/", {"name": "Better"}).status_code == 302
    assert SavedView.objects.get().name == "Better"
    assert own.post(f"{PAGE}{view.handle}/delete/").status_code == 302
    assert SavedView.objects.count() == 0


def test_a_new_name_that_cannot_be_is_said_beside_its_field(signed_in: Client) -> None:
    view = save(WHO, "Broken", "outcome=failed")
    save(WHO, "Slow ones", "duration=1h")
    for name, sentence in (("", "Enter a name."), ("Slow ones", "You already have a filter with this name.")):
        answer = signed_in.post(f"{PAGE}{view.handle}/rename/", {"name": name})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert f'id="id_name_{view.handle}-error"' in page
        assert sentence in page
    with pytest.raises(NotSaved):
        rename(view, "Slow ones")
    assert SavedView.objects.get(pk=view.pk).name == "Broken"


def test_who_may_only_read_may_still_save_a_view(signed_in: Client) -> None:
    PortalSession.objects.update(read_only=True)
    assert signed_in.post(PAGE, {"name": "Broken", "query": "outcome=failed"}).status_code == 302
    assert SavedView.objects.count() == 1


def test_it_needs_credentials(client: Client) -> None:
    for answer in (client.get(PAGE), client.get(f"{PAGE}{'0' * 32}/"), client.post(PAGE, {"name": "x"})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    assert SavedView.objects.count() == 0


def test_the_built_in_views_are_filters_that_the_list_takes() -> None:
    from django.http import QueryDict

    views = built_in("j.doe@example.org")
    assert [view.name for view in views] == ["Sent by me", "Slow (10 min or longer)"]
    for view in views:
        form = HistoryForm(QueryDict(view.query))
        assert not form.errors, view
        assert form.query() == view.query
    assert [view.name for view in built_in("-odd")] == ["Slow (10 min or longer)"]


def test_the_list_marks_the_view_that_is_open(signed_in: Client) -> None:
    save(WHO, "Broken", "outcome=failed")
    page = _views(signed_in, "/executions/?outcome=failed", "jdoe")
    assert re.findall(r'href="/executions/\?([^"]*)" aria-current="true"', page) == ["outcome=failed"]
    assert 'name="query" value="outcome=failed"' in page


def _views(browser: Client, address: str, username: str) -> str:
    """Return what stands beside the list for the person of a browser."""
    from django.conf import settings

    from actors_app.core.security.sessions import SessionStore

    request = RequestFactory().get(address)
    request.session = SessionStore(browser.cookies[settings.SESSION_COOKIE_NAME].value)
    assert request.session["who"] == {"tenant": "default", "username": username}
    context = {"request": request, "form": HistoryForm(request.GET), "is_all": True}
    template = Template("{% include 'history/_shared_view.html' %}{% include 'history/_views.html' %}")
    return template.render(Context(context))


def test_no_name_of_a_view_is_an_instruction(signed_in: Client) -> None:
    save(WHO, '"><script>alert(1)</script>', "q=%22%3E%3Cscript%3E")
    page = signed_in.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert json.dumps('"><script>')[1:-1] not in page
