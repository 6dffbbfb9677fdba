"""Reading the forms of a page and filling them in, as a browser and a patient visitor would; no test is here."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from actors_app.core.operations.perform import KEY_FIELD, new_key

# What a visitor types into fields that are empty, and instead of what is there.
TYPED = {
    "message": "a message",
    "image": "abacosamples/wc",
    "num": "2",
    "description": "made on a tour",
    "confirm": "word-count",
    "access_token": "",
}


@dataclass
class Form:
    """A form of a page: where it goes, its fields as they stand, and the values of its named buttons."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def submissions(self) -> list[dict[str, list[str]]]:
        """Return what is sent by each of its buttons, filled in and with a key of its own."""
        sent = []
        for button in self.buttons or [("", "")]:
            data: dict[str, list[str]] = {}
            for name, value in [*self.fields, button]:
                if name and name != "csrfmiddlewaretoken":
                    data.setdefault(name, []).append(new_key() if name == KEY_FIELD else TYPED.get(name, value))
            sent.append(data)
        return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._text: tuple[str, list[str]] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = Form(given.get("action", "")) if given.get("method", "").lower() == "post" else None
            self.forms += [self._form] if self._form else []
        if self._form is None:
            return
        if tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._form.fields.append((name, given.get("value", "on")))
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self._form.fields.append((self._select, given.get("value", "")))
        elif tag == "button" and given.get("type", "submit") == "submit" and name:
            self._form.buttons.append((name, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea" and self._form and self._text:
            self._form.fields.append((self._text[0], "".join(self._text[1]).removeprefix("\n")))
            self._text = None


def forms_of(page: str) -> list[Form]:
    """Return the forms of a page that are sent by POST."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms
