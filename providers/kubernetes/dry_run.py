"""Planning an object against its cluster: a server-side dry run of what would be applied, compared with what is there.

Nothing is written. The digests of what was last applied and last seen save the dry run when neither changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from language.diagnostics import Diagnostic, error
from language.values import Unknown, equal
from providers.contract import Note, Observed, Planned, ValuePath, Values
from providers.contract.errors import AlreadyExists
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import KubernetesClient, owned
from providers.kubernetes.discovery import Resource
from providers.kubernetes.objects import cleaned, get, named_path, put, split_unknown, without
from providers.kubernetes.ownership import Held, conflicts, located

_IMMUTABLE = re.compile(
    r"immutable|may not be changed|cannot be changed|can't be changed|updates to .* (are|for fields other than) |"
    r"forbidden: updates|cannot change",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Body:
    """What is applied: the manifest less what is unknown and what is left to others."""

    sent: Values
    unknown: tuple[ValuePath, ...]
    held: tuple[Held, ...] = ()
    force: bool = False


def plan_create(client: KubernetesClient, resource: Resource | None, proposed: Values) -> Planned:
    """A creation, checked by the server where its kind and namespace are there already."""
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
    if live is not None and not proposed.get("adopt") and not owned(live):
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
    manifest = proposed["manifest"]
    shown = prior.values["object"]
    body = _body(manifest, proposed, live)
    notes: list[Note] = []
    try:
        body, result, notes, problems = _tried(client, resource, body, live, proposed)
    except Refused as refused:
        return _refused(client, resource, refused, prior, proposed, body)
    if problems:
        return Planned(prior.values, notes=tuple(notes), diagnostics=tuple(problems))
    after = cleaned(result)
    for path in body.unknown:
        after = put(after, path, Unknown())
    private = {"force": body.force, "held": [list(held.path) for held in body.held]}
    if equal(after, shown):
        return Planned(prior.values, notes=tuple(notes), private=private)
    return Planned({**proposed, "object": after}, notes=tuple(notes), private=private)


def _body(manifest: Values, proposed: Values, live: Values) -> Body:
    """The manifest, with the live values where changes are ignored."""
    sent, unknown = split_unknown(manifest)
    for text in proposed.get("ignore_changes") or ():
        path = named_path(text)
        current = get(live, path)
        sent = put(sent, path, current) if current is not None else without(sent, path)
    return Body(sent, tuple(unknown))


def _tried(
    client: KubernetesClient, resource: Resource, body: Body, live: Values, proposed: Values
) -> tuple[Body, Values, list[Note], list[Diagnostic]]:
    """Dry runs until what is held by controllers is left out and what people changed is taken back."""
    metadata = body.sent["metadata"]
    notes: list[Note] = []
    for last in (False, False, False, True):  # every round forces or drops what conflicted: one that goes on is odd
        try:
            _, result = client.apply(
                resource, metadata.get("namespace"), metadata["name"], body.sent, force=body.force, dry_run=True
            )
            return body, result, notes, []
        except Refused as refused:
            found = conflicts(refused, live, body.sent) if refused.status == 409 else []
            if not found or last:
                raise
        problems = [_conflict(held) for held in found if held.holder == "applier"]
        if problems and not proposed.get("force_conflicts"):
            return body, live, notes, problems
        held = tuple(each for each in found if each.holder == "controller")
        notes += [_note(each, live, body.sent) for each in found if each.holder != "applier"]
        sent = body.sent
        for each in sorted(held, key=lambda each: repr(each.path), reverse=True):
            sent = without(sent, each.path)
        body = Body(sent, body.unknown, (*body.held, *held), force=len(held) < len(found) or body.force)
    raise AssertionError("the last round returns or raises")


def _note(held: Held, live: Values, sent: Values) -> Note:
    now, ours = get(live, held.path), get(sent, held.path)
    if held.holder == "controller":
        return Note(
            "held", held.path, f"left to {held.manager}, which holds it (is {now}, configured {ours})", held.manager
        )
    return Note(
        "drift", held.path, f"changed outside by {held.manager} (is {now}), and put back to {ours}", held.manager
    )


def _conflict(held: Held) -> Diagnostic:
    where = ".".join(str(step) for step in held.path)
    return error(
        "Field held by another applier",
        f'The field {where} is held by "{held.manager}", which applied it with another value.',
        advice="Take the field out of the manifest, or set force_conflicts = true in the app to take it over.",
    )


def _refused(
    client: KubernetesClient, resource: Resource, refused: Refused, prior: Observed, proposed: Values, body: Body
) -> Planned:
    """A dry run that the server refused: an immutable field means a new object, if a new one would be accepted."""
    immutable = _immutable(refused)
    if not immutable:
        raise refused.error()
    metadata = {**body.sent["metadata"], "name": f"{body.sent['metadata']['name'][:200]}-freehold-check"}
    try:
        client.apply(
            resource,
            metadata.get("namespace"),
            metadata["name"],
            {**body.sent, "metadata": metadata},
            force=True,
            dry_run=True,
        )
    except Refused as wrong:
        raise refused.error() from wrong
    paths = tuple(_replacing(cause, prior, proposed) for cause in immutable)
    return Planned({**proposed, "object": proposed["manifest"]}, replace=paths)


def _immutable(refused: Refused) -> list[Values]:
    """The causes of a refusal that say that a field cannot be changed."""
    if refused.status not in (422, 403) or not refused.body:
        return []
    causes = refused.causes or ({"field": "", "message": refused.said},)
    return [cause for cause in causes if _IMMUTABLE.search(str(cause.get("message")))]


def _replacing(cause: Values, prior: Observed, proposed: Values) -> ValuePath:
    return ("object", *located("." + str(cause.get("field") or "").lstrip("."), proposed["manifest"]))


def _identified(manifest: Values) -> bool:
    metadata = manifest.get("metadata") or {}
    return isinstance(metadata.get("name"), str) and not isinstance(metadata.get("namespace"), Unknown)


def _namespace_missing(refused: Refused) -> bool:
    return refused.not_found or (refused.status == 403 and refused.details.get("kind") == "namespaces")
