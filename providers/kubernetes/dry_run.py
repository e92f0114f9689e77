"""Planning an object against its cluster: a server-side dry run of what would be applied, compared with what is there.

Nothing is written. The digests of what was last applied and last seen save the dry run when neither changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from language.diagnostics import Diagnostic, error
from language.values import Unknown, equal
from providers.contract import Note, Observed, Planned, ValuePath, Values
from providers.contract.errors import AlreadyExists
from providers.kubernetes.answers import Refused
from providers.kubernetes.applying import Change, Changed, Contested, apply_change, ignored_paths
from providers.kubernetes.client import KubernetesClient, owned
from providers.kubernetes.discovery import Resource
from providers.kubernetes.objects import cleaned, get, put, split_unknown
from providers.kubernetes.ownership import Held, located

_IMMUTABLE = re.compile(
    r"immutable|may not be changed|cannot be changed|can't be changed|updates to .* (are|for fields other than) |"
    r"forbidden: updates|cannot change",
    re.I,
)


def plan_create(
    client: KubernetesClient, resource: Resource | None, proposed: Values, *, replaces: bool = False
) -> Planned:
    """A creation, checked by the server where its kind and namespace are there already. `replaces`: what is there under
    its name is deleted before."""
    manifest = proposed["manifest"]
    offline = Planned({**proposed, "object": manifest})
    sent, _ = split_unknown(manifest)
    if resource is None or not _identified(manifest):
        return offline
    metadata = manifest["metadata"]
    try:
        created, _ = client.apply(resource, metadata.get("namespace"), metadata["name"], sent, force=True, dry_run=True)
        live = None if created else client.get(resource, metadata.get("namespace"), metadata["name"])
    except Refused as refused:
        if _namespace_missing(refused) or _immutable(refused):  # the latter of an object that is to be replaced
            return offline
        raise refused.error() from refused
    if live is not None and not replaces and not proposed.get("adopt") and not owned(live):
        raise exists(manifest)
    return offline


def exists(manifest: Values) -> AlreadyExists:
    """The error for an object that is there and not ours."""
    metadata = manifest["metadata"]
    where = f"{metadata['namespace']}/" if metadata.get("namespace") else ""
    return AlreadyExists(
        "The object exists already",
        f"{manifest['kind']} {where}{metadata['name']} is on the cluster, and freehold did not make it.",
        advice="Set adopt = true in its app to take it over as it is, or remove it.",
    )


def plan_change(
    client: KubernetesClient, resource: Resource, prior: Observed, proposed: Values, live: Values
) -> Planned:
    """What applying the manifest to the live object would change."""
    manifest, unknown = split_unknown(proposed["manifest"])
    force = bool(proposed.get("force_conflicts"))
    change = Change(manifest, ignored_paths(proposed), lambda held: force or held.holder == "person")
    try:
        made = apply_change(client, resource, change, live, dry_run=True)
    except Contested as contested:
        return Planned(prior.values, diagnostics=tuple(_conflict(held) for held in contested.held))
    except Refused as refused:
        return _refused(client, resource, refused, prior, proposed, change.body(live))
    notes = tuple(_notes(made, live, manifest))
    after = cleaned(made.live)
    for path in unknown:
        after = put(after, path, Unknown())
    private = {"left": [held.field for held in made.left], "taken": [held.field for held in made.taken]}
    if equal(after, prior.values["object"]):
        return Planned(prior.values, notes=notes, private=private)
    return Planned({**proposed, "object": after}, notes=notes, private=private)


def _notes(made: Changed, live: Values, manifest: Values) -> Iterator[Note]:
    """What is said of fields that others hold; of those that are ignored or taken over by request, nothing."""
    for held in (*made.left, *made.taken):
        now, ours = (get(each, located(held.field, each)) for each in (live, manifest))
        if held.holder == "controller":
            text = f"left to {held.manager}, which holds it (is {now}, configured {ours})"
            yield Note("held", held.path, text, held.manager)
        elif held.holder == "person" and held in made.taken:
            text = f"changed outside by {held.manager} (is {now}), and put back to {ours}"
            yield Note("drift", held.path, text, held.manager)


def _conflict(held: Held) -> Diagnostic:
    where = ".".join(str(step) for step in held.path)
    return error(
        "Field held by another applier",
        f'The field {where} is held by "{held.manager}", which applied it with another value.',
        advice="Take the field out of the manifest, or set force_conflicts = true in the app to take it over.",
    )


def _refused(
    client: KubernetesClient, resource: Resource, refused: Refused, prior: Observed, proposed: Values, sent: Values
) -> Planned:
    """A dry run that the server refused: an immutable field means a new object, if a new one would be accepted."""
    immutable = _immutable(refused)
    if not immutable:
        raise refused.error()
    metadata = {**sent["metadata"], "name": f"{sent['metadata']['name'][:200]}-freehold-check"}
    try:
        client.apply(
            resource,
            metadata.get("namespace"),
            metadata["name"],
            {**sent, "metadata": metadata},
            force=True,
            dry_run=True,
        )
    except Refused as wrong:
        raise refused.error() from wrong
    paths = tuple(_replacing(cause, prior, proposed) for cause in immutable)
    return Planned({**proposed, "object": proposed["manifest"]}, replace=paths)


def _immutable(refused: Refused) -> list[Values]:
    """The causes of a refusal that say that a field cannot be changed."""
    if refused.status not in (422, 403):
        return []
    causes = refused.causes or ({"field": "", "message": str(refused)},)
    return [cause for cause in causes if _IMMUTABLE.search(str(cause.get("message")))]


def _replacing(cause: Values, prior: Observed, proposed: Values) -> ValuePath:
    return ("object", *located("." + str(cause.get("field") or "").lstrip("."), proposed["manifest"]))


def _identified(manifest: Values) -> bool:
    metadata = manifest.get("metadata") or {}
    return isinstance(metadata.get("name"), str) and not isinstance(metadata.get("namespace"), Unknown)


def _namespace_missing(refused: Refused) -> bool:
    details: Any = refused.body.get("details") or {}
    return refused.status == 404 or (refused.status == 403 and details.get("kind") == "namespaces")
