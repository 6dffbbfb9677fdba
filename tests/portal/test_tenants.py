from pathlib import Path

import pytest

from portal.tenants import TenantError, read_tenant, read_tenants

URL = "https://api.example.org"
CLIENT = {"client_key": "k", "client_secret": "s"}


def test_one_tenant_by_its_parts() -> None:
    tenants = read_tenants("", URL + "/", "v2", "key", "secret")
    assert list(tenants) == ["default"]
    tenant = tenants["default"]
    assert (tenant.url, tenant.label, tenant.version) == (URL, "api.example.org", "v2")
    assert tenant.takes_password
    assert tenant.takes_token
    assert "secret" not in repr(tenant)


def test_nothing_configured_is_no_tenant() -> None:
    assert read_tenants("", "", "v2", "", "") == {}


def test_without_a_client_only_tokens_are_taken() -> None:
    tenant = read_tenant("a", {"url": URL})
    assert not tenant.takes_password
    assert tenant.takes_token


def test_a_code_has_to_be_asked_for_since_its_client_is_registered_with_our_address() -> None:
    client = {"client_key": "k", "client_secret": "s"}
    assert read_tenant("a", {"url": URL, **client}).sign_in == ("password", "token")
    tenant = read_tenant("a", {"url": URL, "version": "v3", "sign_in": ["code", "token"], **client})
    assert (tenant.version, tenant.takes_code, tenant.takes_password, tenant.takes_token) == ("v3", True, False, True)
    one = read_tenants("", URL, "v3", "k", "s", sign_in=["code"])["default"]
    assert one.sign_in == ("code",)


def test_several_tenants_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "tenants.toml"
    file.write_text(
        '[prod]\nlabel = "Production"\nurl = "https://a.example.org"\nclient_key = "k"\nclient_secret = "s"\n'
        '[test]\nurl = "https://b.example.org"\nsign_in = ["token"]\n'
    )
    tenants = read_tenants(str(file), "", "v2", "", "")
    assert [tenant.label for tenant in tenants.values()] == ["Production", "b.example.org"]
    assert not tenants["test"].takes_password


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({}, "url must be the URL"),
        ({"url": "ftp://a.example.org"}, "url must be the URL"),
        ({"url": "http://a.example.org"}, "must be https"),
        ({"url": "https://user:pw@a.example.org"}, "must not contain"),
        ({"url": URL + "?a=b"}, "must not contain"),
        ({"url": URL, "version": "v9"}, "version must be one of"),
        ({"url": URL, "sign_in": ["magic"]}, "contains only code, password and token"),
        ({"url": URL, "sign_in": ["password"]}, "a password requires client_key"),
        ({"url": URL, "sign_in": ["token", "code"]}, "a code requires client_key"),
        ({"url": URL, "sign_in": "code"}, "sign_in must be a list"),
        ({"url": URL, "sign_in": [["code"]]}, "sign_in must be a list"),
        ({"url": URL, "colour": "red"}, "unknown setting colour"),
        ({"url": URL, **CLIENT, "collector_password": "p"}, "requires collector_username"),
        ({"url": URL, **CLIENT, "collector_username": "u"}, "requires either collector_password or"),
        (
            {
                "url": URL,
                **CLIENT,
                "collector_username": "u",
                "collector_password": "p",
                "collector_password_file": "f",
            },
            "requires either",
        ),
        ({"url": URL, "collector_username": "u", "collector_password": "p"}, "set client_key and client_secret"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(table: dict[str, object], words: str) -> None:
    with pytest.raises(TenantError, match=words) as refusal:
        read_tenant("a", table)
    assert str(refusal.value).endswith(".")


def test_loopback_may_be_plain_http() -> None:
    assert read_tenant("a", {"url": "http://127.0.0.1:8100"}).url == "http://127.0.0.1:8100"


@pytest.mark.parametrize("content", ["", "a = 1", "[["])
def test_a_file_that_cannot_be_used(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tenants.toml"
    file.write_text(content)
    with pytest.raises(TenantError):
        read_tenants(str(file), "", "v2", "", "")


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(TenantError, match="cannot be read"):
        read_tenants("/nowhere/tenants.toml", "", "v2", "", "")
