"""The verbs about rules: `check` says what is in force and why, `rules` plays written timelines and a city's day."""

from __future__ import annotations

import argparse
import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from hallwatch_wiring import Refused, add_configured, add_verb, aware_time, load_settings, positive

if TYPE_CHECKING:
    from config.settings import Settings
    from hallwatch_wiring import Verbs

WHOLE = 2064
"""Cameras of the whole city."""
BEIJING = timezone(timedelta(hours=8))


def check(options: argparse.Namespace) -> None:
    """Validate a configuration and say what it will do, or explain what is in force at one window."""
    from config.summary import describe

    for name in ("hall", "at", "json", "lang"):
        if getattr(options, name) and not options.explain:
            raise Refused(f"--{name}: expected --explain WINDOW beside it, found none")
    settings = load_settings(options.config)
    if options.explain:
        _explain(settings, options)
        return
    for line in describe(settings):
        print(line)


def _explain(settings: Settings, options: argparse.Namespace) -> None:
    from config.explain import explain, find

    found = find(settings, options.explain, options.hall)
    if len(found) != 1:
        where = f"hall {options.hall}" if options.hall else "the halls"
        several = ", ".join(hall.id for hall, _ in found) or "none"
        more = "; name its hall with --hall" if len(found) > 1 else ""
        raise Refused(f"--explain {options.explain}: expected one such window in {where}, found {several}{more}")
    told = explain(settings, *found[0], options.at or datetime.now(UTC))
    print(
        json.dumps(told.plain(), ensure_ascii=False, indent=2)
        if options.json
        else "\n".join(told.lines(options.lang or "zh"))
    )


def _beijing_time(text: str) -> datetime:
    """An ISO 8601 time, in Beijing unless it says otherwise."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return aware_time(text)
    return time.replace(tzinfo=BEIJING) if time.tzinfo is None else time


def test(options: argparse.Namespace) -> None:
    """Play written timelines through the judgement; what is not as written is told line by line."""
    from config.mistakes import ConfigError
    from config.timelines import failures, load

    wrong = 0
    for path in options.files:
        try:
            timelines = load(path)
        except ConfigError as error:
            raise Refused(str(error)) from error
        for timeline in timelines:
            found = failures(timeline)
            wrong += bool(found)
            print("✗" if found else "✓", timeline.name, flush=True)
            for mistake in found:
                print(f"  {mistake}")
    if wrong:
        raise Refused(f"{wrong} timelines are not as written")


def day(options: argparse.Namespace) -> None:
    """A working day of the whole simulated city under a virtual clock: what is told beside what really happened."""
    from config.schema import calendar_of, shipped_thresholds
    from config.shapes import CalendarShape
    from simulation.city import CityRefused
    from simulation.city_day import run

    calendar, rules = calendar_of(CalendarShape()), shipped_thresholds()
    try:
        told = run(options.seed, options.day, calendar, rules, options.cameras, os.cpu_count() or 1)
    except CityRefused as error:
        raise Refused(str(error)) from error
    print(json.dumps({"day": f"{options.day}", "seed": options.seed, **told}, ensure_ascii=False, indent=2))
    if not told["right"]:
        raise Refused("the day was not judged as it ought to be: see missed, false and per_50_windows")


def add_rules(verbs: Verbs) -> None:
    """The parsers of `rules test` and `rules day`."""
    below = verbs.add_parser("rules", help="the rules of the judgement").add_subparsers(required=True, metavar="VERB")
    parser = add_verb(below, "test", test)
    whole = add_verb(below, "day", day)
    whole.add_argument("--cameras", type=positive, default=WHOLE, help=f"of the whole city's (default {WHOLE})")
    whole.add_argument("--day", type=date.fromisoformat, default=date(2026, 11, 23), help="(default 2026-11-23)")
    whole.add_argument("--seed", type=int, default=1, help="of what happens")
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE", help="YAML files of timelines")


def add_check(verbs: Verbs) -> None:
    """The parser of `check`."""
    parser = add_configured(verbs, "check", check)
    parser.add_argument("--explain", metavar="WINDOW", help="what is in force at this window, value by value")
    parser.add_argument("--hall", help="the window's hall, where several have a window of that name")
    parser.add_argument("--at", type=_beijing_time, metavar="ISO-TIME", help="when; now by default, in Beijing time")
    parser.add_argument("--json", action="store_true", help="the explanation as JSON")
    parser.add_argument("--lang", choices=("zh", "en"), help="of the explanation; zh by default")
