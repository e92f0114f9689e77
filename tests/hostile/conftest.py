"""Which of the hostile cases run, and what each of them runs in.

Every case has a name that does not depend on the draw. FREEHOLD_SHARE: how many percent of each test's cases are drawn,
FREEHOLD_SEED: by which seed. A case that is named on the command line runs whatever is drawn:
`pytest "tests/hostile/test_answers.py::test_plan[NAME]"`.
"""

from __future__ import annotations

import itertools
import math
import os
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import urllib3
import yaml
from botocore.loaders import Loader

from language import bodies
from sandbox.aws.credentials import ADMIN_ACCESS_KEY, ADMIN_SECRET_KEY
from sandbox.process import Sandbox
from tests.conformance.kubernetes import clusters
from tests.hostile.clusters import STACK, Reached, kubeconfig
from tests.hostile.front import Front
from tests.hostile.running import Freehold, shortened_time

HERE = Path(__file__).parent
SHARE = float(os.environ.get("FREEHOLD_SHARE", "10"))
SEED = os.environ.get("FREEHOLD_SEED", "1")
_MODELS = Loader()
ROOM = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the cases that are drawn, in their order, and each test that is no set of cases."""
    if any("[" in argument for argument in config.args):
        return
    sets = defaultdict(list)
    for item in items:
        if HERE in item.path.parents and hasattr(item, "callspec"):
            sets[item.nodeid.partition("[")[0]].append(item)
    left: set[pytest.Item] = set()
    for name, cases in sets.items():
        drawn = random.Random(f"{SEED} {name}").sample(cases, math.ceil(len(cases) * SHARE / 100))
        left |= set(cases) - set(drawn)
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How what was drawn is drawn again, and a case alone."""
    terminalreporter.write_line(f"Cases drawn: SHARE={SHARE:g} SEED={SEED}")
    if terminalreporter.stats.get("failed"):
        terminalreporter.write_line("One of them again: .venv/bin/python -m pytest 'FILE::TEST[CASE]', as named above")


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for a stack, which is the working directory; its temporary files and its home are beside it."""
    with tempfile.TemporaryDirectory(prefix="hostile-", dir=ROOM) as room:
        for name in ("stack", "tmp", "home", "cache"):
            Path(room, name).mkdir()
        monkeypatch.chdir(Path(room, "stack"))
        monkeypatch.setenv("HOME", f"{room}/home")
        monkeypatch.setenv("TMPDIR", f"{room}/tmp")
        monkeypatch.setattr(tempfile, "tempdir", f"{room}/tmp")
        yield Path(room, "stack")


@pytest.fixture
def freehold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Freehold:
    """`freehold("plan")` runs a command in this process, in `folder`: see `Freehold`."""
    return Freehold(folder)


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Time passes by sleeping alone, at once: the seconds of each sleep."""
    with shortened_time() as slept:
        yield slept


_numbers = itertools.count(1)


@pytest.fixture
def number() -> int:
    """A number that no other case of this process has."""
    return next(_numbers)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """The sandbox's AWS, in this process."""
    made = Sandbox(0, 100_000, None, "")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def aws_front(sandbox: Sandbox) -> Iterator[Front]:
    """The front of the sandbox's AWS."""
    pool = urllib3.PoolManager(maxsize=32)

    def forward(
        method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        url = f"http://127.0.0.1:{sandbox.port}{path}"
        answer = pool.request(method, url, body=body, headers=headers, retries=False, redirect=False)
        return answer.status, answer.headers, answer.data

    made = Front(forward)
    yield made
    made.close()


@pytest.fixture
def aws(aws_front: Front, waited: list[float], monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    """The front, where AWS's clients look for AWS. Services' models are read once, and answers are of 8 MiB."""
    aws_front.honest()
    monkeypatch.setattr(bodies, "LARGEST", 8 << 20)
    monkeypatch.setattr("botocore.loaders.create_loader", lambda *_: _MODELS)
    for name, value in {
        "AWS_ENDPOINT_URL": aws_front.endpoint,
        "AWS_ACCESS_KEY_ID": ADMIN_ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": ADMIN_SECRET_KEY,
        "AWS_REGION": "eu-west-1",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    yield aws_front
    aws_front.honest()


@pytest.fixture(scope="session")
def cluster_front() -> Iterator[Front]:
    """The front of the sandbox's API server, which it reaches as the administrator."""
    with clusters.sandbox() as cluster:
        token = yaml.safe_load(cluster.kubeconfig.read_text())["users"][0]["user"]["token"]
        pool = urllib3.PoolManager(maxsize=32, ca_cert_data=cluster.client.authority, cert_reqs="CERT_REQUIRED")

        def forward(
            method: str, path: str, headers: Mapping[str, str], body: bytes
        ) -> tuple[int, Mapping[str, str], bytes]:
            kept = {name: text for name, text in headers.items() if name.lower() in ("accept", "content-type")}
            kept["Authorization"] = f"Bearer {token}"
            answer = pool.request(method, cluster.client.endpoint + path, body=body, headers=kept, retries=False)
            return answer.status, answer.headers, answer.data

        front = Front(forward)
        yield front
        front.close()


@pytest.fixture
def kubernetes(
    freehold: Freehold, cluster_front: Front, number: int, waited: list[float], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Reached]:
    """A stack of objects in a namespace of its own, not yet applied. Answers are of 8 MiB."""
    cluster_front.honest()
    monkeypatch.setattr(bodies, "LARGEST", 8 << 20)
    freehold.write(kubeconfig(cluster_front.endpoint), "kubeconfig")
    freehold.write(STACK.replace("NAMESPACE", f"web-{number}"))
    yield Reached(freehold, cluster_front, f"web-{number}")
    cluster_front.honest()
