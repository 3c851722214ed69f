"""A process of the fuzzer: tries one input after the other and says where it is, so that its death is a finding too.

Arguments: module with the targets, file with the seeds, file to write the place to, seed, first and last input, and the
budget of one input in CPU seconds. Prints JSON lines.
"""

import importlib
import json
import mmap
import random
import resource
import signal
import sys
import time
from pathlib import Path

from tests.fuzz_seeds import read

EVERY = 500  # inputs between two lines
ADDRESS_SPACE = 4 << 30  # bytes; a forged size shall be refused before the machine has to


def main(arguments: list[str]) -> None:
    """The work of the process."""
    module, seeds_file, place_file, seed, first, last, budget_s = arguments
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, also in the middle of foreign code
    seeds = read(Path(seeds_file))
    targets = importlib.import_module(module).Targets().all()
    names, weights = list(targets), [weight for weight, _ in targets.values()]
    counts = {name: [0, 0] for name in names}
    with Path(place_file).open("r+b") as file, mmap.mmap(file.fileno(), 8) as place:
        for number in range(int(first), int(last)):
            place[:] = number.to_bytes(8, "big")
            chance = random.Random(f"{seed}/{number}")
            (name,) = chance.choices(names, weights)
            signal.setitimer(signal.ITIMER_PROF, float(budget_s))
            try:
                counts[name][1] += targets[name][1](chance, seeds)
            except Exception as error:
                found = {"input": number, "target": name, "what": f"{type(error).__name__}: {error}"[:300]}
                print(json.dumps({"finding": found}), flush=True)
            counts[name][0] += 1
            if (number + 1) % EVERY == 0 or number + 1 == int(last):
                signal.setitimer(signal.ITIMER_PROF, 0)
                line = {
                    "next": number + 1,
                    "counts": counts,
                    "rss_mb": rss_mb(),
                    "cpu_s": round(time.process_time(), 1),
                }
                print(json.dumps(line), flush=True)
                counts = {name: [0, 0] for name in names}


def rss_mb() -> float:
    """Of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * resource.getpagesize() / 1e6, 1)


if __name__ == "__main__":
    main(sys.argv[1:])
