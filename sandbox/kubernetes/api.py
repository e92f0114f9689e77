"""Requests to the way of a write: paths, verbs, bodies, options; answers as objects, lists, tables and watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from sandbox.kubernetes import discovery, errors, openapi, patches, reviews, scaling, selectors, strategic, tables
from sandbox.kubernetes.kinds import CREATE_SUBRESOURCES, Resource
from sandbox.kubernetes.objects import BACKGROUND, FOREGROUND, ORPHAN, Deletion, Objects, Write, presented
from sandbox.kubernetes.serving import Request, Response
from sandbox.kubernetes.users import User
from sandbox.kubernetes.watching import Watch

Object = dict[str, Any]
Authorize = Callable[..., Any]

_APPLY = "application/apply-patch+yaml"
_APPLY_TYPES = (_APPLY, "application/apply-patch+cbor")
_MERGE, _STRATEGIC, _JSON = (
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
    "application/json-patch+json",
)
_VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
_LONGEST_MANAGER = 128
_HEALTH = ("readyz", "livez", "healthz")


class Api:
    """What one cluster answers."""

    def __init__(
        self,
        objects: Objects,
        authenticate: Callable[[str], User | None],
        authorize: Authorize,
        now: Callable[[], float],
    ) -> None:
        self._objects = objects
        self._authenticate = authenticate
        self._authorize = authorize
        self._now = now

    def __call__(self, request: Request, token: str) -> Response:
        """Answer one request of whom the token names."""
        parts = request.parts
        if parts and parts[0] in _HEALTH:
            return Response(text="ok", content_type="text/plain")
        user = self._authenticate(token) if token else None
        if user is None:
            raise errors.unauthorized()
        found = self._discovered(parts)
        return Response(found) if found is not None else self._resource(request, parts, user)

    def _discovered(self, parts: list[str]) -> Object | None:
        catalogue = self._objects.catalogue
        match parts:
            case ["version"]:
                return discovery.version(self._objects.minor)
            case ["api"]:
                return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
            case ["apis"]:
                return discovery.groups(catalogue)
            case ["apis", group]:
                return discovery.group(catalogue, group)
            case ["api", version]:
                return discovery.resources(catalogue, "", version)
            case ["apis", group, version]:
                return discovery.resources(catalogue, group, version)
            case ["openapi", "v3"]:
                return openapi.index(catalogue)
            case ["openapi", "v3", "api", version]:
                return openapi.document(catalogue, "", version)
            case ["openapi", "v3", "apis", group, version]:
                return openapi.document(catalogue, group, version)
        return None

    # -- addresses --------------------------------------------------------------------------------------------------

    def _resource(self, request: Request, parts: list[str], user: User) -> Response:
        """/api/v1/... and /apis/GROUP/VERSION/..., with namespaces/NAME before what lives in one."""
        if len(parts) < 3 or parts[0] not in ("api", "apis") or (parts[0] == "apis" and len(parts) < 4):
            raise errors.no_such_path()
        group, version, rest = ("", parts[1], parts[2:]) if parts[0] == "api" else (parts[1], parts[2], parts[3:])
        namespace = ""
        if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
            namespace, rest = rest[1], rest[2:]
        resource = self._objects.catalogue.find(group, version, rest[0])
        if resource is None or len(rest) > 3:
            raise errors.no_such_path()
        name = rest[1] if len(rest) > 1 else ""
        subresource = rest[2] if len(rest) > 2 else ""
        if subresource and subresource not in resource.subresources:
            raise errors.no_such_path()
        self._allow(request, user, resource, namespace, name, subresource)
        return self._answer(request, user, resource, namespace, name, subresource)

    def _allow(
        self, request: Request, user: User, resource: Resource, namespace: str, name: str, subresource: str
    ) -> None:
        verb = _VERBS.get(request.method) or ("get" if name else "list")
        if verb == "list" and request.query.get("watch") in ("true", "1"):
            verb = "watch"
        if not self._authorize(user, verb, namespace=namespace, resource=resource.plural, name=name):
            where = f' in the namespace "{namespace}"' if namespace else " at the cluster scope"
            plural = f"{resource.plural}/{subresource}" if subresource else resource.plural
            why = f'User "{user.name}" cannot {verb} resource "{plural}" in API group "{resource.group}"{where}'
            raise errors.forbidden(resource.group, resource.plural, name, why)

    def _answer(
        self, request: Request, user: User, resource: Resource, namespace: str, name: str, subresource: str
    ) -> Response:
        if "list" not in resource.verbs:
            return self._review(request, user, resource)
        if subresource == "scale":
            return self._scale(request, resource, namespace, name)
        match request.method:
            case "GET" if name:
                return self._show(request, resource, self._objects.get(resource, namespace, name))
            case "GET":
                return self._listed(request, resource, namespace)
            case "POST" if subresource in CREATE_SUBRESOURCES:
                return self._evicted(request, resource, namespace, name)
            case "POST" if not name:
                write = self._write(request)
                made = self._objects.create(resource, namespace, self._body(request), write)
                return Response(made, 201, warnings=write.warnings)
            case "PUT" if name:
                return self._put(request, resource, namespace, name, subresource)
            case "PATCH" if name:
                return self._patched(request, resource, namespace, name, subresource)
            case "DELETE" if name:
                return self._deleted(request, resource, namespace, name)
            case "DELETE":
                return self._deleted_all(request, resource, namespace)
        raise errors.method_not_allowed(resource.group, resource.plural)

    # -- reading ----------------------------------------------------------------------------------------------------

    def _selects(self, request: Request, resource: Resource) -> Callable[[Object], bool]:
        tests = [
            test
            for test in (
                selectors.labels(request.query.get("labelSelector", "")),
                selectors.fields(request.query.get("fieldSelector", ""), resource.key, resource.selectable),
            )
            if test is not None
        ]
        return lambda obj: all(test(obj) for test in tests)

    def _listed(self, request: Request, resource: Resource, namespace: str) -> Response:
        selects = self._selects(request, resource)
        if request.query.get("watch") in ("true", "1"):
            watch = Watch(
                self._objects.store, resource, namespace, selects, self._shape(request, resource), request.query
            )
            return Response(stream=watch.events())
        found, version = self._objects.store.snapshot(resource.key, namespace)
        chosen = [presented(obj, resource) for obj in found if selects(obj)]
        page, following = _paged(chosen, request.query, version)
        metadata: Object = {"resourceVersion": str(version)}
        if following:
            metadata["continue"] = following
            if not request.query.get("labelSelector") and not request.query.get("fieldSelector"):
                metadata["remainingItemCount"] = len(chosen) - _start(request.query) - len(page)
        if "as=Table" in request.accept:
            include = request.query.get("includeObject", "Metadata")
            return Response(tables.table(resource, page, self._now(), metadata, include))
        if "as=PartialObjectMetadataList" in request.accept:
            items = [_partial(obj) for obj in page]
            kind = {"kind": "PartialObjectMetadataList", "apiVersion": "meta.k8s.io/v1"}
            return Response({**kind, "metadata": metadata, "items": items})
        return Response(_list(resource, metadata, page))

    def _shape(self, request: Request, resource: Resource) -> Callable[[Object], Object]:
        if "as=Table" in request.accept:
            include = request.query.get("includeObject", "Metadata")
            return lambda obj: tables.table(
                resource,
                [presented(obj, resource)],
                self._now(),
                {"resourceVersion": obj["metadata"]["resourceVersion"]},
                include,
            )
        if "as=PartialObjectMetadata" in request.accept:
            return _partial
        return lambda obj: presented(obj, resource)

    def _show(self, request: Request, resource: Resource, obj: Object) -> Response:
        if "as=Table" in request.accept:
            metadata = {"resourceVersion": obj["metadata"]["resourceVersion"]}
            include = request.query.get("includeObject", "Metadata")
            return Response(tables.table(resource, [obj], self._now(), metadata, include))
        return Response(_partial(obj) if "as=PartialObjectMetadata" in request.accept else obj)

    # -- writing ----------------------------------------------------------------------------------------------------

    def _write(self, request: Request) -> Write:
        query = request.query
        dry_run = query.get("dryRun", "")
        options = f"{_VERBS[request.method].capitalize()}Options"
        if dry_run not in ("", "All"):
            raise errors.invalid_options(options, errors.unsupported("dryRun", [dry_run], ["All"]))
        applies = request.method == "PATCH" and request.content_type in _APPLY_TYPES
        if "force" in query and not applies:
            message = "may not be specified for non-apply patch"
            raise errors.invalid_options(options, errors.forbidden_field("force", message))
        if applies and not query.get("fieldManager"):
            raise errors.invalid_options(options, errors.required("fieldManager", "is required for apply patch"))
        if len(query.get("fieldManager", "").encode()) > _LONGEST_MANAGER:
            raise errors.invalid_options(options, errors.too_long("fieldManager", _LONGEST_MANAGER))
        agent = str(request.headers.get("User-Agent") or "unknown").partition("/")[0]
        manager = query.get("fieldManager") or agent
        validation = query.get("fieldValidation") or "Warn"
        return Write(manager, dry_run == "All", validation, query.get("force") in ("true", "1"))

    def _body(self, request: Request) -> Object:
        kind = request.content_type
        if "protobuf" in kind or "cbor" in kind:
            raise errors.unsupported_media_type(("application/json", "application/yaml"))
        try:
            if "yaml" in kind:
                return _yaml(request.body)
            parsed = orjson.loads(request.body or b"{}")
        except (orjson.JSONDecodeError, ValueError) as failure:
            raise errors.bad_request(f"error decoding the body: {failure}") from failure
        if not isinstance(parsed, dict):
            raise errors.bad_request("the body is not an object")
        return parsed

    def _put(self, request: Request, resource: Resource, namespace: str, name: str, subresource: str) -> Response:
        write = self._write(request)
        body = self._body(request)
        if subresource == "finalize":
            self._objects.finalize(resource, namespace, name, "kubernetes")
            return Response(body)
        made = self._objects.replace(resource, namespace, name, body, write, subresource)
        return Response(made, warnings=write.warnings)

    def _patched(self, request: Request, resource: Resource, namespace: str, name: str, subresource: str) -> Response:
        write = self._write(request)
        kind = request.content_type
        if kind in _APPLY_TYPES:
            body = _yaml(request.body)
            made, created = self._objects.apply(resource, namespace, name, body, write, subresource)
            return Response(made, 201 if created else 200, warnings=write.warnings)
        edit = self._edit(kind, request, resource)
        made = self._objects.change(resource, namespace, name, edit, write, subresource)
        return Response(made, warnings=write.warnings)

    def _edit(self, kind: str, request: Request, resource: Resource) -> Callable[[Object], Object]:
        try:
            patch = orjson.loads(request.body)
        except orjson.JSONDecodeError as failure:
            raise errors.bad_request(f"error decoding patch: {failure}") from failure
        if kind == _JSON:
            return lambda obj: patches.json_patch(obj, patch)
        if kind == _STRATEGIC and not resource.is_custom:
            return lambda obj: strategic.merge(obj, patch, resource.type(self._objects.minor))
        if kind == _MERGE:
            return lambda obj: patches.merge_patch(obj, patch)
        raise errors.unsupported_media_type((_JSON, _MERGE, _STRATEGIC, _APPLY))

    def _scale(self, request: Request, resource: Resource, namespace: str, name: str) -> Response:
        if request.method == "GET":
            return Response(scaling.scale_of(self._objects.get(resource, namespace, name)))
        write = self._write(request)

        def edit(obj: Object) -> Object:
            current = scaling.scale_of(obj)
            wanted = self._body(request) if request.method == "PUT" else self._edit_scale(request, current)
            return {**obj, "spec": {**obj["spec"], "replicas": int((wanted.get("spec") or {}).get("replicas", 0))}}

        made = self._objects.change(resource, namespace, name, edit, write, "scale")
        return Response(scaling.scale_of(made))

    def _edit_scale(self, request: Request, scale: Object) -> Object:
        patch = orjson.loads(request.body)
        if request.content_type == _JSON:
            made: Object = patches.json_patch(scale, patch)
        else:
            made = patches.merge_patch(scale, patch)
        return made

    def _evicted(self, request: Request, resource: Resource, namespace: str, name: str) -> Response:
        self._objects.delete(resource, namespace, name, Deletion())
        return Response({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}, 201)

    def _review(self, request: Request, user: User, resource: Resource) -> Response:
        if request.method != "POST":
            raise errors.method_not_allowed(resource.group, resource.plural)
        body = self._body(request)
        return Response(reviews.review(resource, body, user, self._authenticate, self._authorize), 201)

    # -- deleting ---------------------------------------------------------------------------------------------------

    def _deletion(self, request: Request) -> Deletion:
        options = self._body(request) if request.body else {}
        preconditions = options.get("preconditions") or {}
        policy = options.get("propagationPolicy") or request.query.get("propagationPolicy") or BACKGROUND
        if policy not in (FOREGROUND, BACKGROUND, ORPHAN):
            raise errors.invalid_options(
                "DeleteOptions",
                errors.unsupported("propagationPolicy", policy, [FOREGROUND, BACKGROUND, ORPHAN, "nil"]),
            )
        grace = options.get("gracePeriodSeconds")
        if grace is None and request.query.get("gracePeriodSeconds"):
            grace = int(request.query["gracePeriodSeconds"])
        dry_run = "All" in (options.get("dryRun") or ()) or request.query.get("dryRun") == "All"
        return Deletion(
            policy, grace, preconditions.get("uid") or "", preconditions.get("resourceVersion") or "", dry_run
        )

    def _deleted(self, request: Request, resource: Resource, namespace: str, name: str) -> Response:
        obj, deleted = self._objects.delete(resource, namespace, name, self._deletion(request))
        if not deleted:
            return Response(obj)
        details = {"name": name, "group": resource.group, "kind": resource.plural, "uid": obj["metadata"]["uid"]}
        details = {key: value for key, value in details.items() if value}
        return Response({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})

    def _deleted_all(self, request: Request, resource: Resource, namespace: str) -> Response:
        selects = self._selects(request, resource)
        deletion = self._deletion(request)
        found, version = self._objects.store.snapshot(resource.key, namespace)
        items = []
        for obj in found:
            if selects(obj):
                metadata = obj["metadata"]
                items.append(
                    self._objects.delete(resource, metadata.get("namespace", ""), metadata["name"], deletion)[0]
                )
        return Response(_list(resource, {"resourceVersion": str(version)}, items))


def _list(resource: Resource, metadata: Object, items: list[Object]) -> Object:
    """Built-in objects do not say in a list what they are."""
    if not resource.is_custom:
        items = [{key: value for key, value in obj.items() if key not in ("kind", "apiVersion")} for obj in items]
    return {"kind": resource.list_name, "apiVersion": resource.api_version, "metadata": metadata, "items": items}


def _partial(obj: Object) -> Object:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": obj["metadata"]}


def _start(query: dict[str, str]) -> int:
    """Where a page begins: a continue token is the version of the list and a position in it."""
    token = query.get("continue", "")
    if not token:
        return 0
    try:
        return int(token.partition("-")[2])
    except ValueError:
        raise errors.bad_request("continue key is not valid") from None


def _paged(found: list[Object], query: dict[str, str], version: int) -> tuple[list[Object], str]:
    limit, start = int(query.get("limit") or 0), _start(query)
    if not limit or start + limit >= len(found):
        return found[start:], ""
    return found[start : start + limit], f"{version}-{start + limit}"


def _yaml(body: bytes) -> Object:
    """A body of YAML; JSON, which is YAML, is read the fast way."""
    if body.lstrip()[:1] == b"{":
        parsed = orjson.loads(body)
    else:
        from language.yaml import YamlError, load_documents

        try:
            parsed = next(iter(load_documents(body.decode())), None)
        except (YamlError, UnicodeDecodeError) as failure:
            raise errors.bad_request(f"error decoding YAML: {failure}") from failure
        parsed = parsed.value if parsed else None
    if not isinstance(parsed, dict):
        raise errors.bad_request("error decoding YAML: it is not an object")
    return parsed
