"""What is said while work goes on: plain lines, the live view, and what is next."""

import io
import threading

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from language.diagnostics import error
from planner.events import Completed, Errored, Interrupted, Progressed, Refreshing, Skipped, Started, Waiting
from planner.plan.plan import operations
from planner.plan.steps import Create, NoOp, Replace
from planner.render.lines import Lines
from planner.render.live import LiveView, Reading
from planner.render.upcoming import Upcoming
from tests.planner.render.plans import new_cluster, plan, subject

A, B, C = "cluster.main/aws_vpc", "cluster.main/aws_eks_cluster", "app.shop/Service/shop/web"


def told(*events):
    out = io.StringIO()
    lines = Lines(Console(file=out, width=60))
    for event in events:
        lines(event)
    lines.close()
    return out.getvalue().splitlines()


def created(*addresses, edges=()):
    steps = (Create(subject(address), after={}) for address in addresses)
    return plan(*steps, edges=tuple(((one, "create"), (other, "create")) for one, other in edges))


# -- plain lines ------------------------------------------------------------------------------------------------------


def test_start_and_end_are_lines():
    assert told(Started(B, "create", 0.0), Completed(B, "create", 0.0, 552.0, "shop")) == [
        f"{B}: Creating...",
        f"{B}: Creation complete after 9m12s [shop]",
    ]


def test_a_long_identity_is_whole_in_a_log_and_its_end_on_a_terminal():
    arn = "arn:aws:eks:eu-west-1:123456789012:cluster/shop-main"
    event = Completed(B, "create", 0.0, 1.0, arn)
    out = io.StringIO()
    Lines(Console(file=out, width=120, force_terminal=True, color_system=None))(event)

    assert told(event) == [f"{B}: Creation complete after 1s [{arn}]"]
    assert out.getvalue() == f"{B}: Creation complete after 1s […{arn[-32:]}]\n"


def test_a_word_every_ten_seconds_however_often_a_provider_speaks():
    spoken = [Progressed(B, "create", 0.0, float(second), f"CREATING {second}") for second in range(1, 31)]

    assert told(*spoken) == [
        f"{B}: Still creating... [10s elapsed] CREATING 10",
        f"{B}: Still creating... [20s elapsed] CREATING 20",
        f"{B}: Still creating... [30s elapsed] CREATING 30",
    ]


def test_the_clocks_word_repeats_what_the_provider_said_last():
    events = (Progressed(B, "create", 0.0, 3.0, "CREATING"), Progressed(B, "create", 0.0, 10.0))

    assert told(*events) == [f"{B}: Still creating... [10s elapsed] CREATING"]


def test_a_failure_names_its_cause():
    assert told(Errored(A, "delete", 0.0, 3.0, error("Not empty"))) == [f"{A}: Destruction failed after 3s: Not empty"]


def test_what_is_skipped_is_summed_up_at_the_end():
    skipped = [Skipped(f"app.shop/Service/shop/{name}", "create", A) for name in "abcdefg"]

    assert told(*skipped, Skipped(C, "update")) == [
        f"Skipped 7 operations, since {A} failed: app.shop/Service/shop/a, app.shop/Service/shop/b, "
        "app.shop/Service/shop/c, app.shop/Service/shop/d, app.shop/Service/shop/e and 2 more",
        f"Skipped 1 operation, since the run was interrupted: {C}",
    ]


def test_waiting_and_interruption():
    waiting, first, second = told(Waiting("alice (apply)", 3.0), Interrupted(1), Interrupted(2))

    assert waiting == "Waiting for the state's lock, held by alice (apply)..."
    assert first == "Interrupted: finishing what is in flight, starting nothing new; press again to give up."
    assert second.startswith("Giving up")


def test_many_threads_do_not_mix_their_lines():
    out = io.StringIO()
    lines = Lines(Console(file=out))

    def work(name):
        for number in range(50):
            lines(Started(f"a_b.{name}[{number}]", "create", 0.0))

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(out.getvalue().splitlines()) == sorted(
        f"a_b.{n}[{i}]: Creating..." for n in "abcd" for i in range(50)
    )


# -- the live view ----------------------------------------------------------------------------------------------------


class Screen:
    """A live view on a terminal of its own, and a clock that stands still until it is told otherwise."""

    def __init__(self, given, width=80):
        self.out = io.StringIO()
        self.now = 0.0
        self.console = Console(file=self.out, width=width, force_terminal=True, color_system=None)
        self.view = LiveView(self.console, given, lambda: self.now)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.view.close()

    def seen(self):
        """What the view shows now."""
        apart = io.StringIO()
        Console(file=apart, width=self.console.width, color_system=None).print(self.view.view())
        return [line.rstrip() for line in apart.getvalue().splitlines()]


def rows(screen):
    return [line[2:] for line in screen.seen() if line[:1] in "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"]


