"""The disk on which the broker keeps what waits for intake; nothing is thrown away there, so it must not fill up."""

import logging
from collections.abc import Callable
from pathlib import Path
from shutil import disk_usage
from threading import Event

LOG = logging.getLogger(__name__)

SCARCE = 0.15
"""An alarm below this share of the disk that is free …"""
ENOUGH = 0.20
"""… which ends above this one."""
EVERY_S = 60.0
"""Between two looks, in seconds."""


def free(directory: Path) -> float:
    """The free share of the disk of a directory, from 0 to 1, as far as this user may write. Raises OSError."""
    usage = disk_usage(directory)
    return usage.free / (usage.used + usage.free)


def scarce(share: float, before: bool) -> bool:
    """Whether that is too little, and whether it still is where it was too little before."""
    return share < (ENOUGH if before else SCARCE)


def watch(directory: Path, stop: Event, share: Callable[[Path], float] = free) -> None:
    """Look every minute until `stop`, and say when the disk begins to fill up and when it no longer does.

    Without that directory the broker runs elsewhere, and so must whoever watches its disk.
    """
    before = False
    while directory.is_dir():
        left = share(directory)
        now = scarce(left, before)
        if now and not before:
            LOG.error(
                "%s: expected at least %.0f %% of the disk free, found %.1f %%", directory, SCARCE * 100, left * 100
            )
        if before and not now:
            LOG.info("%s: %.1f %% of the disk is free again", directory, left * 100)
        before = now
        if stop.wait(EVERY_S):
            return
