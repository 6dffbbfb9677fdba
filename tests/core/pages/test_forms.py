"""What all forms share: a summary whose lines lead to the fields, marks of what is required, and a toast after them."""

import re

import pytest
from django.test import Client

from tests.conftest import API

ID = "XyZaBcDeFgHiJ"
INVALID = (
    # Address, what is sent, and the ids and labels of the fields that are wrong.
    ("/actors/new/", {"image": "", "webhook": "ftp://x"}, [("id_image", "Image"), ("id_webhook", "Webhook")]),
    ("/actors/new/", {"image": "a/b", "env_name": "1", "env_value": "x"}, [("environment", "Default environment")]),
    ("/actors/new/", {"import": "1", "definition_text": "{"}, [("id_definition_text", "Or paste JSON")]),
    (f"/actors/{ID}/messages/", {"kind": "json", "message": "{"}, [("id_message", "Message")]),
    ("/new/alias/", {"alias": "", "actor_id": ""}, [("id_alias", "Alias"), ("id_actor_id", "Actor")]),
    (f"/actors/{ID}/nonces/", {"max_uses": "0"}, [("id_max_uses", "Max uses")]),
    ("/account/preferences/", {"zone": "Mars", "theme": "x"}, [("id_zone", "Time zone"), ("id_theme", "Theme")]),
)


def test_the_summary_leads_to_each_field_that_is_wrong_and_takes_the_focus(
    signed_in: Client, api: API, subtests: pytest.Subtests
) -> None:
    for url, sent, expected in INVALID:
        with subtests.test(url=url, sent=sent):
            answer = signed_in.post(url, sent)
            page = answer.content.decode()
            assert answer.status_code == 422
            summary = page[page.index('data-alert role="alert" tabindex="-1" autofocus') :].partition("</ul>")[0]
            lines = re.findall(r'<a href="#([^"]+)">([^<]+)</a>: \S', summary)
            assert [line for line in lines if line in expected] == expected
            for id_, _ in expected:
                assert page.count(f'id="{id_}"') == 1
            assert "Nothing was sent." in summary


def test_what_is_required_is_marked_and_nothing_is_called_optional(signed_in: Client, api: API) -> None:
    page = signed_in.get("/actors/new/").content.decode()
    marked = re.findall(r'<label for="id_(\w+)">\s*[^<]+<span class="required" aria-hidden="true">Required', page)
    assert marked == ["image"]
    assert "optional" not in re.sub("<[^>]+>", " ", page).lower()


def test_what_a_write_did_is_a_toast_that_can_be_closed_without_script(signed_in: Client) -> None:
    form = {"zone": "UTC", "density": "compact", "page_size": "50", "theme": ""}
    page = signed_in.post("/account/preferences/", form, follow=True).content.decode()
    main, _, after = page.partition("</main>")
    assert "Preferences saved." not in main
    toast = after[after.index('id="toasts" class="toasts" role="status"') :].partition("<template")[0]
    assert "<p>Preferences saved.</p>" in toast
    assert re.search(r'<a class="btn icon no-script" href="/account/preferences/" aria-label="Dismiss"', toast)
    assert "Preferences saved." not in signed_in.get("/account/preferences/").content.decode()
