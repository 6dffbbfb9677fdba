"""The two pages, which are the same list, and how they are read here."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.support.payloads import ACTOR_ID

ALL = "/executions/"


ONE = f"/actors/{ACTOR_ID}/executions/"


BOTH = pytest.mark.parametrize("url", [ALL, ONE])


def ids(response: Any) -> list[str]:
    """Return the ids of the executions in the table, in its order."""
    return re.findall(r'<a class="name id mono" href="[^"]*">(\w+)</a>', response.content.decode())


def links(response: Any, words: str) -> list[str]:
    """Return where the links with such markup in them lead."""
    every = re.findall(r'<a [^>]*href="([^"]*)"[^>]*>(.*?)</a>', response.content.decode(), re.DOTALL)
    return [unescape(href) for href, inside in every if words in inside]


def query(address: str) -> dict[str, str]:
    """Return what an address asks for."""
    return dict(parse_qsl(address.partition("?")[2]))
