"""A program with many open files, for a process of its own: `python -m tests.monitor.adapters.crowded PORT FILES`."""

import os
import resource
import sys
from time import monotonic

from camera_ingest.open_files import make_room
from monitor.adapters.mqtt import Broker, Bus


def main(port: int, files: int) -> None:
    """Tells as one line: the limit before and after, the highest descriptor, and how many messages came back."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    limit = make_room(files)
    opened = [os.open(os.devnull, os.O_RDONLY) for _ in range(files)]
    with Bus(Broker(port=port), "crowded", ["crowded/#"]) as bus:
        back, sent, deadline = 0, 0, monotonic() + 30
        while back < 50 and monotonic() < deadline:
            if sent < 50:
                sent += bus.publish("crowded/x", b"x" * 10_000)
            back += len(bus.take(100, 0.05))
            bus.acknowledge()
    for file in opened:
        os.close(file)
    print(limit, max(opened), back)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]))
