"""Objects on a cluster that exists, which the sandbox serves: what is also asked of Kubernetes' own API server."""

from __future__ import annotations

import itertools

import pytest

from tests.conformance.kubernetes import clusters
from tests.conformance.kubernetes.stacks.installation import Installation
from tests.conformance.kubernetes.stacks.test_containers import (  # noqa: F401
    filled,
    test_the_contents_of_a_namespace_are_replaced_with_it,
    test_the_objects_of_a_definition_are_replaced_with_it,
    test_what_an_object_owns_is_replaced_with_it,
    test_what_holds_data_in_it_is_marked_and_refused,
)
from tests.conformance.kubernetes.stacks.test_contents import (  # noqa: F401
    test_a_claim_of_somebody_else_is_named_and_refused,
    test_what_comes_after_the_plan_is_refused_just_before_the_call,
    test_what_is_ours_and_what_kubernetes_puts_there_goes_unasked,
)
from tests.conformance.kubernetes.stacks.test_drift import (  # noqa: F401
    applied,
    test_a_field_that_an_autoscaler_takes_after_the_plan_is_left_to_it_when_others_are_taken_back,
    test_an_ignored_field_that_moves_after_the_plan_is_left_as_it_is,
)

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def cluster():
    with clusters.sandbox() as started:
        yield started


@pytest.fixture
def name():
    """A name that no other test uses."""
    return f"t{next(_numbers)}"


@pytest.fixture
def installation(tmp_path, cluster, name):
    return Installation(tmp_path / "stack", cluster, f"app-{name}")
