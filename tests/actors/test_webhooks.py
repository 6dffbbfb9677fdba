"""Webhooks: every https address that the API can call, and nothing else."""

import pytest
from django import forms

from actors_app.actors.forms_inputs import check_webhook


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/hook",
        "https://example.org",
        "https://example.org./x",
        "https://hooks/run",
        "https://my_service/run",
        "https://my_service.internal:8443/a?b=c&d=%20#e",
        "https://_dmarc.example.org/",
        "https://a-b.example.org/",
        "https://10.0.0.1:65535/x",
        "https://[::1]:8443/x",
        "https://example.org:1/",
        "https://user:secret@example.org/",
        "HTTPS://EXAMPLE.ORG/Hook",
        "https://bücher.example/x",
    ],
)
def test_what_can_be_called_is_taken(address: str) -> None:
    assert check_webhook(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/hook",
        "https://",
        "https:///x",
        "https://:443/",
        "https://example.org:0/",
        "https://example.org:65536/",
        "https://example.org:80a/",
        "https://-x.example.org/",
        "https://x-.example.org/",
        "https://a..b/",
        "https://exa mple.org/",
        "https://example.org/a b",
        "https://example.org/a\tb",
        "https://example.org\\@evil.example",
        "https://[::1/",
        "https://[::g]/",
        "https://[10.0.0.1]/",
        f"https://{'a' * 64}.org/",
        f"https://{'.'.join(['a' * 60] * 5)}/",
        "example.org",
        "//example.org/x",
        "javascript:alert(1)",
    ],
)
def test_what_cannot_is_refused(address: str) -> None:
    with pytest.raises(forms.ValidationError, match="starts with https://"):
        check_webhook(address)
