"""Reviews: who one is, whether a token is good, whether one may do something."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.kubernetes.kinds import Resource
from sandbox.kubernetes.users import User

Object = dict[str, Any]


def review(
    resource: Resource,
    body: Object,
    user: User,
    authenticate: Callable[[str], User | None],
    authorize: Callable[..., Any],
) -> Object:
    """The answered review."""
    made = {"metadata": {"creationTimestamp": None}, **body, "kind": resource.kind, "apiVersion": resource.api_version}
    if resource.kind == "SelfSubjectReview":
        made["status"] = {"userInfo": _info(user)}
    elif resource.kind == "TokenReview":
        found = authenticate((body.get("spec") or {}).get("token") or "")
        made["status"] = {"authenticated": True, "user": _info(found)} if found else {"authenticated": False}
    elif resource.kind == "SelfSubjectRulesReview":
        made["status"] = {"resourceRules": [], "nonResourceRules": [], "incomplete": True}
    else:
        made["status"] = {"allowed": _allowed(body.get("spec") or {}, user, authorize)}
    return made


def _allowed(spec: Object, user: User, authorize: Callable[..., Any]) -> bool:
    requested = spec.get("resourceAttributes") or {}
    about = User(spec["user"], tuple(spec.get("groups") or ())) if spec.get("user") else user
    return bool(
        authorize(
            about,
            requested.get("verb", "get"),
            namespace=requested.get("namespace", ""),
            resource=requested.get("resource", ""),
            name=requested.get("name", ""),
        )
    )


def _info(user: User) -> Object:
    return {"username": user.name, "groups": list(user.groups)}
