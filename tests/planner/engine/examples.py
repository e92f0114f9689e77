"""What Hypothesis makes examples of. Small numbers are simple, so that what is found shrinks to little."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.planner.engine.changes import CHANGES, Change
from tests.planner.engine.configuration import Block
from tests.planner.engine.lifecycle import Example, Turn
from tests.planner.engine.service import Fault

small = st.integers(0, 3)
masks = st.integers(0, 15)


@st.composite
def blocks(draw) -> tuple[Block, ...]:
    return tuple(draw(_block(number)) for number in range(draw(st.integers(1, 4))))


@st.composite
def _block(draw, number: int) -> Block:
    earlier = st.frozensets(st.integers(0, number - 1), max_size=2) if number else st.just(frozenset())
    return Block(
        number,
        named=draw(st.booleans()),
        slow=draw(st.booleans()),
        label=draw(small),
        repeat=draw(st.sampled_from(("", "", "count", "for_each"))),
        copies=draw(st.integers(0, 3)),
        refs=draw(earlier),
        anchor=draw(st.none() | st.integers(0, number - 1)) if number else None,
        after=draw(earlier),
        first=draw(st.booleans()),
        secret=draw(st.booleans()),
    )


changes = st.builds(Change, st.sampled_from(CHANGES), small, masks)
faults = st.one_of(
    st.builds(
        Fault,
        st.just("change"),
        st.integers(0, 5),
        st.sampled_from(("refused", "half", "unreachable", "lost", "interrupt", "crash-before", "crash-after")),
    ),
    st.builds(
        Fault,
        st.just("look"),
        st.integers(0, 4),
        st.sampled_from(("unreachable", "lost", "crash-before", "crash-after")),
    ),
    st.builds(Fault, st.just("state"), st.integers(0, 5), st.sampled_from(("crash-before", "crash-after"))),
)
turns = st.builds(
    Turn,
    verb=st.sampled_from(
        ("apply", "apply", "apply", "plan", "saved", "targeted", "excluded", "replacing", "refresh-only", "destroy")
    ),
    changes=st.lists(changes, max_size=3).map(tuple),
    faults=st.lists(faults, max_size=2).map(tuple),
    which=st.integers(0, 5),
    choices=st.lists(small, max_size=6).map(tuple),
    flushes=st.lists(st.booleans(), max_size=6).map(tuple),
    pause=st.sampled_from((0.0, 2.0, 100.0)),
)
examples = st.builds(
    Example,
    blocks=blocks(),
    turns=st.lists(turns, min_size=1, max_size=9).map(tuple),
    start=st.none() | st.lists(st.tuples(small, st.sampled_from(("", "tainted", "deposed"))), max_size=3).map(tuple),
    lag=st.sampled_from((0.0, 0.0, 3.0)),
    patient=st.booleans(),
)
