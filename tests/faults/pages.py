"""Reading the portal's own pages in a test: the text, what forms hold, and which elements and attributes there are."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

Attributes = list[tuple[str, str | None]]


@dataclass
class Page(HTMLParser):
    """A page or a fragment, read as a browser would read it."""

    text: str = ""
    inputs: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._textarea: str | None = None
        self._select = ""

    @classmethod
    def of(cls, response: Any) -> "Page":
        """Read an answer."""
        page = cls()
        page.feed(response.content.decode())
        page.close()
        return page

    @property
    def values(self) -> set[str]:
        """What all forms hold."""
        return {value.replace("\r\n", "\n") for _, value in self.inputs}

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Note the element, its attributes, and what it holds when it is an input."""
        given = {name: value or "" for name, value in attrs}
        self.names |= {tag, *given}
        self.links += [given[name] for name in ("href", "src", "action", "formaction") if name in given]
        is_tick = given.get("type") in ("radio", "checkbox")
        if tag == "input" and (not is_tick or "checked" in given):
            self.inputs.append((given.get("name", ""), given.get("value", "on" if is_tick else "")))
        if tag == "select":
            self._select = given.get("name", "")
        if tag == "option" and "selected" in given:
            self.inputs.append((self._select, given.get("value", "")))
        if tag == "textarea":
            self._textarea = given.get("name", "")
            self.inputs.append((self._textarea, ""))

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a text box; its first newline is not part of what it holds."""
        if tag == "textarea" and self._textarea is not None:
            name, value = self.inputs[-1]
            self.inputs[-1] = (name, value.removeprefix("\n"))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        """Note the text."""
        self.text += data
        if self._textarea is not None:
            self.inputs[-1] = (self._textarea, self.inputs[-1][1] + data)

    @property
    def words(self) -> str:
        """The text with single spaces."""
        return " ".join(self.text.split())
