import re
from datetime import UTC, datetime, timedelta

import pytest

from actors_app.core.operations.models import AuditEntry
from actors_app.core.security.credentials import Credentials
from actors_app.logs import archive as log_archive
from actors_app.logs.models import KeptLog
from tests.support.payloads import ACTOR_ID, EXECUTION_ID, actor_payload, execution_payload

LOG_PAGE = f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/logs/"
PAGE = f"{LOG_PAGE}keep/"
DELETE = f"{PAGE}delete/"
ACTOR = f"/actors/v2/{ACTOR_ID}"
EXECUTION = f"{ACTOR}/executions/{EXECUTION_ID}"
LOGS = f"{EXECUTION}/logs"
LEVELS = f"{ACTOR}/permissions"
GONE = "No actor found"
NO_ACCESS = "Not authorized -- you do not have access to this actor."


def archive(username="jdoe", text="kept line\nERROR kept\n", actor_id=ACTOR_ID):
    return log_archive.keep(Credentials("default", username, "a"), actor_id, EXECUTION_ID, lambda: iter([text]))


def key_of(page):
    return re.search(r'name="write_key" value="([^"]+)"', page)[1]


# Keeping ---------------------------------------------------------------------------------------------------------


def test_it_works(signed_in, api):
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": "one\ntwo\n"})
    answer = signed_in.post(PAGE)
    assert (answer.status_code, answer.url) == (302, LOG_PAGE)
    kept = KeptLog.objects.get()
    assert (kept.tenant, kept.username, kept.actor_id, kept.lines) == ("default", "jdoe", ACTOR_ID, 2)
    assert "".join(log_archive.pieces(kept)) == "one\ntwo\n"
    end = AuditEntry.objects.get(kind=AuditEntry.END)
    assert (end.action, end.outcome, end.object_id) == ("log.keep", AuditEntry.DONE, EXECUTION_ID)


