"""Services of type LoadBalancer: an address from the embedding cloud, and its end before the service's."""

from __future__ import annotations

from typing import Any

from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.objects import Write

WATCHES = ("Service",)
_CLEANUP = "service.kubernetes.io/load-balancer-cleanup"
Object = dict[str, Any]


def reconcile(world: World, namespace: str, name: str) -> None:
    """Ask the cloud for a load balancer, or give it back."""
    service = world.get("Service", namespace, name)
    if service is None or world.on_load_balancer is None:
        return
    held = _CLEANUP in (service["metadata"].get("finalizers") or ())
    wanted = service["spec"].get("type") == "LoadBalancer" and not service["metadata"].get("deletionTimestamp")
    if wanted and not (service.get("status") or {}).get("loadBalancer", {}).get("ingress"):
        _hold(world, service)
        hostname = world.on_load_balancer(name, namespace)
        live = world.get("Service", namespace, name)
        if live is not None:
            status = {**(live.get("status") or {}), "loadBalancer": {"ingress": [{"hostname": hostname}]}}
            world.status("Service", live, status)
    elif held and not wanted:
        if world.on_load_balancer_deleted is not None:
            world.on_load_balancer_deleted(name, namespace)
        if not service["metadata"].get("deletionTimestamp"):
            world.status("Service", service, {**(service.get("status") or {}), "loadBalancer": {}})
        world.objects.finalize(world.resource("Service"), namespace, name, _CLEANUP)


def _hold(world: World, service: Object) -> None:
    def held(live: Object) -> Object:
        finalizers = [*(live["metadata"].get("finalizers") or ())]
        if _CLEANUP not in finalizers:
            finalizers.append(_CLEANUP)
        return {**live, "metadata": {**live["metadata"], "finalizers": finalizers}}

    metadata = service["metadata"]
    write = Write("kube-controller-manager", field_validation="Ignore")
    world.objects.change(world.resource("Service"), metadata["namespace"], metadata["name"], held, write)
