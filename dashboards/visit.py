"""A visit: who is asking for which page, in which language."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from flask import request

from dashboards.words import LANGUAGES, Say, words


@dataclass(frozen=True, slots=True)
class Visit:
    """One request for a page."""

    language: str
    query: Mapping[str, str]
    """The values of the address's query, one per name."""

    @property
    def say(self) -> Say:
        """The words in the visitor's language."""
        return words(self.language)

    @property
    def other_language(self) -> str:
        """The same address in the other language."""
        other = LANGUAGES[1 - LANGUAGES.index(self.language)]
        return f"?{urlencode({**self.query, 'lang': other})}"


def visit(search: str = "") -> Visit:
    """The visit of the present request, at an address with this query."""
    return Visit(language(), {name: values[0] for name, values in parse_qs(search.lstrip("?")).items()})


def language() -> str:
    """The language of the person asking: ?lang=, then the cookie, then Chinese."""
    asked = request.args.get("lang") or request.cookies.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]
