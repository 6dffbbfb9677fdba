"""README and `docs/`: every link leads somewhere, and every picture is there, small, and made by the command."""

import re
from pathlib import Path

import pytest

from docs import fingerprint
from docs.screenshots import IMAGES, LARGEST, SHOTS
from tests.test_docs import ROOT

PAGES = [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted(ROOT.glob("docs/*.md"))


def links(text: str) -> list[str]:
    """Return where a page's links and pictures lead, without what leads out of the repository."""
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'<img src="([^"]+)"', text)
    return [link for link in found if not re.match(r"https?:", link)]


def headings(page: Path) -> set[str]:
    """Return the places within a page that a link may lead to, as GitHub names them."""
    found = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page.read_text()):
        target, _, place = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        assert path.is_relative_to(ROOT), link
        assert path.exists(), link
        assert not place or place in headings(path), link


def test_every_picture_is_made_by_the_command_and_shown() -> None:
    made = {f"{shot.name}.webp" for shot in SHOTS}
    assert {path.name for path in IMAGES.iterdir()} == made | {fingerprint.FILE.name}
    shown = {Path(link).name for page in PAGES for link in links(page.read_text()) if link.endswith(".webp")}
    assert shown == made


def test_the_pictures_are_of_the_pages_as_they_are() -> None:
    made_from = fingerprint.FILE.read_text().strip()
    assert made_from == fingerprint.fingerprint(), "The pages were changed since: run python -m docs.screenshots"


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_is_small_and_a_picture(shot) -> None:  # type: ignore[no-untyped-def]
    content = (IMAGES / f"{shot.name}.webp").read_bytes()
    assert content[:4] == b"RIFF"
    assert content[8:12] == b"WEBP"
    assert 5_000 < len(content) <= LARGEST


def test_every_picture_has_words_for_whoever_cannot_see_it() -> None:
    for page in PAGES:
        text = page.read_text()
        assert not re.search(r"!\[\]\(", text), page
        assert all("alt=" in tag for tag in re.findall(r"<img [^>]*>", text)), page
