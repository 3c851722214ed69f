"""The code of a camera in GB/T 28181, by which video platforms name it in all of China.

Twenty digits (GB/T 28181-2022, annex E.1, code A): 8 of the centre (the administrative division), 2 of the industry,
3 of the type, 7 of the serial number (its first digit names the network). No SIP is spoken here: the code only says
which camera of a platform this is.
"""

import re

LENGTH = 20
TYPE = slice(10, 13)
"""Where the type stands in a code."""
CAMERAS = {"131": "摄像机 camera", "132": "网络摄像机 network camera"}
"""The types that look; the others are recorders, encoders, alarms, platforms, people."""


def flaw(code: str) -> tuple[str, str] | None:
    """What is wrong with the code of a camera, as (expected, found); None if it is a code of a camera."""
    if not re.fullmatch(r"[0-9]*", code):
        return f"a GB/T 28181 code of {LENGTH} digits", f"{code[:40]!r}"
    if len(code) != LENGTH:
        return f"a GB/T 28181 code of {LENGTH} digits", f"{len(code)} digits"
    if code[TYPE] not in CAMERAS:
        kinds = " or ".join(f"{number} ({name})" for number, name in CAMERAS.items())
        return f"{kinds} as the 11th to 13th digit of a camera's code", repr(code[TYPE])
    return None
