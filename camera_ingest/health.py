"""Health of the picture (视频质量诊断): whether a picture that decodes shows what its camera is there for.

`examine()` is the whole of it: a value and a picture in, a value out. A fault counts when it lasts, and is over when
good pictures follow; a camera that was moved stays so until it looks at its scene again or a person confirms.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from camera_ingest.health_clock import Clock, ClockRule, read
from camera_ingest.health_measures import measure
from camera_ingest.health_scene import Scene, learn
from camera_ingest.health_suspicion import Limits, Suspicion, is_black, suspect
from camera_ingest.sample import Blind, Grey, Picture


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something must last before it counts; what is over sooner was none."""

    looks: int
    """In a row, at least."""
    lasting_s: float
    """Seconds from the first of them to the last, at least."""

    def over(self, run: "Run", at: datetime) -> bool:
        """Whether a run has lasted so long."""
        return run.looks >= self.looks and at - run.since >= timedelta(seconds=self.lasting_s)


@dataclass(frozen=True, slots=True)
class HealthRule:
    """When a picture is faulty, and for how long before it counts."""

    limits: Limits = field(default_factory=Limits)
    """What makes a single picture suspicious."""
    black: Patience = Patience(3, 0)
    frozen: Patience = Patience(3, 60)
    """Looks that repeat the one before them."""
    blurred: Patience = Patience(3, 30)
    """A lens that searches its focus takes seconds."""
    covered: Patience = Patience(3, 30)
    moved: Patience = Patience(5, 60)
    doubtful: Patience = Patience(12, 150)
    """A scene that is not recognised at all, not even elsewhere: nothing is concluded from it from here on, before an
    empty seat is hinted at. A crowd before the lens for so long, or infrared, costs coverage and no more …"""
    strange: Patience = Patience(20, 600)
    """… and from here on the camera counts as moved."""
    good_looks: int = 2
    """In a row that end a fault; fewer interrupt nothing."""
    gap_s: float = 300.0
    """Seconds without a picture after which a suspicion begins anew."""
    clock: ClockRule = field(default_factory=ClockRule)

    def patience(self, suspicion: Suspicion) -> Patience:
        """What a suspicion must outlast."""
        if suspicion.strange:
            return self.strange
        return {
            Blind.BLACK: self.black,
            Blind.FROZEN: self.frozen,
            Blind.BLURRED: self.blurred,
            Blind.COVERED: self.covered,
            Blind.MOVED: self.moved,
        }[suspicion.blind]


USUAL = HealthRule()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a camera's picture, and since when."""

    blind: Blind
    since: datetime
    """Of the first picture that showed it."""
    detail: str
    """One sentence, as it was when the fault was found: which, expected, found."""


@dataclass(frozen=True, slots=True)
class Run:
    """Looks that arouse one suspicion, with no more than single good ones between them."""

    suspicion: Suspicion
    """The latest."""
    since: datetime
    looks: int


@dataclass(frozen=True, slots=True)
class Health:
    """All that is kept of one camera's picture, under 20 kB; begins empty."""

    at: datetime | None = None
    """Of the last picture."""
    acute: Fault | None = None
    """What goes by itself when good pictures follow."""
    moved: Fault | None = None
    """Stays behind any other fault: regions drawn for the old view are wrong."""
    run: Run | None = None
    good: int = 0
    """Good looks in a row since the last suspicious one."""
    scene: Scene = field(default_factory=Scene)
    lattice: bytes = b""
    """Of the last picture, see `Measures`."""
    clock: Clock = field(default_factory=Clock)

    @property
    def fault(self) -> Blind | None:
        """Why nothing may be concluded from the pictures; None = they are good."""
        return self._worst.blind if self._worst else None

    @property
    def since(self) -> datetime | None:
        """Since when there is a fault."""
        return self._worst.since if self._worst else None

    @property
    def detail(self) -> str:
        """What was expected and found; empty without a fault."""
        return self._worst.detail if self._worst else ""

    @property
    def _worst(self) -> Fault | None:
        return self.acute or self.moved


def examine(
    before: Health, picture: Picture | Grey, at: datetime, clock_off_s: float | None = None, rule: HealthRule = USUAL
) -> Health:
    """What is known of a camera after one more picture (BGR, or its brightness), taken at a time (aware).

    `clock_off_s` is by how many seconds the camera's clock was fast at that look, None if nobody said. Looks may come
    at any pace and may fail: for one without a picture nothing is called. Times must not run backwards.
    """
    seen = measure(picture)
    suspicion = suspect(before.scene, before.lattice, seen, rule.limits.eased(before.fault))
    good = 0 if suspicion else min(before.good + 1, rule.good_looks)
    health = replace(
        before,
        at=at,
        run=_run(before, suspicion, at, rule),
        good=good,
        lattice=seen.lattice.tobytes(),
        clock=read(before.clock, clock_off_s, at, rule.clock),
    )
    if suspicion:
        return _with_fault(health, rule)
    if good == rule.good_looks:
        health = replace(health, run=None, acute=None, moved=None)
    if health.run is None and health.fault is None:
        health = replace(health, scene=learn(before.scene, seen, at))
    return health


def confirm(before: Health) -> Health:
    """What is known after a person said that the view is as it should be: it is learned anew."""
    return Health(clock=before.clock)


def _run(before: Health, suspicion: Suspicion | None, at: datetime, rule: HealthRule) -> Run | None:
    """The run that a look continues or begins; one without suspicion leaves it as it is."""
    run = before.run
    if before.at is not None and at - before.at > timedelta(seconds=rule.gap_s):
        run = None
    if suspicion is None:
        return run
    if run and (run.suspicion.blind, run.suspicion.strange) == (suspicion.blind, suspicion.strange):
        return Run(suspicion, run.since, run.looks + 1)
    since = before.at if suspicion.blind is Blind.FROZEN and before.at else at
    return Run(suspicion, since, 1)


def _with_fault(health: Health, rule: HealthRule) -> Health:
    """The health with a fault of what its run has been lasting for long enough."""
    run, at = health.run, health.at
    assert run and at, "a look was suspicious"
    doubted = run.suspicion.strange and rule.doubtful.over(run, at)
    if not rule.patience(run.suspicion).over(run, at) and not doubted:
        return health
    fault = Fault(run.suspicion.blind, run.since, run.suspicion.detail)
    if fault.blind is Blind.MOVED and rule.patience(run.suspicion).over(run, at):
        return replace(health, acute=None, moved=health.moved or fault)
    return health if health.acute and health.acute.blind is fault.blind else replace(health, acute=fault)


def is_dark(picture: Picture) -> bool:
    """Whether one picture is black."""
    return is_black(measure(picture), Limits())
