"""Builds the binary once a machine: `path()` tells where it is, `build()` makes it.

The modules are those of Kubernetes itself: its own go.mod names the staging modules that have to be replaced by their
published versions. Takes some eight minutes and 2 GB of memory the first time.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

KUBERNETES = "1.35.4"
ETCD = "3.6.5"
TIMEOUT = 45 * 60
MINIMUM_GO = (1, 25)
_MAIN = Path(__file__).with_name("main.go")


def cache() -> Path:
    """Where built binaries are kept."""
    base = os.environ.get("FREEHOLD_CACHE")
    if base:
        return Path(base) / "control-plane"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "freehold" / "control-plane"


def path() -> Path:
    """Where the binary for these versions is, or will be."""
    key = hashlib.sha256(f"{KUBERNETES} {ETCD} {_MAIN.read_text()}".encode()).hexdigest()[:16]
    return cache() / key / "control-plane"


def missing() -> str:
    """Why it cannot be built here, or an empty text."""
    go = shutil.which("go")
    if go is None:
        return "Go is not installed"
    message = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, timeout=60, check=False).stdout
    found = re.match(r"go(\d+)\.(\d+)", message)
    if found is None or (int(found.group(1)), int(found.group(2))) < MINIMUM_GO:
        return f"Go {MINIMUM_GO[0]}.{MINIMUM_GO[1]} or newer is needed, and here is {message.strip() or 'none'}"
    return ""


def build() -> Path:
    """Build it unless it is there; of several builders at once one builds. Raises CalledProcessError."""
    target = path()
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target.parent / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                os.replace(_compile(Path(folder)), target)
    return target


def _compile(folder: Path) -> Path:
    shutil.copy(_MAIN, folder / "main.go")
    minor = ".".join(KUBERNETES.split(".")[1:])
    (folder / "go.mod").write_text(_module(folder, minor))
    version = "k8s.io/component-base/version"
    stamps = {"gitVersion": f"v{KUBERNETES}", "gitMajor": "1", "gitMinor": minor.split(".")[0]}
    flags = " ".join(["-s -w", *(f"-X {version}.{name}={value}" for name, value in stamps.items())])
    _go(folder, "build", "-ldflags", flags, "-o", "control-plane", ".")
    return folder / "control-plane"


def _module(folder: Path, minor: str) -> str:
    """go.mod: Kubernetes, etcd, and a replacement for each staging module that Kubernetes' own go.mod replaces."""
    (folder / "go.mod").write_text("module control-plane\n\ngo 1.25\n")
    message = json.loads(_go(folder, "mod", "download", "-json", f"k8s.io/kubernetes@v{KUBERNETES}"))
    own = Path(message["GoMod"]).read_text()
    staging = sorted(set(re.findall(r"^\s*(k8s\.io/[\w-]+) => \./staging/", own, re.MULTILINE)))
    language = re.search(r"^go (\S+)", own, re.MULTILINE)
    lines = [
        "module control-plane",
        f"go {language.group(1) if language else '1.25.0'}",
        "require (",
        f"\tk8s.io/kubernetes v{KUBERNETES}",
        f"\tk8s.io/component-base v0.{minor}",
        f"\tgo.etcd.io/etcd/server/v3 v{ETCD}",
        ")",
        *(f"replace {module} => {module} v0.{minor}" for module in staging),
    ]
    return "\n".join(lines) + "\n"


def _go(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    go = shutil.which("go") or "go"
    done = subprocess.run(
        [go, *arguments], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, timeout=TIMEOUT, check=True
    )
    return done.stdout
