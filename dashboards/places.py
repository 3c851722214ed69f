"""Names of places in the reader's language; an id that is not configured any more is shown as it is."""

from config.settings import Settings
from monitor.places import Area, Hall, Segment, Window, Zone


def named(thing: Area | Hall | Window | Zone | Segment | Settings, language: str) -> str:
    """A name in the reader's language, the Chinese one where there is no English one."""
    return (thing.name_en or thing.name) if language == "en" else thing.name


def hall_name(settings: Settings, hall: str, language: str) -> str:
    """The name of a hall."""
    return next((named(one, language) for one in settings.halls if one.id == hall), hall)


def area_name(settings: Settings, hall: str, language: str) -> str:
    """The name of a hall's area."""
    code = next((one.area for one in settings.halls if one.id == hall), "")
    return next((named(area, language) for area in settings.areas if area.code == code), code)


def place_name(settings: Settings, hall: str, place: str, language: str) -> str:
    """The name of a hall's window or zone, or of the hall itself."""
    for one in settings.halls:
        if one.id == hall:
            spots: tuple[Window | Zone | Hall, ...] = (*one.windows, *one.zones, one)
            return next((named(spot, language) for spot in spots if spot.id == place), place)
    return place
