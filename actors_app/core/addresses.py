"""Addresses that the API gives and people type, as far as their host is of interest."""

from urllib.parse import urlsplit

LONGEST = 2000  # characters; Python splits an address in quadratic time where its host has many marks on a letter


def host_of(address: str) -> str:
    """Return the host that an address names; empty where it names none."""
    try:
        return urlsplit(address[:LONGEST]).hostname or ""
    except ValueError:  # a bracket that is not closed
        return ""
