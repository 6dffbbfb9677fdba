"""Every field of an actor, its secrets veiled."""

from typing import Any

from django.test import Client

from tests.support.payloads import ACTOR_ID, actor_payload

URL = f"/actors/{ACTOR_ID}/configuration/"
API = f"/actors/v2/{ACTOR_ID}"


def test_it_works(signed_in: Client, api: Any) -> None:
    api.get(
        API,
        actor_payload(
            memLimit="3g",
            maxCpus=1_500_000_000,
            stateless=False,
            state={"count": 3},
            logEx=3600,
            mounts=[{"host_path": "/h", "container_path": "/c", "mode": "ro"}],
            defaultEnvironment={"API_KEY": "hush-hush", "n": 3, "plain": "<i>"},
        ),
    )
    page = signed_in.get(URL).content.decode()
    assert "3g" in page
    assert "1.5 CPU" in page
    assert "&quot;count&quot;: 3" in page
    assert "&lt;i&gt;" in page
    assert '<td class="mono">/c</td>' in page
    assert len(api.asked) == 1


def test_what_looks_like_a_secret_is_veiled_and_not_in_the_json(signed_in: Client, api: Any) -> None:
    api.get(API, actor_payload(defaultEnvironment={"DB_PASSWORD": "hush-hush", "OTHER": "shown"}))
    page = signed_in.get(URL).content.decode()
    assert page.count("hush-hush") == 1
    veil = page.index('<details class="veiled">')
    assert veil < page.index("hush-hush") < page.index("</details>", veil)


def test_it_rejects_the_wrong_method(signed_in: Client) -> None:
    assert signed_in.post(URL).status_code == 405


def test_it_needs_credentials(client: Client, db: None) -> None:
    assert client.get(URL).status_code == 302


def test_it_shows_a_refusal(signed_in: Client, api: Any) -> None:
    api.refuse("GET", API, "Not authorized -- you do not have access to this actor.")
    assert signed_in.get(URL).status_code == 403


def test_it_survives_silence(signed_in: Client, api: Any) -> None:
    api.is_silent("GET", API)
    assert signed_in.get(URL).status_code == 502
