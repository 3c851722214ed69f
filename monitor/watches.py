"""Watches: all that is followed of one hall over time, and the alerts that are open there."""

from collections.abc import Iterable, Iterator, Mapping

from monitor import limits, presence, queues
from monitor.alerts import CROWD, FAULTS, PRESENCE, Alert, Rule
from monitor.memory import Memory
from monitor.places import Hall


class Watches:
    """One watch of every window, seven of every zone, one of the hall as a whole and one of every camera."""

    def __init__(self, hall: Hall, cameras: Iterable[str]) -> None:
        self._hall = hall.id
        self.windows = {window.id: presence.Watch(hall.id, window.id) for window in hall.windows}
        kinds = queues.limits(queues.QueueRule())
        self.zones = {zone.id: {rule: limits.Watch(rule, hall.id, zone.id) for rule in kinds} for zone in hall.zones}
        self.whole = limits.Watch(Rule.HALL, hall.id, hall.id)
        self.faults = {camera: limits.Watch(Rule.CAMERA, hall.id, camera) for camera in cameras}

    def each(self) -> Iterator[presence.Watch | limits.Watch]:
        """All of them."""
        yield from self.windows.values()
        yield from (watch for zone in self.zones.values() for watch in zone.values())
        yield self.whole
        yield from self.faults.values()

    def opened(self) -> dict[str, Alert]:
        """The open alerts, by their keys."""
        return {watch.opened.key: watch.opened for watch in self.each() if watch.opened is not None}

    def busy(self, family: Rule, place: str) -> bool:
        """Whether an alert of a family (ABSENCE, QUEUE, HALL) is open at a place, or on its way."""
        if family is Rule.ABSENCE:
            return self.windows[place].since is not None or self.windows[place].opened is not None
        watches = self.zones[place].values() if family is Rule.QUEUE else (self.whole,)
        return any(not watch.calm for watch in watches)

    def recall(self, memory: Memory, ended: Mapping[str, Alert]) -> None:
        """Go on from what was remembered, where the place is still there; `ended`, by key, stay so."""

        def alive(watch: limits.Watch) -> limits.Watch:
            if watch.opened is not None and watch.opened.key in ended:
                return limits.Watch(watch.rule, watch.hall, watch.place, alert=ended[watch.opened.key])
            return watch

        for id in self.windows.keys() & memory.windows.keys():
            watch = memory.windows[id]
            if watch.opened is not None and watch.opened.key in ended:
                watch = presence.Watch(self._hall, id, alert=ended[watch.opened.key])
            self.windows[id] = watch
        for zone in self.zones.keys() & memory.zones.keys():
            self.zones[zone] |= {one.rule: alive(one) for one in memory.zones[zone] if one.rule in self.zones[zone]}
        self.whole = alive(memory.whole)
        self.faults |= {id: alive(one) for id, one in memory.faults.items() if id in self.faults}

    def resume(self, alert: Alert) -> None:
        """An open alert of the record that no memory tells of goes on, if its place is still there."""
        if alert.rule in PRESENCE and alert.place in self.windows:
            self.windows[alert.place] = presence.resume(alert)
        elif alert.rule in CROWD and alert.place in self.zones:
            self.zones[alert.place][alert.rule] = limits.resume(alert)
        elif alert.rule in FAULTS and alert.place in self.faults:
            self.faults[alert.place] = limits.resume(alert)
        elif alert.rule is Rule.HALL:
            self.whole = limits.resume(alert)

    def forget(self, alert: Alert) -> None:
        """Let go of an alert that does not go on; one that is not open here is none of ours."""
        if alert.key not in self.opened():
            return
        if alert.rule in PRESENCE:
            self.windows[alert.place] = presence.Watch(self._hall, alert.place)
        elif alert.rule in CROWD:
            self.zones[alert.place][alert.rule] = limits.Watch(alert.rule, self._hall, alert.place)
        elif alert.rule is Rule.HALL:
            self.whole = limits.Watch(Rule.HALL, self._hall, self._hall)
