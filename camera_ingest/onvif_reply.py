"""A reply: what a stranger on the network sent as SOAP, let through only if reading it can do no harm.

Everything that comes by ONVIF passes here before a parser sees it. A document type (and with it entities, external
ones and those that multiply) is refused, so are depths and amounts that no device has: the library searches subtrees
of subtrees, which nesting makes a matter of hours.
"""

import re
from collections.abc import Callable
from typing import TypeVar
from xml.etree.ElementTree import Element
from xml.parsers import expat

from onveef import parsers

LARGEST, DEEPEST, MOST = 2 << 20, 24, 50_000
"""Bytes of a reply, elements inside each other, and elements in all. A full profile of ONVIF Media has about 90
elements in 4 kB, 10 deep, a recorder with 64 channels of 3 streams thus 17,000 in 800 kB. At worst reading takes 1.5 s.
"""

_REASONS = ("Value", "Text", "faultcode", "faultstring")  # SOAP 1.2 and 1.1
_LOGIN = re.compile(r"not ?authori[sz]ed|failedauthentication|requires authori[sz]ation|authority failure", re.I)

Thing = TypeVar("Thing")


class BadReply(Exception):
    """What came is no reply that may be read; `str()` says what was found, in a few words."""


def sound(body: bytes) -> str:
    """The text of a reply. Raises BadReply if it is too long or too large, no XML, or has a document type."""
    if len(body) > LARGEST:
        raise BadReply(f"more than {LARGEST} bytes")
    text = body.decode("utf-8-sig", "replace")
    depth = count = 0

    def opened(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST:
            raise BadReply(f"XML nested more than {DEEPEST} deep")
        if count > MOST:
            raise BadReply(f"XML of more than {MOST} elements")

    def closed(name: str) -> None:
        nonlocal depth
        depth -= 1

    def typed(*declaration: object) -> None:
        raise BadReply("XML with a document type, which may hide entities")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = opened, closed, typed
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError):
        raise BadReply("no XML") from None
    return text


def read(parse: Callable[[str], Thing], text: str) -> Thing:
    """What a parser of the library makes of a sound text. Raises BadReply where a value in it throws the parser."""
    try:
        return parse(text)
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError) as error:  # 1e999 as a number, …
        raise BadReply(f"a value that cannot be read ({type(error).__name__})") from None


def fault(text: str) -> str | None:
    """Why the device did not do as asked: its codes and its reason in one line; None if it did."""
    root = parsers.parse_xml(text)
    found = None if root is None else parsers.find_local(root, "Fault")
    if found is None:
        return None
    told = [element.text or "" for element in found.iter() if _name(element) in _REASONS]
    return " ".join(" ".join(told).split()) or "no reason"


def is_about_login(fault: str) -> bool:
    """Whether a fault says that the login is missing or wrong (ter:NotAuthorized, wsse:FailedAuthentication, …)."""
    return bool(_LOGIN.search(fault))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]
