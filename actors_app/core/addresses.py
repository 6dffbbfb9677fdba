"""Addresses of the portal's own pages, as forms and other pages name them, and hosts of the API's addresses."""

from urllib.parse import urlsplit

from django.urls import NoReverseMatch, ResolverMatch, get_script_prefix, resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils.http import url_has_allowed_host_and_scheme

from actors_app.services.names import KINDS, has_page

LONGEST = 2000  # characters; Python splits an address in quadratic time where its host has many marks on a letter


def host_of(address: str) -> str:
    """Return the host that an address names; empty where it names none."""
    try:
        return urlsplit(address[:LONGEST]).hostname or ""
    except ValueError:  # a bracket that is not closed
        return ""


def path_of(address: str) -> str:
    """Return the path that an address of the portal has in `urls.py`; empty where it leads to anything else.

    Below a path, what stands before it is that path; the other applications of the host are anything else.
    """
    prefix, path = get_script_prefix(), address.partition("?")[0].partition("#")[0]
    if not path.startswith(prefix) or not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return ""
    # Browsers leave out blanks, read a backslash as a slash, and go up at two dots.
    if any(ord(sign) <= 32 or sign == "\\" for sign in address) or ".." in path.lower().replace("%2e", ".").split("/"):
        return ""
    return "/" + path.removeprefix(prefix)


def page_at(address: str) -> ResolverMatch | None:
    """Return which page of the portal an address leads to; None where there is none."""
    try:
        return resolve(path_of(address))
    except Resolver404:
        return None


def page_of(name: str, *args: str) -> str:
    """Return the address of a page, or nothing where a name of the API cannot be in one or the API never finds it."""
    if any(name.startswith(f"{kind}-") and not has_page(kind, args[0]) for kind in KINDS):
        return ""
    try:
        return reverse(f"actors:{name}", args=args)
    except NoReverseMatch:
        return ""
