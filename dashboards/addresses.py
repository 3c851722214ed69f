"""Addresses of the pages and pictures that one record leads to."""

from urllib.parse import quote


def alert_address(key: str) -> str:
    """The page of an alert."""
    return f"/alert?key={quote(key, safe='')}"


def issue_address(number: str) -> str:
    """The page of an issue."""
    return f"/issue?number={quote(number, safe='')}"


def picture_address(file: str) -> str:
    """A still or a photograph, by its path below the evidence directory."""
    return f"/evidence/{quote(file)}"
