"""How fast the class board takes a class's posts: ``python -m benchmarks.board``."""

import json
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.table import percentile
from tests import board_room

LEARNERS, POSTS, EVENTS = 50, 29, 4  # posts: what a learner may send within ten seconds


def measure() -> dict[str, float]:
    """Have learners post at once, each over one connection, as fast as they are answered."""
    with tempfile.TemporaryDirectory() as folder, board_room.room(Path(folder)) as room:
        learners = [room.join(f"Learner {number}") for number in range(LEARNERS)]
        ready = threading.Barrier(LEARNERS + 1)

        def class_of(learner: board_room.Learner) -> list[float]:
            where, seconds = urlsplit(room.base), []
            line = HTTPConnection(where.hostname, where.port, timeout=60)
            headers = {
                "Authorization": f"token {learner.token}",
                "Content-Type": "application/json",
            }
            bodies = [
                {"learner": learner.id, "events": [board_room.check() for _ in range(EVENTS)]}
                for _ in range(POSTS)
            ]
            ready.wait()
            for body in bodies:
                started = time.perf_counter()
                line.request("POST", "/api/events", json.dumps(body), headers)
                answer = line.getresponse()
                answer.read()
                assert answer.status == 200
                seconds.append(time.perf_counter() - started)
            line.close()
            return seconds

        with ThreadPoolExecutor(LEARNERS) as people:
            done = [people.submit(class_of, learner) for learner in learners]
            ready.wait()
            started = time.perf_counter()
            times = [second for each in done for second in each.result()]
            took = time.perf_counter() - started
        room.end()
        count = LEARNERS * POSTS
        return {
            "posts per second": count / took,
            "median of a post, ms": 1000 * percentile(times, 0.5),
            "p95 of a post, ms": 1000 * percentile(times, 0.95),
            "bytes per event, the whole file": room.data.stat().st_size / (count * EVENTS),
        }


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:32} {value:8.1f}")
