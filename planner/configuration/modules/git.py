"""Packages from git repositories, through the `git` command.

It is called with a list of arguments, without a prompt, without hooks, and for protocols that run no command. A
password in an address goes by the environment, so that it is in no process list.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit

from graph.addresses import suggest
from planner.configuration.modules.failures import failure
from planner.configuration.modules.sources import Source, redacted

TIMEOUT = 300
"""Seconds for one call of git."""
_REF = re.compile(r"(?!-)[\w./+@-]{1,250}")


class Git:
    """One repository. `environment` is the user's: credential helpers and ssh's settings are found through it."""

    def __init__(self, source: Source, environment: Mapping[str, str]) -> None:
        self._what = redacted(source.address)
        self._ref = source.options.get("ref", "")
        if self._ref and not _REF.fullmatch(self._ref):
            raise failure("Invalid ref", f'"{self._ref}" cannot be the name of a branch, a tag or a commit.')
        self._address, self._environment = _without_password(source.address, environment)
        protocols = self._environment["GIT_ALLOW_PROTOCOL"].split(":")
        self._submodules = {
            **self._environment,
            "GIT_ALLOW_PROTOCOL": ":".join(protocol for protocol in protocols if protocol != "file"),
        }

    def tags(self) -> dict[str, str]:
        """Every tag, and the commit that it names."""
        return self._refs("--tags")

    def fetch(self, revision: str, into: Path) -> str:
        """Write the files of a commit (or of the source's ref, or of what is checked out by default) into a folder.

        Gives the commit. Raises FreeholdError.
        """
        desired = revision or self._ref or "HEAD"
        self._git("init", "--quiet", "--", str(into), folder=into.parent)
        if not self._shallow(desired, into):
            everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
            self._git("fetch", "--quiet", "--", self._address, *everything, folder=into)
            desired = self._resolved(desired, into)
            self._git("checkout", "--quiet", "--detach", desired, folder=into)
        self._git("submodule", "--quiet", "update", "--init", "--recursive", "--depth=1", folder=into)
        commit = self._git("rev-parse", "HEAD", folder=into).strip()
        for inner in sorted(into.rglob(".git"), reverse=True):
            shutil.rmtree(inner) if inner.is_dir() else inner.unlink()
        return commit

    def _shallow(self, desired: str, into: Path) -> bool:
        """Only what is needed, where the server gives that; a commit is given by name by most, not by all."""
        command = ("fetch", "--quiet", "--depth=1", "--", self._address, desired)
        if self._run(command, into).returncode != 0:
            return False
        self._git("checkout", "--quiet", "--detach", "FETCH_HEAD", folder=into)
        return True

    def _resolved(self, desired: str, folder: Path) -> str:
        for name in (f"refs/remotes/origin/{desired}", f"refs/tags/{desired}", desired):
            found = self._run(("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"), folder)
            if found.returncode == 0:
                return found.stdout.strip()
        known = self._refs("--tags", "--heads")
        meant = suggest(desired, known)
        advice = f'Did you mean "{meant}"?' if meant else ""
        raise failure("No such ref", f'{self._what} has no branch, tag or commit "{desired}".', advice)

    def _refs(self, *kinds: str) -> dict[str, str]:
        found = {}
        for line in self._git("ls-remote", *kinds, "--", self._address, folder=Path()).splitlines():
            commit, _, name = line.partition("\t")
            found[name.split("/", 2)[-1].removesuffix("^{}")] = commit
        return found

    def _git(self, *arguments: str, folder: Path) -> str:
        done = self._run(arguments, folder)
        if done.returncode != 0:
            raise failure(
                "Cannot fetch module", f"git {arguments[0]} failed for {self._what}: {_redacted(done.stderr)}"
            )
        return done.stdout

    def _run(self, arguments: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
        command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false", *arguments]
        try:
            return subprocess.run(
                command,
                cwd=folder,
                # as git itself has it: a repository may not have others of this machine copied into it
                env=self._submodules if arguments[0] == "submodule" else self._environment,
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=TIMEOUT,
                check=False,
            )
        except FileNotFoundError as problem:
            detail = f"{self._what} is a git repository, and there is no git command here."
            raise failure("git is not installed", detail) from problem
        except subprocess.TimeoutExpired as problem:
            detail = f"git {arguments[0]} of {self._what} took over {TIMEOUT} seconds."
            raise failure("Cannot fetch module", detail) from problem


def _without_password(address: str, variables: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The address as it may stand in a process list, and the environment that git runs in."""
    parts = urlsplit(address)
    environment = {
        **{name: value for name, value in variables.items() if not name.startswith(("GIT_DIR", "GIT_WORK_TREE"))},
        "PATH": variables.get("PATH", os.defpath),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:ssh:file" + (":http" if parts.scheme == "http" else ""),
        "GIT_SSH_COMMAND": variables.get("GIT_SSH_COMMAND", "ssh -o BatchMode=yes"),
        "LC_ALL": "C",
    }
    secret = parts.username is not None and (parts.scheme != "ssh" or parts.password is not None)
    if not secret:
        return address, environment
    user, _, host = parts.netloc.rpartition("@")
    settings = int(variables.get("GIT_CONFIG_COUNT", "0") or 0)
    environment |= {
        "GIT_CONFIG_COUNT": str(settings + 1),
        f"GIT_CONFIG_KEY_{settings}": f"url.{parts.scheme}://{quote(user, safe=':%')}@{host}/.insteadOf",
        f"GIT_CONFIG_VALUE_{settings}": f"{parts.scheme}://{host}/",
    }
    return parts._replace(netloc=host).geturl(), environment


def _redacted(text: str) -> str:
    lines = [redacted(line.strip()) for line in text.splitlines() if line.strip()]
    return " ".join(lines[:3]) or "it says nothing more."
