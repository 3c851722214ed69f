"""The call system (叫号机) of a zone: who takes a number, who is called to which window, and what becomes of them.

It follows the script. As many wait with a ticket as are to be seen in the queue, give or take a few; whoever is to be
seen before a window was called there first; where the clerk is away nobody is called. Some do not come when they are
called, some are called twice, some go on to another window of the zone. Who would wait too long, or was in a crowd that
dissolves, is led to another zone: that rests here.
"""

import heapq
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from monitor.alerts import Rule
from monitor.calendar import BEIJING, today
from monitor.places import Hall, Zone
from monitor.tickets import TicketEvent
from simulation.chapter import LENGTH_S, Visit
from simulation.script import Script

CALL_S, AGAIN_S = 5, 2
"""Somebody is called so many seconds before the service begins, some of them again so many before it."""
MISSED_S, MISSED_AGAIN_S, GIVEN_UP_S = 24, 16, 9
"""Who does not come is called, called again and given up so many seconds before the next one is served there."""
AHEAD_S = 60.0
"""A chapter's visits are read so long before it begins."""
AGAIN, MISSED, GOES_ON = 0.1, 0.12, 0.03
"""Shares of those called twice, not met though called, and sent on to another window."""
MET = 15
"""After a missed call so many are met at least, so that few are missed in any hour."""
PATIENCE_S = 150.0
"""Nobody waits longer, unless that is the trouble."""
LEEWAY = 2
"""So many more may wait than are to be seen in the queue."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event of one ticket."""

    at: float
    """Seconds since the start."""
    event: TicketEvent
    ticket: str
    window: str = ""
    """Where; empty = at none."""


