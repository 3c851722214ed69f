"""Posts: the states of a window, and the four values of presence that they stand for."""

from enum import StrEnum


class Post(StrEnum):
    """What the board shows for a window."""

    ON_DUTY = "ON_DUTY"
    SERVING = "SERVING"  # a ticket in service, or somebody on both sides of the counter
    COVERED = "COVERED"  # signed out, and somebody else of the zone serves
    VACANT_WITH_REASON = "VACANT_WITH_REASON"  # signed out, and nobody serves
    BACK_OFFICE = "BACK_OFFICE"
    AWAY_SERVING = "AWAY_SERVING"  # away with a ticket in service
    AWAY_TIMER = "AWAY_TIMER"  # empty
    AWAY_HINT = "AWAY_HINT"  # empty for hint_s
    AWAY_WARN = "AWAY_WARN"  # a yellow alert is open
    AWAY_ALERT = "AWAY_ALERT"  # a red alert is open
    PAUSED_OK = "PAUSED_OK"
    PAUSED_OVER = "PAUSED_OVER"
    CLOSED = "CLOSED"
    NOT_IN_SERVICE = "NOT_IN_SERVICE"
    UNKNOWN = "UNKNOWN"  # cannot be seen, or has not been seen often enough to say that it is empty


class Presence(StrEnum):
    """The four values of presence."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    NOT_REQUIRED = "not-required"


MANNED = (Post.ON_DUTY, Post.SERVING)
AWAY = (Post.AWAY_TIMER, Post.AWAY_HINT, Post.AWAY_WARN, Post.AWAY_ALERT)
NOT_DUE = (Post.CLOSED, Post.NOT_IN_SERVICE)
"""The window is not to be open."""
IDLE = (Post.PAUSED_OK, Post.PAUSED_OVER, *NOT_DUE)
"""Whether somebody is at the post decides nothing."""
EMPTY = (*AWAY, Post.VACANT_WITH_REASON)
"""Nobody is there, and nothing excuses it."""


def presence(post: Post) -> Presence:
    """Which of the four values a state is."""
    if post in MANNED:
        return Presence.PRESENT
    if post in EMPTY:
        return Presence.ABSENT
    return Presence.UNKNOWN if post is Post.UNKNOWN else Presence.NOT_REQUIRED
