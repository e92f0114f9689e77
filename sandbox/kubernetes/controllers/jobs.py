"""Jobs: pods until enough of them have succeeded."""

from __future__ import annotations

from sandbox.kubernetes.controllers.loop import owner_of
from sandbox.kubernetes.controllers.world import World, condition, pod_of
from sandbox.kubernetes.storage import Event

WATCHES = ("Job",)


def related(world: World, event: Event) -> list[tuple[str, str]]:
    """A pod of it changed."""
    return owner_of(world, event, "Job") if event.resource == ("", "pods") else []


def reconcile(world: World, namespace: str, name: str) -> None:
    """The next pods, and the end."""
    job = world.get("Job", namespace, name)
    if job is None or job["metadata"].get("deletionTimestamp"):
        return
    before = job.get("status") or {}
    if before.get("completionTime") or job["spec"].get("suspend"):
        return
    wanted = job["spec"].get("completions") or 1
    parallel = job["spec"].get("parallelism", 1)
    pods = world.owned("Pod", job)
    phases = [(pod.get("status") or {}).get("phase") for pod in pods]
    succeeded = phases.count("Succeeded")
    active = sum(phase not in ("Succeeded", "Failed") for phase in phases)
    for _ in range(min(parallel, wanted - succeeded) - active):
        pod = pod_of(job["spec"]["template"], f"{name}-", job)
        active += world.create("Pod", namespace, pod) is not None
    now = world.objects.now()
    status = {**before, "startTime": before.get("startTime", now), "uncountedTerminatedPods": {}}
    status |= {"active": active, "succeeded": succeeded, "ready": 0, "terminating": 0}
    status = {key: value for key, value in status.items() if value or key not in ("active", "succeeded")}
    if succeeded >= wanted:
        status["completionTime"] = now
        reported = ("CompletionsReached", "Reached expected number of succeeded pods")
        for word in ("SuccessCriteriaMet", "Complete"):
            status["conditions"] = condition(status, word, True, *reported, now)
            for one in status["conditions"]:
                one.setdefault("lastProbeTime", now)
    world.status("Job", job, status)
