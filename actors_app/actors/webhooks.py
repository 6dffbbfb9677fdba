"""Addresses of webhooks, as the API calls them: any https address of a host, be it one label or an IP address."""

import re
from ipaddress import AddressValueError, IPv6Address
from urllib.parse import urlsplit

from django import forms

from actors_app.core.addresses import LONGEST

SENTENCE = "Type a whole address that begins with https://, such as https://example.org/hook."
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}\w)?|_[\w-]{0,61}\w|_")
_UNSENDABLE = re.compile(r"[\x00-\x20\x7f\\]|\s")


def check_webhook(address: str) -> str:
    """Return an address; raise ValidationError for what is no https address that can be called."""
    if len(address) > LONGEST or _UNSENDABLE.search(address):
        raise forms.ValidationError(SENTENCE)
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # a port beyond 65,535 or no number, or a bracket that is not closed
        raise forms.ValidationError(SENTENCE) from None
    if parts.scheme.lower() != "https" or port == 0 or not _is_host(host, is_bracketed="[" in parts.netloc):
        raise forms.ValidationError(SENTENCE)
    return address


def _is_host(host: str, *, is_bracketed: bool) -> bool:
    if is_bracketed:
        try:
            IPv6Address(host)
        except AddressValueError:
            return False
        return True
    labels = host.removesuffix(".").split(".")
    return len(host) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