class CallSystem:
    """One zone's. What it tells depends on the script and on `began` alone, not on when it is asked."""

    def __init__(self, script: Script, hall: Hall, zone: Zone, began: datetime) -> None:
        """`began`: when the script's second 0 was."""
        self._script, self._hall, self._zone = script, hall.id, zone.id
        self._windows = [one.id for one in hall.windows if one.zone == zone.id and not one.closed]
        self._began = began
        self.waiting: dict[str, float] = {}
        """Tickets that wait, with when they began to, in the order in which they are called."""
        self.serving: dict[str, str] = {}
        """By window: the ticket that was called or is served there."""
        self.served: dict[str, str] = {}
        """By window: the ticket that was served there last."""
        self._second, self._read, self._number, self._met = 0, 0, 0, MET // 2
        self._due: list[tuple[int, int, TicketEvent, str]] = []
        self._held = ""
        self._midnight = self._next_midnight()

    def step(self, now: float) -> Iterator[Told]:
        """What has happened since it was asked last, up to `now` (seconds since the start)."""
        while self._second <= now:
            yield from self._happens(self._second)
            self._second += 1

    def oldest_s(self, now: float) -> float:
        """How long the one who waits longest has waited, in seconds; 0 = nobody waits."""
        return max((now - since for since in self.waiting.values()), default=0.0)

    def _happens(self, at: int) -> Iterator[Told]:
        """What happens in one second."""
        if at >= self._midnight:  # numbers begin anew; who still waits takes another one
            self._number, self._held, self._midnight = 0, "", self._midnight + 24 * 3600
            self.waiting.clear()
            self.serving.clear()
        while self._read * LENGTH_S - AHEAD_S <= at:
            self._plan(self._read)
            self._read += 1
        trouble = self._script.trouble(self._hall, self._zone, at)
        yield from self._hold(at, trouble is not None and trouble.rule is Rule.WAIT)
        while self._due and self._due[0][0] <= at:
            _, _, event, window = heapq.heappop(self._due)
            yield from self._at_window(at, event, window)
        wanted = round(self._script.city.ticketed * self._script.waiting(self._hall, self._zone, at))
        if len(self.waiting) < wanted:
            yield self._issue(at)
        leeway = 0 if trouble is not None and trouble.exact else LEEWAY
        last = next((one for one in self.waiting if one != self._held), None)
        if last is not None and (len(self.waiting) > wanted + leeway or at - self.waiting[last] > PATIENCE_S):
            del self.waiting[last]
            yield Told(at, TicketEvent.SUSPEND, last)

    def _plan(self, number: int) -> None:
        """What will happen at the windows in a chapter."""
        for window in self._windows:
            before = -LENGTH_S
            for visit in self._script.chapter(number).visits.get((self._hall, window), ()):
                dice = random.Random(f"{self._script.city.seed} {self._hall} {window} {visit.since}")
                if visit.served and visit.until > 0 and dice.random() < self._script.city.ticketed:
                    self._plan_visit(window, visit, before, dice)
                before = visit.until

    def _plan_visit(self, window: str, visit: Visit, before: float, dice: random.Random) -> None:
        """`before`: when the visit before it in its chapter was over."""
        since, until = round(visit.since), round(visit.until)
        self._add(since - CALL_S, TicketEvent.CALLED, window)
        self._add(since, TicketEvent.START, window)
        self._add(until, TicketEvent.TRANSFER if dice.random() < GOES_ON else TicketEvent.END, window)
        if dice.random() < AGAIN:
            self._add(since - AGAIN_S, TicketEvent.RECALLED, window)
        start = since - MISSED_S
        free = before < start - 1 and start >= 0 and self._script.visit(self._hall, window, start - 1) is None
        there = self._script.away(self._hall, window, start + MISSED_S / 2, MISSED_S / 2 + CALL_S) is None
        if not (free and there):
            return
        trouble = self._script.trouble(self._hall, self._zone, start)
        if (trouble is not None and trouble.rule is Rule.ABANDONMENT) or dice.random() < MISSED:
            self._add(start, TicketEvent.NOSHOW, window)

    def _add(self, at: int, event: TicketEvent, window: str) -> None:
        heapq.heappush(self._due, (at, len(self._due), event, window))

    def _at_window(self, at: int, event: TicketEvent, window: str) -> Iterator[Told]:
        ticket = self.serving.get(window, "")
        match event:
            case TicketEvent.CALLED:
                yield from self._call(at, window)
            case TicketEvent.NOSHOW if ticket:  # the second time: called, called again, and nobody came
                del self.serving[window]
                self._met = 0
                yield Told(at, event, ticket, window)
            case TicketEvent.NOSHOW if self._may_be_missed(at):
                yield from self._call(at, window)
                self._add(at + MISSED_S - MISSED_AGAIN_S, TicketEvent.RECALLED, window)
                self._add(at + MISSED_S - GIVEN_UP_S, TicketEvent.NOSHOW, window)
            case TicketEvent.END | TicketEvent.TRANSFER if ticket:
                del self.serving[window]
                self.served[window] = ticket
                self._met += 1
                if event is TicketEvent.TRANSFER:
                    self.waiting[ticket] = at
                yield Told(at, event, ticket, window)
            case TicketEvent.START | TicketEvent.RECALLED if ticket:
                yield Told(at, event, ticket, window)

    def _may_be_missed(self, at: int) -> bool:
        trouble = self._script.trouble(self._hall, self._zone, at)
        return self._met >= MET or (trouble is not None and trouble.rule is Rule.ABANDONMENT)

    def _call(self, at: int, window: str) -> Iterator[Told]:
        """Whoever waits longest; where nobody waits, somebody who has just come."""
        ticket = next((one for one in self.waiting if one != self._held), None)
        if ticket is None:
            told = self._issue(at)
            ticket = told.ticket
            yield told
        del self.waiting[ticket]
        self.serving[window] = ticket
        yield Told(at, TicketEvent.CALLED, ticket, window)

    def _hold(self, at: int, holds: bool) -> Iterator[Told]:
        """Somebody whom nobody calls as long as that is the trouble; at its end somebody notices."""
        if holds and not self._held:
            told = self._issue(at)
            self._held = told.ticket
            yield told
        elif not holds:
            self._held = ""

    def _issue(self, at: int) -> Told:
        self._number += 1
        ticket = f"{self._zone[1:].upper()}{self._number:03d}"
        self.waiting[ticket] = at
        return Told(at, TicketEvent.ISSUED, ticket)

    def _next_midnight(self) -> float:
        midnight = datetime.combine(today(self._began) + timedelta(days=1), time(), BEIJING)
        return (midnight - self._began).total_seconds()
