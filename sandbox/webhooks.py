"""Webhooks: where the sandbox may post events. Posting them is in `engine/events.py`."""

import ipaddress
from urllib.parse import urlsplit


def may_be_posted_to(url: str) -> bool:
    """Say whether a webhook is one the sandbox posts to: over https, or to this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return bool(host)
        return parts.scheme == "http" and (host == "localhost" or ipaddress.ip_address(host).is_loopback)
    except ValueError:
        return False
