"""Written timelines: the acceptance cases come true, and what is wrong in a file or a story is told in one sentence."""

from pathlib import Path

import pytest

import hallwatch
from config.mistakes import ConfigError
from config.timelines import Timeline, failures, load

ACCEPTANCE = Path(__file__).parents[1] / "timelines" / "acceptance.yaml"


@pytest.mark.parametrize("timeline", load(ACCEPTANCE), ids=lambda one: one.name)
def test_acceptance(timeline: Timeline) -> None:
    assert failures(timeline) == ()


STORY = """
timelines:
  - case: away
    day: 2026-11-20
    from: "09:00"
    to: "09:08"
    see: {W1: {"09:00": 1, "09:02": 0}}
"""


def written(directory: Path, more: str) -> Path:
    path = directory / "own.yaml"
    path.write_text(STORY + more, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("    alerts: []\n", ":8 timelines[0].alerts: expected no more alerts, found place W1, rule absence, level y"),
        (
            "    alerts: [{place: W1}, {place: W2, rule: late}]\n",
            ":8 timelines[0].alerts[1]: expected place W2, rule late, found no such alert",
        ),
        (
            '    alerts:\n      - {place: W1, opened: "09:06"}\n',
            ":9 timelines[0].alerts[0]: expected place W1, opened 09:06, found place W1, opened 09:07",
        ),
        (
            '    then: [{at: "09:07", expect: {W1: ON_DUTY}}]\n',
            ":8 timelines[0].then[0].expect.W1: expected ON_DUTY, found AWAY_WARN",
        ),
    ],
)
def test_what_did_not_come_true_is_told(tmp_path: Path, more: str, sentence: str) -> None:
    (timeline,) = load(written(tmp_path, more))
    told = [str(one).removeprefix(str(tmp_path / "own.yaml")) for one in failures(timeline)]
    assert any(one.startswith(sentence) for one in told), told


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("    alert: []\n", "timelines[0].alert: expected a known key"),
        ('    then: [{at: "25:00", expect: {}}]\n', 'timelines[0].then[0].at: expected a time such as "09:00"'),
        (
            '    then: [{at: "09:01", expect: {W9: ON_DUTY}}]\n',
            "timelines[0].then[0].expect.W9: expected a window, a zone, `alerts` or `day`, found 'W9'",
        ),
        ("    say: [{W1: asleep}]\n", "timelines[0].say[0].at: expected a time such as"),
        (
            '    say: [{at: "09:00", W1: asleep}]\n',
            "timelines[0].say[0]: expected what a window, a ticket or the roster says, found a mapping ('asleep' is",
        ),
        (
            '    say: [{at: "09:00", W7: open}]\n',
            "timelines[0].say[0]: expected what a window, a ticket or the roster says, found a mapping ('W7')",
        ),
        ("    restart: [noon]\n", 'timelines[0].restart[0]: expected a time such as "09:00"'),
        (
            '    then: [{at: "09:09", expect: {}}]\n',
            "timelines[0].then[0].at: expected a time from 09:00 to 09:08",
        ),
        ('    alerts: []\n    restart: ["08:59"]\n', "timelines[0].restart[0]: expected a time from 09:00 to 09:08"),
        (
            "    alerts: [{place: W1, rul: late}]\n",
            "timelines[0].alerts[0].rul: expected one of place, rule, level",
        ),
        ("    every: 10\n", "timelines[0].case: expected `then` or `alerts`: what has to come true"),
        (
            '    say: [{at: "09:00", arrange: leave, window: W9}]\n',
            "timelines[0].say[0]: expected what a window, a ticket or the roster says, found a mapping ('W9')",
        ),
        (
            '    say: [{at: "09:00", arrange: cover, window: W1, substitute: W9}]\n',
            "timelines[0].say[0]: expected what a window, a ticket or the roster says, found a mapping ('W9')",
        ),
        (
            '    say: [{at: "09:00", ticket: A1, event: issued, zone: zq}]\n',
            "timelines[0].say[0]: expected what a window, a ticket or the roster says, found a mapping ('zq')",
        ),
        ("    every: 0\n", "timelines[0].every: expected greater than 0, found 0"),
        ("    every: 0.0001\n", "timelines[0].to: expected a time after 09:00, and at most 1000000 looks, found 09:08"),
    ],
)
def test_a_mistake_in_a_file_is_one_sentence(tmp_path: Path, more: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load(written(tmp_path, more))
    told = [str(one).partition(" ")[2] for one in refused.value.mistakes]
    assert any(one.startswith(sentence) for one in told), told


def test_the_command_plays_files_and_says_what_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = written(tmp_path, '    alerts: [{place: W1, rule: absence, opened: "09:07"}]\n')
    assert hallwatch.main(["rules", "test", str(good)]) == hallwatch.DONE
    assert capsys.readouterr().out == "✓ away\n"
    bad = written(tmp_path, "    alerts: []\n")
    assert hallwatch.main(["rules", "test", str(bad)]) == hallwatch.REFUSED
    out, err = capsys.readouterr()
    assert out.startswith(f"✗ away\n  {bad}:8 timelines[0].alerts: expected no more alerts")
    assert err == "1 timelines are not as written\n"
    assert hallwatch.main(["rules", "test", str(tmp_path / "none.yaml")]) == hallwatch.REFUSED
