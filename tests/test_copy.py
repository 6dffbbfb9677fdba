"""The words of the pages: phrases that no text for people holds, such as two names of one thing."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SOURCES = sorted(path for room in ("actors_app", "portal") for path in (ROOT / room).rglob("*.py"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
DOCUMENTS = [path for room in ("", "benchmarks", "docs", "sandbox") for path in sorted((ROOT / room).glob("*.md"))]
PHRASES = (
    "ticked",
    "for ever",
    "for good",
    "by itself",
    "those that",
    "is not known",
    "as code",
    "bulk act",
    "not read yet",
    "give it one",
    "not said",
    "whoever",
    "it is tried again",
    "nothing was done",
    "who can do what",
    "take the next",
    "take away",
    "web hook",
    "mistyped",
    "user name",
    "people who run",
    "of all actors",
    "anybody",
    "everybody",
    "somebody",
    "does not answer",
    "by hand",
    "front door",
    "goes on",
    "in hand",
    "in the clear",
    "kept of",
    "of which",
    "the trail",
    "audit trail",
    "what is kept",
)
_FORBIDDEN = re.compile(rf"\b(?:{'|'.join(map(re.escape, PHRASES))})\b", re.IGNORECASE)
_CONTRACTION = re.compile(r"\b\w+n['\u2019]t\b", re.IGNORECASE)
LOG_PATTERNS = {"harmless.py", "phrases.py", "signs.py"}  # of `actors_app/logs`: texts that programs write into logs
_COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", re.DOTALL)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_LINE_COMMENT = re.compile(r"(?<![:\"])//.*")
_PLACE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_IN_TAG = re.compile(r"(?:title|text|action|label|what|more)=\"([^\"]*)\"")
_READ_ALOUD = {"aria-label", "title", "placeholder", "alt"}


class _Texts(HTMLParser):
    """Collects what a page says: its text, and the attributes that people read."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.texts += [value for name, value in attrs if value and name in _READ_ALOUD]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def texts_of_template(source: str) -> list[str]:
    """Return what a template says, its tags and comments left out; of a tag, the words that it hands on."""
    source = _COMMENT.sub("", source)
    handed_on = [text for place in _PLACE.findall(source) for text in _IN_TAG.findall(place)]
    parser = _Texts()
    parser.feed(_PLACE.sub(" ", source))
    return parser.texts + handed_on


def texts_of_source(source: str) -> Iterator[str]:
    """Yield the strings of a module with a space in them, its docstrings and the log's lines left out."""
    tree = ast.parse(source)
    skipped = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        first = body[0] if isinstance(body, list) and body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
            skipped.add(first.value)
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and ast.unparse(node.func.value) == "log"
        ):
            skipped |= {inner for inner in ast.walk(node) if isinstance(inner, ast.Constant)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in skipped and " " in node.value:
            yield node.value


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_says_nothing_forbidden(path: Path) -> None:
    assert not [text.strip() for text in texts_of_template(path.read_text()) if _FORBIDDEN.search(text)]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_sentence_says_nothing_forbidden(path: Path) -> None:
    assert not [text for text in texts_of_source(path.read_text()) if _FORBIDDEN.search(text)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_document_says_nothing_forbidden(path: Path) -> None:
    lines = _CODE.sub("", path.read_text()).splitlines()
    assert not [line for line in lines if _FORBIDDEN.search(line)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_nothing_forbidden(path: Path) -> None:
    strings = re.findall(
        r"\"[^\"\n]* [^\"\n]*\"|`[^`]* [^`]*`", _LINE_COMMENT.sub("", re.sub(r"\$\{[^}]*\}", "", path.read_text()))
    )
    assert not [text for text in strings if _FORBIDDEN.search(text)]


@pytest.mark.parametrize(
    "path",
    [*TEMPLATES, *(path for path in SOURCES if path.name not in LOG_PATTERNS), *DOCUMENTS],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_nothing_is_contracted(path: Path) -> None:
    if path.suffix == ".html":
        texts = texts_of_template(path.read_text())
    elif path.suffix == ".py":
        texts = list(texts_of_source(path.read_text()))
    else:
        texts = _CODE.sub("", path.read_text()).splitlines()
    assert not [text for text in texts if _CONTRACTION.search(text)]


@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("for-*.md")), ids=lambda path: path.name)
def test_a_guide_names_controls_as_the_pages_do(guide: Path) -> None:
    words = " ".join(path.read_text() for path in (*TEMPLATES, *SOURCES))
    labels = set(re.findall(r"\*\*([^*]+)\*\*", guide.read_text()))
    assert labels
    assert not [label for label in labels if label not in words]


def test_the_words_that_are_read_are_found() -> None:
    page = '{# ticked #}<p title="a web hook">{% include "x.html" with title="For good" %}It <b>is not known</b></p>'
    assert [text for text in texts_of_template(page) if _FORBIDDEN.search(text)] == [
        "a web hook",
        "is not known",
        "For good",
    ]
    assert list(texts_of_source('"""Those that stay."""\nlog.warning("not said: %s", 1)\nx = "for ever and ever"')) == [
        "for ever and ever"
    ]
