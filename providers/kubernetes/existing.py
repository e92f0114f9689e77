"""What is on the cluster under a name: whose it is, and the wait until it is gone."""

from __future__ import annotations

from providers.contract import Call, Existing, Values
from providers.contract.errors import Failed
from providers.kubernetes.answers import Refused
from providers.kubernetes.client import KubernetesClient
from providers.kubernetes.deletion import deletion
from providers.kubernetes.discovery import Resource
from providers.kubernetes.lineage import Owner


def existing(owner: Owner, call: Call, *, adopt: bool) -> Existing:
    """What the owner of an object means for a call that would create one of its name."""
    if owner.is_stack_of(call):
        return Existing("this stack", adopted=True, deletion=owner.deletion)
    if owner.lineage:
        advice = (
            "One object belongs to one stack. To move it here, take it out of that one with a removed block "
            "(destroy = false), and import it here as a kubernetes_manifest."
        )
        return Existing(owner.text, advice=advice, deletion=owner.deletion)
    advice = "Set adopt = true in its app to take it over as it is, or remove it."
    return Existing(owner.text, adopted=adopt, advice=advice, deletion=owner.deletion)


def looked_at(
    client: KubernetesClient, resource: Resource, namespace: str | None, name: str, address: str
) -> Values | None:
    """The object as it is, or None. Raises ProviderError."""
    try:
        return client.get(resource, namespace, name)
    except Refused as refused:
        raise refused.error(address) from refused


def wait_until_gone(
    client: KubernetesClient,
    resource: Resource,
    namespace: str | None,
    name: str,
    uid: object,
    seconds: float,
    call: Call,
) -> None:
    """Wait until the object that is being deleted is not there any more; of another `uid` it is another one, where that
    is given. Raises Failed, with what holds it, when that takes too long or is given up."""
    deadline = call.clock.monotonic() + seconds
    pause = 0.02
    while True:
        live = looked_at(client, resource, namespace, name, call.address)
        held = "" if live is None else deletion(live)
        if live is None or (live["metadata"]["uid"] != uid if uid is not None else not held):
            return
        call.progress(f"is being deleted {held}".rstrip())
        if call.clock.monotonic() > deadline or call.cancelled.is_set():
            detail = f"{resource.kind} {name} is being deleted {held}."
            advice = "Find out why what holds it does not let go of it. The next run waits for it again."
            raise Failed("The object is still there", detail, address=call.address, advice=advice)
        call.clock.sleep(pause)
        pause = min(pause * 1.6, 2.0)
