"""What EKS's kinds share: things that are made and changed in the background, waited for by their status.

Creations and deletions go on by themselves under the thing's name, updates under an id of their own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from language.overriding import override
from providers.aws.client import AwsClient, code_of
from providers.aws.kind import AwsKind, gone_is_none, is_ours, patiently, tag_changes, wait
from providers.contract import Call, Observed, Values
from providers.contract.errors import AlreadyExists, Failed, NotFound, ProviderError

_RUNNING = {"create": "CREATING", "delete": "DELETING"}
_BROKEN = ("CREATE_FAILED", "DELETE_FAILED", "FAILED")
_ROLE_SETTLES = 120.0
"""Seconds that IAM takes at most until EKS sees a new role."""


class EksKind(AwsKind):
    """`minutes` is how long it may take. A kind that is not `lasting` has no status, and is there at once."""

    service = "eks"
    minutes: ClassVar[float] = 30.0
    lasting: ClassVar[bool] = False
    tolerated: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def described(self, client: AwsClient, identity: Mapping[str, Any]) -> Values:
        """The service's description. Raises NotFound."""

    @abstractmethod
    def observed(self, client: AwsClient, item: Values, prior: Values) -> Observed:
        """A description as observed."""

    @abstractmethod
    def place(self, planned: Values) -> Mapping[str, Any]:
        """The names by which the service knows it."""

    @abstractmethod
    def make(self, client: AwsClient, planned: Values, call: Call) -> None:
        """Ask the service to create it."""

    @override
    def look(self, client: AwsClient, identity: Mapping[str, Any], prior: Values) -> Observed | None:
        item = gone_is_none(lambda: self.described(client, identity))
        return None if item is None or item.get("status") == "DELETING" else self.observed(client, item, prior)

    @override
    def create(self, client: AwsClient, planned: Values, config: Values, call: Call) -> Observed:
        patiently(
            call,
            lambda: self.make(client, planned, call),
            retried=_role_not_seen,
            said="waiting for the role to be seen",
            at_most=_ROLE_SETTLES,
        )
        self._accepted(call, "create", planned)
        return self.settled(client, planned, call)

    def settled(self, client: AwsClient, planned: Values, call: Call) -> Observed:
        """Wait until it is active. Raises Failed with what is there when it never will be."""
        latest: list[Values] = []

        def look() -> tuple[bool, str]:
            item = self.described(client, self.place(planned))
            latest[:] = [item]
            status = item.get("status", "ACTIVE")
            if status in _BROKEN:
                observed = self.observed(client, item, planned)
                raise Failed(f"It is {status}", health(item), address=call.address, observed=observed)
            return status == "ACTIVE" or status in self.tolerated, f"is {status}"

        try:
            wait(call, look, at_most=self.minutes * 60)
        except Failed as failure:
            if failure.observed is None and latest:
                failure.observed = self.observed(client, latest[0], planned)
            raise
        return self.observed(client, latest[0], planned)

    def deleted(self, client: AwsClient, prior: Observed, call: Call, ask: Callable[[], Any]) -> None:
        """Ask for the deletion, while something in the background still holds it, and wait until it is gone."""

        def attempt() -> None:
            try:
                ask()
            except NotFound:
                return

        patiently(call, attempt, retried=_busy, said="still busy")
        self._accepted(call, "delete", prior.identity)
        self._wait_until_deleted(client, prior.identity, call)

    def _wait_until_deleted(self, client: AwsClient, place: Mapping[str, Any], call: Call) -> None:
        def look() -> tuple[bool, str]:
            item = gone_is_none(lambda: self.described(client, place))
            if item is not None and item.get("status") == "DELETE_FAILED":
                raise Failed("The deletion failed", health(item), address=call.address)
            return item is None, "is DELETING"

        wait(call, look, at_most=self.minutes * 60)

    @override
    def find(self, client: AwsClient, planned: Values, call: Call) -> Observed | None:
        item = gone_is_none(lambda: self.described(client, self.place(planned)))
        if item is None:
            return None
        if not is_ours(item.get("tags"), call):
            name = "/".join(str(part) for part in self.place(planned).values())
            raise AlreadyExists("It exists already", f"{self.type} {name} is somebody else's.")
        return self.settled(client, planned, call)

    # -- what goes on by itself -------------------------------------------------------------------------------------

    def _accepted(self, call: Call, operation: str, values: Mapping[str, Any]) -> None:
        if self.lasting:
            call.accepted({"operation": operation, "place": dict(self.place(dict(values)))})

    @override
    def is_running(self, client: AwsClient, handle: Mapping[str, Any]) -> bool:
        place = handle["place"]
        if handle["operation"] == "update":
            update = gone_is_none(lambda: client.call("eks", "describe_update", **place)["update"])
            return update is not None and update["status"] == "InProgress"
        item = gone_is_none(lambda: self.described(client, place))
        return item is not None and item.get("status") == _RUNNING[handle["operation"]]

    @override
    def resume(self, client: AwsClient, handle: Mapping[str, Any], call: Call) -> None:
        place = handle["place"]
        match handle["operation"]:
            case "create":
                self.settled(client, dict(place), call)
            case "update":
                self._wait_updated(client, place, call)
            case "delete":
                self._wait_until_deleted(client, place, call)

    # -- updates ----------------------------------------------------------------------------------------------------

    def ask_update(self, client: AwsClient, call: Call, operation: str, place: Values, **parameters: Any) -> None:
        """Ask for a change that runs in the background, and wait for it."""

        def attempt() -> Any:
            return client.call("eks", operation, **place, **parameters)

        update = patiently(call, attempt, retried=_busy, said="still busy").get("update")
        if not update or "id" not in update:
            return
        named = {key: value for key, value in place.items() if key in ("nodegroupName", "addonName")}
        described = {"name": place.get("clusterName") or place["name"], "updateId": update["id"], **named}
        call.accepted({"operation": "update", "place": described})
        self._wait_updated(client, described, call)

    def _wait_updated(self, client: AwsClient, update: Mapping[str, Any], call: Call) -> None:
        def look() -> tuple[bool, str]:
            found = client.call("eks", "describe_update", **update)["update"]
            if found["status"] in ("Failed", "Cancelled"):
                reasons = "; ".join(str(each.get("errorMessage")) for each in found.get("errors", ()))
                raise Failed(f"The update {found['status'].lower()}", reasons, address=call.address)
            return found["status"] == "Successful", f"{found.get('type', 'update')} is {found['status']}"

        wait(call, look, at_most=60 * 60.0)

    def retag(self, client: AwsClient, arn: str, prior: Values, planned: Values) -> None:
        """Bring tags to what is planned."""
        put, drop = tag_changes(prior, planned, client)
        if put:
            client.call("eks", "tag_resource", resourceArn=arn, tags=put)
        if drop:
            client.call("eks", "untag_resource", resourceArn=arn, tagKeys=drop)


def health(item: Values) -> str:
    """What the service says is wrong."""
    issues = (item.get("health") or {}).get("issues") or ()
    reported = "; ".join(f"{issue.get('code')}: {issue.get('message')}" for issue in issues)
    return reported or "The service gives no reason."


def _role_not_seen(failure: ProviderError) -> bool:
    text = failure.detail.lower()
    return (
        code_of(failure) == "InvalidParameterException" and "role" in text and ("assum" in text or "not exist" in text)
    )


def _busy(failure: ProviderError) -> bool:
    """Another update is running, or what stands on it is still going away."""
    return code_of(failure) == "ResourceInUseException"
