"""Whose name a manager of fields is: a tool in a person's hands, something that applies what is kept elsewhere, or a
controller, which all others are.

A manager that names nobody is called by the first word of its User-Agent. Names are compared whole: helm is a person's
tool, helm-controller is not.
"""

from __future__ import annotations

import re
from typing import Literal

Holder = Literal["person", "controller", "applier"]

_TABLE: tuple[tuple[Holder, str], ...] = (
    ("person", r"kubectl(-.+)?|oc|helm|k9s|headlamp|rancher|lens|openlens|freelens|octant"),
    ("person", r"mozilla|curl|wget|node-fetch|python|python-requests|openapi-generator"),
    ("applier", r"argocd-(controller|application-controller|server)|helm-controller|kustomize-controller"),
    ("applier", r"pulumi(-.+)?|terraform(-.+)?|kapp(-.+)?"),
)
_NAMES = tuple((holder, re.compile(names, re.IGNORECASE)) for holder, names in _TABLE)


def holder_by_name(manager: str) -> Holder:
    """What kind of holder has this name."""
    return next((holder for holder, names in _NAMES if names.fullmatch(manager)), "controller")
