"""Sets: setproduct, setunion, setintersection, setsubtract."""

from __future__ import annotations

from itertools import product
from typing import Any

from language.conversion import convert
from language.functions.collections import SEQUENCES, sequence
from language.functions.contract import FunctionError, Parameter, Table, registrar
from language.types import ANY, Collection, List, Set, Tuple, Type
from language.unification import unify
from language.values import ListValue, SetValue, Unknown, is_wholly_known, type_of

FUNCTIONS: Table = {}
function = registrar(FUNCTIONS)


@function("setproduct", variadic=Parameter("sets", ANY, shallow=True, takes=SEQUENCES))
def setproduct(*sets: Any) -> Any:
    """setproduct(sets...): every combination of an element of each."""
    if len(sets) < 2:
        raise FunctionError("at least two arguments are required")
    if any(isinstance(each, SetValue) and len(each) > 1 and not is_wholly_known(each) for each in sets):
        return Unknown()
    groups = [sequence(each, position) for position, each in enumerate(sets)]
    combinations = 1
    for group in groups:
        combinations *= len(group)
    if combinations > 1_000_000:
        raise FunctionError("more than 1000000 combinations")
    found = tuple(product(*groups))
    if not found:
        element = Tuple(tuple(_element_type(each) for each in sets))
        return SetValue(element, []) if any(isinstance(each, SetValue) for each in sets) else ListValue(element, [])
    if any(isinstance(each, SetValue) for each in sets):
        return convert(found, Set(ANY))
    return convert(found, List(ANY))


def _element_type(value: Any) -> Type:
    if isinstance(value, SetValue | ListValue):
        return value.element_type
    return unify([type_of(each) for each in value]) or ANY if value else ANY


def _element_type_of_all(*sets: Any) -> Type:
    """The type that elements of all sets have, those that are unknown included."""
    whole = [each.type if isinstance(each, Unknown) else type_of(each) for each in sets]
    found = unify([type_.element for type_ in whole if isinstance(type_, Collection)])
    if found is None:
        raise FunctionError("all sets must have elements of the same type")
    return found


def _sets(name: str, combine: Any, gives: str, *, partial: bool = False) -> None:
    def implementation(first: Any, *others: Any) -> Any:
        element_type = _element_type_of_all(first, *others)
        sets = [SetValue(element_type, [convert(each, element_type) for each in given]) for given in (first, *others)]
        result = sets[0]
        for other in sets[1:]:
            result = SetValue(element_type, combine(result, other))
        return result

    def unknown_result(*sets: Any) -> Any:
        return Unknown(Set(_element_type_of_all(*sets)), not_null=True)

    parameter = Parameter("sets", Set(ANY), shallow=partial)
    about = f"{name}(sets...): {gives}."
    function(name, parameter, variadic=parameter, result=unknown_result, about=about)(implementation)


_sets("setunion", lambda one_, other: (*one_, *other), "what is in any of the sets", partial=True)
_sets("setintersection", lambda one_, other: [each for each in one_ if each in other], "what is in all of the sets")
_NOT_IN = "what is in the first set and in no other one"
_sets("setsubtract", lambda one_, other: [each for each in one_ if each not in other], _NOT_IN)
