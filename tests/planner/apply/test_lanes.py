"""What a service takes one at a time goes one at a time, also where its name is known only while the apply runs."""

from __future__ import annotations

import threading
import time

import pytest

from tests.planner.apply.service import Stack, Thing, World


class Watched(Thing):
    """Counts how many of them are changed together; `shape` is the lane."""

    def __init__(self, world):
        super().__init__(world)
        self._lock = threading.Lock()
        self.together = self.most = 0

    def lane(self, values):
        return values["shape"] if isinstance(values["shape"], str) else None

    def create(self, client, planned, config, call):
        with self._lock:
            self.together += 1
            self.most = max(self.most, self.together)
        time.sleep(0.02)
        made = super().create(client, planned, config, call)
        with self._lock:
            self.together -= 1
        return made


MANY = """
resource "terraform_data" "lane" { input = "one" }
resource "memory_thing" "many" {
  count = 5
  name  = "n${count.index}"
  shape = %s
}
"""


@pytest.mark.parametrize("lane", ['"one"', "terraform_data.lane.output"])
def test_of_one_lane_one_goes_at_a_time(lane, tmp_path):
    world = World()
    thing = Watched(world)
    stack = Stack(tmp_path, thing)
    stack.write(MANY % lane)

    assert not stack.apply().diagnostics

    assert (len(world.things), thing.most) == (5, 1)


def test_others_go_together(tmp_path):
    thing = Watched(World())
    stack = Stack(tmp_path, thing)
    stack.write(MANY % "null")

    assert not stack.apply().diagnostics

    assert thing.most > 1
