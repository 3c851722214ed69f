"""Processes of a measurement: weighed with everything below them, and gone when we are."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from hallwatch_bench_processes import Child, ChildEnded, TooLong, measure, until, usage

BURNS = """
import json, subprocess, sys, time
burn = "import time\\nwhile time.process_time() < 0.3: pass\\nprint(flush=True)\\nimport signal; signal.pause()"
below = [subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE) for _ in range(2)]
for one in below: one.stdout.readline()
below[0].kill(); below[0].wait()
print(json.dumps({"burnt": True}), flush=True)
import signal; signal.pause()
"""
SPEAKS = "import json, signal; print('up'); print(json.dumps({'up': True}), flush=True); signal.pause()"


def test_a_tree_is_weighed_with_the_children_that_ended(tmp_path: Path) -> None:
    with Child("burner", [sys.executable, "-c", BURNS], tmp_path / "log") as child:
        until("the burning", lambda: "burnt" in child.told, [child], 60)
        used = usage([child])
        assert used.cpu_s.keys() == {child.pid} and used.cpu_s[child.pid] >= 0.6
        assert used.rss_mb > 0
        assert len(used.written) == 2 and child.pid in used.written
        (below,) = psutil.Process(child.pid).children()
        cost = measure(0.1, {"one": [child], "none": []})
    assert cost["one"].seconds >= 0.1 and cost["none"].cores == 0 == cost["none"].rss_mb
    below.kill()


def test_what_ends_too_soon_is_told_with_its_last_word(tmp_path: Path) -> None:
    with Child("mute", [sys.executable, "-c", "import sys; sys.exit('no camera here')"], tmp_path / "log") as child:
        with pytest.raises(ChildEnded, match=r"^mute: expected it to run, found it ended with 1: no camera here$"):
            until("nothing", lambda: False, [child], 60)
        with pytest.raises(TooLong, match=r"^a word: expected within 0 s, found it had not come$"):
            until("a word", lambda: False, [], 0)


def test_one_that_has_ended_costs_nothing_more(tmp_path: Path) -> None:
    with (
        Child("brief", [sys.executable, "-c", "while True: pass"], tmp_path / "log") as brief,
        Child("speaker", [sys.executable, "-c", SPEAKS], tmp_path / "log") as child,
    ):
        until("a word", lambda: "up" in child.told, [brief, child], 60)
        brief.ask_to_stop()
        until("the end", lambda: not brief.alive, [], 60)
        assert measure(0.1, {"both": [brief, child]}, needed=[child])["both"].cores >= 0
        with pytest.raises(ChildEnded):
            measure(0.1, {"both": [brief, child]})


def test_what_is_no_json_is_not_listened_to(tmp_path: Path) -> None:
    with Child("speaker", [sys.executable, "-c", SPEAKS], tmp_path / "log") as child:
        until("a word", lambda: "up" in child.told, [child], 60)
        assert child.alive
    assert not child.alive


STUBBORN = """
import json, signal, subprocess, sys
below = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(json.dumps({"below": below.pid}), flush=True)
signal.pause()
"""


def test_what_a_child_leaves_behind_is_ended_with_it(tmp_path: Path) -> None:
    with Child("parent", [sys.executable, "-c", STUBBORN], tmp_path / "log") as child:
        until("a word", lambda: "below" in child.told, [child], 60)
        below = psutil.Process(child.told["below"])
    assert psutil.wait_procs([below], timeout=60)[1] == []


OURS = f"""
import sys
from pathlib import Path
from hallwatch_bench_processes import Child, until
with Child("speaker", [sys.executable, "-c", {SPEAKS!r}], Path(sys.argv[1])) as child:
    until("a word", lambda: "up" in child.told, [child], 60)
    print(child.pid, flush=True)
    child.stop()
"""


def test_no_child_outlives_us_when_we_are_killed(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OURS, str(tmp_path / "log")], stdout=subprocess.PIPE) as ours:
        assert ours.stdout is not None
        child = psutil.Process(int(ours.stdout.readline()))
        ours.kill()
    assert psutil.wait_procs([child], timeout=60)[1] == []
