"""Flaws: checks that no type can say, and what pydantic reports, in the words of our mistakes."""

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import AfterValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from config.mistakes import Flaw, shown

Thing = TypeVar("Thing")


def sound(flaws: Callable[[Thing], Iterable[Flaw]]) -> AfterValidator:
    """A check for `Annotated`: the thing is refused with all its flaws, or passed on as it is."""

    def check(thing: Thing) -> Thing:
        found = tuple(flaws(thing))
        if found:
            raise refusal(found)
        return thing

    return AfterValidator(check)


def refusal(flaws: Iterable[Flaw]) -> PydanticCustomError:
    """The error a validator raises to report flaws."""
    return PydanticCustomError("flaws", "flawed", {"flaws": tuple(flaws)})


def flaws_of(error: ValidationError, known_keys: Iterable[str]) -> Iterator[Flaw]:
    """Every flaw that a validation found; where a secret may have been written nothing is ever shown."""
    for details in error.errors(include_url=False):
        key = details["loc"]
        if details["type"] == "flaws":
            yield from (((*key, *inner), expected, found) for inner, expected, found in details["ctx"]["flaws"])
        else:
            secret = any(str(step) in SECRET for step in key)
            found = "something that is not shown here" if secret else _found(details)
            yield key, _expected(details, known_keys), found


SECRET = ("login", "sms", "url_env", "url_file", "secret_env", "secret_file")
"""Keys at and below which somebody may have written a secret itself."""
WORDS = {
    "missing": "a value",
    "string_type": "text (numbers and dates in quotes)",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "time_type": 'a time such as "08:30"',
    "time_parsing": 'a time such as "08:30"',
    "date_type": "a date such as 2026-10-01",
    "date_parsing": "a date such as 2026-10-01",
    "date_from_datetime_parsing": "a date such as 2026-10-01",
    "tuple_type": "a list",
    "dataclass_type": "a mapping of keys",
    "model_type": "a mapping of keys",
    "model_attributes_type": "a mapping of keys",
    "dict_type": "a mapping of keys",
    "too_long": "two numbers [x, y]",
}


def _expected(details: ErrorDetails, known_keys: Iterable[str]) -> str:
    if details["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        near = get_close_matches(str(details["loc"][-1]), known_keys, n=1)
        return f"a known key (perhaps {near[0]}?)" if near else "a known key"
    told: str = WORDS.get(details["type"]) or details["msg"].removeprefix("Input should be ")
    return told[0].lower() + told[1:]


def _found(details: ErrorDetails) -> str:
    if details["type"] in ("missing", "missing_argument"):
        return "nothing"
    if details["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return "this one"
    given: Any = details["input"]
    return shown(given)
