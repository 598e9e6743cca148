"""Walking through pages as somebody who follows every link and fills in every form: what a page offers, and what it holds."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

TYPED: Final = ("text", "search", "email", "tel", "url", "password")
_GIVEN: Final = {
    "number": "1",
    "date": "2026-10-01",
    "datetime-local": "2026-10-01T10:00",
    "month": "2026-10",
}


@dataclass
class Form:
    """`fields`: names and values as the page gives them; `typed`: names of those in which one writes freely; `buttons`: name and
    value of each way to send it.
    """

    action: str
    multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, text: str, button: tuple[str, str]) -> dict[str, list[str]]:
        """With `text` wherever one may write."""
        sent: dict[str, list[str]] = {}
        for name, value in (*self.fields, button):
            if name:
                sent.setdefault(name, []).append(text if name in self.typed else value)
        return sent


@dataclass
class Page(HTMLParser):
    """`elements`: the name of every element and of every attribute; `text`: all that is to be read."""

    html: str = field(repr=False)
    links: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    elements: set[str] = field(default_factory=set)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._form: Form | None = None
        self._select = ""
        self.feed(self.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.elements |= {tag, *given}
        self.text += " ".join(given.values()) + " "
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"])
        if tag == "form" and given.get("method", "").lower() == "post":
            self._form = Form(given.get("action", ""), "multipart" in given.get("enctype", ""))
            self.forms.append(self._form)
        elif self._form is not None:
            self._field(tag, given, self._form)

    def _field(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "textarea" or (tag == "input" and kind in TYPED):
            form.typed.add(name)
            form.fields.append((name, ""))
        elif tag == "input" and kind not in ("file", "submit"):
            form.fields.append((name, given.get("value", "on") or _GIVEN.get(kind, "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value"):
            form.fields.append((self._select, given["value"]))
            self._select = ""
        elif tag == "button" and kind == "submit":
            form.buttons.append((name, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None

    def handle_data(self, data: str) -> None:
        self.text += data
