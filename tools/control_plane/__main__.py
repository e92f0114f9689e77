"""`python -m tools.control_plane build` builds it (or says why not); `path` tells where it is."""

from __future__ import annotations

import subprocess
import sys

import click

from tools.control_plane import build


def main(arguments: list[str]) -> int:
    """Build, print the path, or run; the exit code."""
    if arguments == ["path"]:
        click.echo(build.path())
        return 0
    if arguments != ["build"]:
        click.echo("usage: python -m tools.control_plane build|path", err=True)
        return 2
    if build.path().exists():
        click.echo(f"The control plane is built: {build.path()}")
        return 0
    reason = build.missing()
    if reason:
        click.echo(f"Skipped: the control plane is not built, since {reason}.")
        return 0
    click.echo("Building etcd, kube-apiserver and kube-controller-manager; the first time takes some minutes.")
    try:
        click.echo(f"Built: {build.build()}")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        click.echo(f"The control plane could not be built: {failure}", err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
