"""What no file of the portal may hold: ways around escaping, and text of the API where it could be an instruction."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(path for room in ("actors_app", "portal") for path in (ROOT / room).rglob("*.py"))
_TAG = re.compile(r"<[a-zA-Z](?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_ATTRIBUTE = re.compile(r"""([\w:@.-]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")

# The portal's own token of the form, and the query of a poll behind an address that the portal made.
OURS = {("hx-headers", '\'{"X-CSRFToken": "\x02"}\''), ("hx-get", '"\x01?\x02"')}


def attributes(text: str) -> list[tuple[str, str]]:
    """Return every attribute of a template with its value and quotes; places are made short words first.

    A place that is a tag, such as an address, becomes \\x01, and one that writes a value \\x02.
    """
    text = _PLACE.sub(lambda place: "\x02" if place[0].startswith("{{") else "\x01", text)
    return [found for tag in _TAG.findall(text) for found in _ATTRIBUTE.findall(tag)]


def test_a_template_writes_text_only_where_text_can_stand(subtests: pytest.Subtests) -> None:
    assert TEMPLATES
    for path in TEMPLATES:
        with subtests.test(path=str(path.relative_to(ROOT))):
            check_template(path.read_text())


def check_template(text: str) -> None:
    assert not re.search(r"\|\s*safe\b|\bsafeseq\b|autoescape|\bhx-on|hx-vals|hx-delete|hx-put|js:", text)
    for name, value in attributes(text):
        where = f"{name}={value}"
        # An address that the portal made is a tag; a value in an hx- attribute could make a request of its own.
        assert "\x02" not in value or value[0] in "\"'", f"unquoted: {where}"
        is_ours = (name, value) in OURS
        assert is_ours or "\x02" not in value or not name.startswith(("hx-", "on", "style", "srcdoc")), where
        assert not name.startswith(("on", "style")), where
    assert not re.search(r"\|\s*truncate", text), "it is quadratic in the marks on a letter; `shortened` is not"
    assert not re.search(r"<script(?![^>]*src=)|<style|<iframe|<object|<embed|javascript:", text)


def test_a_source_goes_around_nothing(subtests: pytest.Subtests) -> None:
    assert SOURCES
    for path in SOURCES:
        with subtests.test(path=str(path.relative_to(ROOT))):
            check_source(path, path.read_text())


def check_source(path: Path, text: str) -> None:
    assert not re.search(
        r"\bmark_safe\b|\bSafeString\(|\b__html__\b|csrf_exempt|\beval\(|\bexec\(|pickle|verify=False", text
    )
    assert not re.search(r"except Exception\b|except:", text)
    assert "unicodedata.normalize(" not in text or path.name == "blanks.py", "it is quadratic; `normal_form` is not"
    if path.name != "client.py":
        assert not re.search(r"^\s*(import|from) (requests|urllib3|httpx|http\.client|urllib\.request)\b", text, re.M)


def test_the_lint_sees_what_it_forbids() -> None:
    assert ("title", "\x02") in attributes("<p title={{ x }}>")
    assert ("hx-get", '"/\x02"') in attributes('<p class="a" hx-get="/{{ x }}">')
    assert ("href", '"\x01"') in attributes("<a href=\"{% url 'a' b %}\">")
