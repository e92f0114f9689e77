"""`python -m tools.control_plane build` builds it (or says why not); `path` tells where it is."""

from __future__ import annotations

import subprocess
import sys

from tools.control_plane import build


def main(arguments: list[str]) -> int:
    if arguments == ["path"]:
        print(build.path())
        return 0
    if arguments != ["build"]:
        print("usage: python -m tools.control_plane build|path", file=sys.stderr)
        return 2
    if build.path().exists():
        print(f"The control plane is built: {build.path()}")
        return 0
    reason = build.missing()
    if reason:
        print(f"Skipped: the control plane is not built, since {reason}.")
        return 0
    print("Building etcd, kube-apiserver and kube-controller-manager; the first time takes some minutes.", flush=True)
    try:
        print(f"Built: {build.build()}")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        print(f"The control plane could not be built: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
