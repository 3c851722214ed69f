"""RTCP: what a camera's sender reports say of its clock (RFC 3550 §6.4.1)."""

from datetime import datetime

SENDER_REPORT = 200
_NTP_BEFORE_UNIX = 2_208_988_800  # seconds from 1900, where NTP begins, to 1970
_ERA = 1 << 32  # seconds; NTP's numbers begin again in February 2036


def clock_off_s(packet: bytes | memoryview, utc: datetime) -> float | None:
    """Seconds by which the camera's clock is ahead of `utc`, the aware time of receipt.

    None if the packet is no sender report, or the camera does not tell the time of day (0, or the seconds since it
    was switched on).
    """
    if len(packet) < 28 or packet[0] >> 6 != 2 or packet[1] != SENDER_REPORT:
        return None
    seconds, fraction = int.from_bytes(packet[8:12], "big"), int.from_bytes(packet[12:16], "big")
    ours = utc.timestamp() + _NTP_BEFORE_UNIX
    if not seconds >> 31 and ours < _ERA:  # would be before 1968
        return None
    theirs = seconds + fraction / _ERA
    return theirs + _ERA * round((ours - theirs) / _ERA) - ours
