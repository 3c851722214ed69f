"""A term of the trade in the two languages of the product."""

from typing import NamedTuple


class Term(NamedTuple):
    """The Chinese word the users say, and its English rendering."""

    zh: str
    en: str