def test_the_same_form_again_asks_nothing(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": "one\n"})
    page = signed_in.get(LOG_PAGE).content.decode()
    assert "Archive log" in page
    form = {"write_key": key_of(page.partition("logs/keep/")[2])}
    signed_in.post(PAGE, form)
    asked = len(api.asked)
    assert signed_in.post(PAGE, form).url == LOG_PAGE
    assert len(api.asked) == asked
    assert KeptLog.objects.count() == 1


def test_what_is_kept_is_not_offered_again_but_shown_on_demand(signed_in, api):
    archive()
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": "of the API\n"})
    page = signed_in.get(LOG_PAGE).content.decode()
    assert "Archive log" not in page
    assert "of the API" in page
    assert f'href="{LOG_PAGE}?kept=1"' in page
    page = signed_in.get(f"{LOG_PAGE}?kept=1").content.decode()
    assert ">kept line<" in page
    assert "of the API" not in page


@pytest.mark.parametrize("status", ["SUBMITTED", "RUNNING"])
def test_one_that_has_not_ended_is_not_kept(signed_in, api, status):
    api.get(EXECUTION, execution_payload(status=status, finishTime=None))
    answer = signed_in.post(PAGE)
    assert answer.status_code == 409
    assert "is still being written" in answer.content.decode()
    assert not AuditEntry.objects.exists()


def test_one_that_has_only_just_ended_is_not_kept(signed_in, api):
    just_now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    api.get(EXECUTION, execution_payload(finishTime=just_now))
    assert signed_in.post(PAGE).status_code == 409


def test_an_empty_log_is_not_kept(signed_in, api):
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": ""})
    signed_in.post(PAGE)
    assert not KeptLog.objects.exists()


def test_it_shows_a_refusal(signed_in, api):
    api.refuse("GET", EXECUTION, NO_ACCESS)
    assert signed_in.post(PAGE).status_code == 403
    assert not KeptLog.objects.exists()


def test_it_survives_silence(signed_in, api):
    api.get(EXECUTION, execution_payload())
    api.is_silent("GET", LOGS)
    api.is_silent("GET", LOGS)
    answer = signed_in.post(PAGE)
    assert answer.status_code == 502
    assert "Nothing was changed." in answer.content.decode()
    assert not KeptLog.objects.exists()
    assert AuditEntry.objects.get(kind=AuditEntry.END).outcome == AuditEntry.REFUSED


def test_opened_plainly_it_leads_to_the_log(signed_in):
    assert signed_in.get(PAGE).url == LOG_PAGE


def test_it_rejects_the_wrong_method(signed_in):
    assert signed_in.put(PAGE).status_code == 405


@pytest.mark.django_db
def test_it_needs_credentials(client):
    assert client.get(PAGE).url.startswith("/sign-in/?next=")


# Showing ---------------------------------------------------------------------------------------------------------


def test_the_kept_one_is_shown_when_the_api_has_forgotten_the_log(signed_in, api):
    archive("eve")
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": ""})
    page = signed_in.get(f"{LOG_PAGE}?find=kept&level=error").content.decode()
    assert "No longer in the API. Archived by <bdi>eve</bdi>" in page
    assert 'ERROR <mark class="found">kept</mark>' in page
    assert re.search(r'<li id="L1" class="context">.*>kept line<', page)
    assert f'href="{LOG_PAGE}?download=1&amp;kept=1"' in page


def test_the_page_of_the_execution_shows_it_too(signed_in, api):
    archive("eve")
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": ""})
    api.wire.assert_all_requests_are_fired = False
    assert ">kept line<" in signed_in.get(f"/actors/{ACTOR_ID}/executions/{EXECUTION_ID}/").content.decode()


def test_the_kept_one_is_shown_when_the_log_does_not_load(signed_in, api):
    archive("eve")
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.is_silent("GET", LOGS)
    api.is_silent("GET", LOGS)
    answer = signed_in.get(LOG_PAGE)
    assert answer.status_code == 200
    assert ">kept line<" in answer.content.decode()


def all_refuse(api, message, status=400):
    for path in (ACTOR, EXECUTION, LOGS):
        api.refuse("GET", path, message, status)


def test_of_an_actor_that_is_gone_only_who_kept_it_sees_it(sign_in, api):
    archive("eve")
    all_refuse(api, f"{GONE} with id: {ACTOR_ID}")
    assert ">kept line<" in sign_in(username="eve").get(LOG_PAGE).content.decode()
    all_refuse(api, f"{GONE} with id: {ACTOR_ID}")
    answer = sign_in(username="jdoe").get(LOG_PAGE)
    assert answer.status_code == 404
    assert "kept line" not in answer.content.decode()


@pytest.mark.parametrize("words", [NO_ACCESS, "A refusal in words that nobody knows."])
@pytest.mark.parametrize("query", ["", "?kept=1", "?download=1&kept=1", "?kept=1&line=1&at=0"])
def test_whom_the_api_refuses_sees_nothing_even_who_kept_it(signed_in, api, query, words):
    archive("jdoe")
    api.wire.assert_all_requests_are_fired = False
    all_refuse(api, words)
    answer = signed_in.get(LOG_PAGE + query)
    assert answer.status_code == (403 if words == NO_ACCESS else 400)
    assert "kept line" not in answer.content.decode()


@pytest.mark.parametrize("query", ["?kept=1", "?download=1&kept=1", "?kept=1&line=1&at=0"])
def test_the_log_of_another_actor_is_not_shown_under_an_actor_of_ones_own(signed_in, api, query):
    archive("eve", actor_id="another")
    api.wire.assert_all_requests_are_fired = False
    api.get(ACTOR, actor_payload())
    api.refuse("GET", EXECUTION, f"No executions found with actor id of {ACTOR_ID} and execution id of x.")
    api.refuse("GET", LOGS, f"No executions found with actor id of {ACTOR_ID} and execution id of x.")
    answer = signed_in.get(LOG_PAGE + query)
    assert answer.status_code == 404
    assert "kept line" not in answer.content.decode()


def test_what_is_not_kept_is_not_there(signed_in, api):
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    api.get(LOGS, {"logs": "one"})
    assert signed_in.get(f"{LOG_PAGE}?kept=1").status_code == 404


def test_the_kept_one_is_downloaded_whole(signed_in, api):
    text = "é\x00line\n" * 100_000
    archive("eve", text)
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    answer = signed_in.get(f"{LOG_PAGE}?download=1&kept=1")
    assert b"".join(answer.streaming_content).decode() == text


def test_a_very_long_line_of_the_kept_one_is_shown(signed_in, api):
    archive("eve", "x" * 60_000 + "end of the line")
    api.get(ACTOR, actor_payload())
    api.get(EXECUTION, execution_payload())
    assert "end of the line" in signed_in.get(f"{LOG_PAGE}?kept=1&line=1&at=50000").content.decode()


# Deleting --------------------------------------------------------------------------------------------------------


@pytest.fixture
def found(api):
    """Answer for the actor, the execution and who may do what."""

    def answer(levels, **changes):
        api.get(ACTOR, actor_payload(**changes))
        api.get(EXECUTION, execution_payload())
        api.get(LEVELS, levels)

    return answer


@pytest.mark.parametrize(
    ("keeper", "owner", "levels"),
    [
        ("jdoe", "eve", {}),
        ("eve", "jdoe", {}),
        ("eve", "eve", {"jdoe": "UPDATE"}),
        ("eve", "eve", {"ABACO_WORLD": "UPDATE"}),
    ],
)
def test_who_kept_it_and_who_may_change_the_actor_can_delete_it(signed_in, api, found, keeper, owner, levels):
    archive(keeper)
    found(levels, owner=owner)
    page = signed_in.get(DELETE).content.decode()
    assert "Delete archived log of" in page
    found(levels, owner=owner)
    answer = signed_in.post(DELETE, {"write_key": key_of(page)})
    assert (answer.status_code, answer.url) == (302, LOG_PAGE)
    assert not KeptLog.objects.exists()
    assert AuditEntry.objects.get(kind=AuditEntry.END).action == "log.delete"
    assert signed_in.post(DELETE, {"write_key": key_of(page)}).url == LOG_PAGE


def test_others_cannot(signed_in, api, found):
    archive("eve")
    for method in (signed_in.get, signed_in.post):
        found({"jdoe": "EXECUTE"}, owner="eve")
        answer = method(DELETE)
        assert answer.status_code == 403
        assert "You cannot delete this log." in answer.content.decode()
    assert KeptLog.objects.exists()
    assert not AuditEntry.objects.exists()


def test_there_is_nothing_to_delete(signed_in, found):
    found({})
    assert signed_in.get(DELETE).status_code == 404


def test_a_look_at_the_page_deletes_nothing(signed_in, found):
    archive("jdoe")
    found({})
    signed_in.get(DELETE)
    assert KeptLog.objects.exists()


def test_one_of_a_gone_actor_can_be_deleted_by_who_kept_it(signed_in, api):
    archive("jdoe")
    for path in (ACTOR, EXECUTION, LEVELS):
        api.refuse("GET", path, f"{GONE} with id: {ACTOR_ID}")
    signed_in.post(DELETE)
    assert not KeptLog.objects.exists()


def test_the_kept_log_of_before_stays_when_it_was_kept_by_another(sign_in, api):
    row = archive("eve")
    api.get(EXECUTION, execution_payload())
    sign_in(username="jdoe").post(PAGE)
    assert KeptLog.objects.get().username == row.username
    assert timedelta(0) <= datetime.now(UTC) - KeptLog.objects.get().kept_at
