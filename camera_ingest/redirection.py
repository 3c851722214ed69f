"""A redirection: where a camera sends its viewers instead of showing itself (RFC 2326 §11.3)."""

import re
from urllib.parse import urljoin, urlsplit

from camera_ingest.lost import StreamLost
from camera_ingest.sdp import without_login

MOST_HOPS = 3  # followed from a camera's address
STATUSES = (301, 302, 303, 305, 307, 308)
_URL = re.compile(r"rtsp://[!-~]+", re.IGNORECASE)


class Moved(StreamLost):
    """The camera sent us elsewhere: a new session with `url` is to be begun, at most `MOST_HOPS` times."""

    def __init__(self, which: str, when: str, url: str, status: str) -> None:
        super().__init__(which, when, "200 OK", f"{status}, a redirection to {(host(url) or '')[:80]}")
        self.url = url


def target(url: str, location: str) -> str | None:
    """Where the Location of an answer to `url` leads; None where we would not go: another scheme, or the same again."""
    try:
        found = without_login(urljoin(url, location))
    except ValueError:  # no URL
        return None
    return found if _URL.fullmatch(found) and host(found) and found != url else None


def host(url: str) -> str | None:
    """The host that an address names, in lower case; None if it names none."""
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
