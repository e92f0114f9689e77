"""A reader that goes away does not fail what is told to it."""

import os

from rich.console import Console

from planner.events import Started
from planner.render.lines import Lines
from planner.render.outlet import outlet
from planner.render.stream import StreamListener


def broken():
    """The writing end of a pipe that nobody reads."""
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


def goes_nowhere(stream):
    return os.path.samestat(os.fstat(stream.fileno()), os.stat(os.devnull))


def test_lines_go_on_when_nobody_reads():
    with broken() as stream:
        lines = Lines(Console(file=outlet(stream)))
        for _ in range(3):
            lines(Started("a_b.c", "create", 0.0))
        lines.close()
        assert goes_nowhere(stream)


def test_machine_readable_lines_go_on_when_nobody_reads():
    with broken() as stream:
        listener = StreamListener(outlet(stream))
        listener(Started("a_b.c", "create", 0.0))
        assert goes_nowhere(stream)


def test_what_is_read_arrives():
    reading, writing = os.pipe()
    with os.fdopen(reading) as reader, os.fdopen(writing, "w") as stream:
        out = outlet(stream)
        assert not out.isatty()
        out.write("x\n")
        out.flush()

        assert reader.readline() == "x\n"
