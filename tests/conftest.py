"""What every test stands on: no network but loopback, and no settings of the person who runs them."""

from __future__ import annotations

import ipaddress
import os
import socket

import pytest
from hypothesis import HealthCheck, settings

from language.redaction import REDACTOR

_OUTSIDE = (
    "AWS_",
    "ARM_",
    "GOOGLE_",
    "KUBECONFIG",
    "FREEHOLD_VAR_",
    "FREEHOLD_PLAN_KEY",
    "TF_VAR_",
    "NO_COLOR",
    "FORCE_COLOR",
)
_connect = socket.socket.connect

# how long an example takes tells of the machine's load, and nothing of the code
settings.register_profile("freehold", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("freehold")


def _is_loopback(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded(self: socket.socket, address: object) -> None:
    if not _is_loopback(address):
        raise OSError(f"tests may reach loopback only, and this one tried {address}")
    return _connect(self, address)  # type: ignore[arg-type]


@pytest.fixture(autouse=True, scope="session")
def _loopback_only():
    socket.socket.connect = _guarded  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    monkeypatch.chdir(os.getcwd())  # and back, where a command of the test goes elsewhere
    for name in list(os.environ):
        if name.startswith(_OUTSIDE):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FREEHOLD_CACHE_DIR", "")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(autouse=True)
def _nothing_remembered():
    REDACTOR.forget()
