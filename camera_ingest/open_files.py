"""Open files: how many this process may have at once; every camera is a socket, and systems begin with 1,024."""

import logging
import resource

LOG = logging.getLogger(__name__)

SPARE = 256
"""Files besides those asked for: databases, the bus, stills, libraries."""


def make_room(files: int) -> int:
    """Raise this process's limit so that so many files fit besides what it needs itself; the limit that then holds.

    Raised as far as the hard limit allows, never lowered; what does not fit is said once.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = files + SPARE
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return soft
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    if allowed < needed:
        LOG.warning("open files: expected a hard limit of %d or more (ulimit -Hn), found %d", needed, hard)
    return max(soft, allowed)