def test_the_view_shows_what_runs_for_how_long_and_what_is_next():
    with Screen(created(A, B, C, edges=((A, B), (B, C)))) as screen:
        screen.view(Started(A, "create", 0.0))
        screen.now = 65.0
        screen.view(Progressed(A, "create", 0.0, 65.0, "pending"))
        seen = screen.seen()

    assert any(line.endswith(f"{A}  1m05s  creating: pending") for line in seen)
    assert f"  next: {B} and 1 more" in seen
    assert any("0 of 3 done, 1 running, 2 waiting, 1m05s" in line for line in seen)


def test_what_is_over_stays_above_as_a_line():
    with Screen(created(A, B)) as screen:
        screen.view(Started(A, "create", 0.0))
        screen.view(Completed(A, "create", 0.0, 2.0, "vpc-1"))
        seen = screen.seen()

    assert f"{A}: Creation complete after 2s [vpc-1]" in screen.out.getvalue()
    assert not any(A in line for line in seen)
    assert any("1 of 2 done, 0 running, 1 waiting" in line for line in seen)


def test_what_is_read_besides_does_not_count():
    data = "data.aws_vpc.of_a_check"
    with Screen(created(A, B)) as screen:
        screen.view(Started(data, "read", 0.0))
        screen.view(Completed(data, "read", 0.0, 0.0))
        seen = screen.seen()

    assert any("0 of 2 done, 0 running, 2 waiting" in line for line in seen)


def test_an_interruption_is_said_below():
    with Screen(created(A, B), width=120) as screen:
        screen.view(Interrupted(1))
        seen = screen.seen()

    assert seen[-1] == "Interrupted: finishing what is in flight, starting nothing new; press again to give up."
    assert not any("next:" in line for line in seen)


def test_a_narrow_terminal_keeps_the_end_of_an_address_and_the_time():
    long = "cluster.main/aws_route_table_association.private-eu-west-1a"
    with Screen(created(long), width=60) as screen:
        screen.view(Started(long, "create", 0.0))
        (row,) = rows(screen)

    assert row == "…ssociation.private-eu-west-1a     0s  creating"


def test_more_than_fits_is_counted():
    addresses = [f"a_b.c[{number}]" for number in range(20)]
    with Screen(created(*addresses)) as screen:
        for address in addresses:
            screen.view(Started(address, "create", 0.0))
        seen = screen.seen()

    assert "  and 8 more" in seen
    assert len(rows(screen)) == 12


def test_an_interruption_may_come_while_the_view_is_busy():
    with Screen(created(A)) as screen:
        with screen.view._lock:
            screen.view(Interrupted(1))  # as a signal's handler does, in the thread that holds the lock

        assert screen.view._interrupts == 1


def test_reading_is_told_on_a_terminal_only():
    out = io.StringIO()
    reading = Reading(Console(file=out, width=80))
    reading(Refreshing("aws", "aws_vpc", 3))
    reading.close()

    assert out.getvalue() == ""

    reading = Reading(Console(file=out, width=80, force_terminal=True, color_system=None))
    reading(Refreshing("aws", "aws_vpc", 3))
    reading(Refreshing("aws", "aws_subnet", 6))
    reading.close()
    assert "Reading what exists: 9, last aws_subnet" in out.getvalue()


# -- what is next -----------------------------------------------------------------------------------------------------


def test_the_next_are_those_whose_predecessors_have_begun():
    upcoming = Upcoming(created(A, B, C, edges=((A, B), (B, C))))

    assert upcoming.next(9) == [(A, "create")]
    upcoming.begin((A, "create"))
    assert upcoming.next(9) == [(B, "create")]


def test_joins_are_passed_through():
    made = plan(
        Create(subject(A), after={}),
        Create(subject(C), after={}),
        edges=(((A, "create"), ("cluster.main", "join")), (("cluster.main", "join"), (C, "create"))),
    )
    upcoming = Upcoming(made)
    assert upcoming.next(9) == [(A, "create")]
    upcoming.begin((A, "create"))

    assert upcoming.next(9) == [(C, "create")]


def test_a_replacement_is_two_and_what_stays_is_none():
    made = plan(
        Replace(subject(A), before={}, after={}), NoOp(subject(B), before={}), edges=(((A, "delete"), (A, "create")),)
    )

    assert Upcoming(made).total == 2
    assert Upcoming(made).next(9) == [(A, "delete")]


@given(st.data())
def test_in_any_order_of_beginning_everything_is_next_once(data):
    addresses = [step.subject.address for step in new_cluster()[:8]]
    pairs = [(one, other) for index, one in enumerate(addresses) for other in addresses[index + 1 :]]
    edges = data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=12))
    given_plan = created(*addresses, edges=edges)
    upcoming, begun = Upcoming(given_plan), []
    while ready := upcoming.next(99):
        operation = data.draw(st.sampled_from(ready))
        upcoming.begin(operation)
        begun.append(operation)

    assert sorted(begun) == sorted(operation for step in given_plan.steps for operation in operations(step))
    places = {address: index for index, (address, _) in enumerate(begun)}
    assert all(places[one] < places[other] for one, other in edges)
