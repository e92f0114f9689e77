"""Kubeconfigs do what kubectl does with them, or are refused: nobody goes on anonymously, nothing goes in the clear."""

from __future__ import annotations

import base64
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
import yaml

from language.redaction import REDACTOR
from providers.contract import Environment
from providers.contract.errors import AccessDenied, ProviderError, Unreachable
from providers.kubernetes import kubeconfig
from providers.kubernetes.connection import configured
from providers.kubernetes.proxy import proxy_of

TOKEN = "canary-of-a-token"


def document(user: dict | None = None, *, server: str = "https://cluster.example", **cluster: object) -> dict:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "main",
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": user or {}}],
        "contexts": [{"name": "main", "context": {"cluster": "c", "user": "u"}}],
    }


@pytest.fixture
def environment(tmp_path):
    return Environment(variables={"PATH": os.environ["PATH"]}, directory=tmp_path)


def opened(tmp_path, environment, content):
    """The client of a kubeconfig with this content."""
    (tmp_path / "config").write_text(content if isinstance(content, str) else json.dumps(content))
    return configured({"config_path": "config"}, environment)


def sent(client) -> dict[str, list[str]]:
    """The headers of a request of the client."""
    seen = {}

    def request(method, url, headers, **_):
        seen.update({name: headers.getlist(name) for name in headers})
        return SimpleNamespace(status=200, data=b'{"kind": "Status"}', headers={})

    client._pool = SimpleNamespace(request=request)
    client.request("GET", "/")
    return seen


def plugin(tmp_path, body: str, **more: object) -> dict:
    """A user whose credentials a script prints."""
    script = tmp_path / "plugin"
    script.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{body}\n")
    script.chmod(stat.S_IRWXU)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "./plugin", **more}}


PRINT = 'print(json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": %s}))'


def test_a_token_is_a_bearer(tmp_path, environment):
    assert sent(opened(tmp_path, environment, document({"token": TOKEN})))["Authorization"] == [f"Bearer {TOKEN}"]


def test_a_password_is_basic(tmp_path, environment):
    client = opened(tmp_path, environment, document({"username": "jo", "password": "canary-pw"}))

    assert sent(client)["Authorization"] == ["Basic " + base64.b64encode(b"jo:canary-pw").decode()]


def test_a_token_file_goes_before_the_token_and_may_end_in_a_newline(tmp_path, environment):
    (tmp_path / "token").write_text(f"{TOKEN}-2\n")
    client = opened(tmp_path, environment, document({"token": TOKEN, "tokenFile": "token"}))

    assert sent(client)["Authorization"] == [f"Bearer {TOKEN}-2"]


@pytest.mark.parametrize(
    "user",
    [
        {"token": f"{TOKEN}\nX-Header: 1"},
        {"token": f"{TOKEN}\n"},
        {"token": f"{TOKEN}\u20ac"},
        {"tokenFile": "token"},
        {"token": TOKEN, "as": "canary-of-a-name\r\nX: 1"},
    ],
)
def test_what_no_header_can_have_is_refused_and_not_shown(tmp_path, environment, user):
    (tmp_path / "token").write_text(f"{TOKEN}\n{TOKEN}\n")

    with pytest.raises(AccessDenied) as failure:
        sent(opened(tmp_path, environment, document(user)))

    assert failure.value.summary == "Credentials cannot be sent"
    assert "canary" not in failure.value.detail


def test_a_token_is_remembered_as_a_secret(tmp_path, environment):
    sent(opened(tmp_path, environment, document({"token": TOKEN})))

    assert TOKEN not in REDACTOR.redact(f"a server that echoes {TOKEN}")


def test_impersonation_is_asked_for(tmp_path, environment):
    user = {
        "token": TOKEN,
        "as": "jane",
        "as-groups": ["dev", "ops"],
        "as-uid": "7",
        "as-user-extra": {"Scopes/x": ["view"]},
    }
    headers = sent(opened(tmp_path, environment, document(user)))

    assert headers["Impersonate-User"] == ["jane"]
    assert headers["Impersonate-Group"] == ["dev", "ops"]
    assert headers["Impersonate-Uid"] == ["7"]
    assert headers["Impersonate-Extra-scopes%2Fx"] == ["view"]


def test_an_exec_plugin_gives_the_token_and_knows_the_cluster(tmp_path, environment):
    body = 'info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])\n' + PRINT % (
        '{"token": info["spec"]["cluster"]["server"] + os.environ["EXTRA"] + sys.argv[1]}'
    )
    user = plugin(tmp_path, body, provideClusterInfo=True, args=["-z"], env=[{"name": "EXTRA", "value": "-y"}])

    assert sent(opened(tmp_path, environment, document(user)))["Authorization"] == [
        "Bearer https://cluster.example-y-z"
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('print("please log in", file=sys.stderr); sys.exit(3)', "code 3: please log in"),
        ('print("<html>")', "is no JSON"),
        ("print('[]')", "no ExecCredential"),
        ("print(json.dumps({'kind': 'ExecCredential', 'apiVersion': 'v7', 'status': {'token': 'x'}}))", "apiVersion"),
        (PRINT % "{}", "neither a token"),
        (PRINT % '{"token": 5}', "no text"),
        (PRINT % '{"token": "x", "expirationTimestamp": "soon"}', "RFC 3339"),
        (PRINT % '{"clientCertificateData": "x"}', "neither a token"),
    ],
)
def test_a_plugin_that_fails_is_an_error_and_nobody_goes_on_anonymously(tmp_path, environment, body, said):
    with pytest.raises(AccessDenied) as failure:
        opened(tmp_path, environment, document(plugin(tmp_path, body)))

    assert said in failure.value.detail


def test_a_plugin_that_is_not_there_says_how_to_install_it(tmp_path, environment):
    user = {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": "no-such", "installHint": "apt it"}}

    with pytest.raises(AccessDenied) as failure:
        opened(tmp_path, environment, document(user))

    assert failure.value.advice == "apt it"


def test_a_plugin_that_hangs_is_ended_with_all_that_it_started(tmp_path, environment, monkeypatch):
    from providers.kubernetes import exec_plugin

    body = 'import subprocess\nsubprocess.Popen(["sleep", "60"])\ntime.sleep(60)'
    (tmp_path / "config").write_text(json.dumps(document(plugin(tmp_path, body))))
    found = kubeconfig.read("config", None, environment)
    begun = time.monotonic()

    with pytest.raises(AccessDenied) as failure:
        exec_plugin.run(found.credentials.plugin, found, environment.variables, timeout=0.5)

    assert "no answer in 0.5 seconds" in failure.value.detail
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "user", [{"token": TOKEN}, {"username": "a", "password": "b"}, {"as": "x"}, {"tokenFile": "t"}]
)
def test_credentials_are_never_sent_in_the_clear(tmp_path, environment, user):
    with pytest.raises(AccessDenied) as failure:
        opened(tmp_path, environment, document(user, server="http://cluster.example"))

    assert failure.value.summary == "Credentials would be sent in the clear"
    assert TOKEN not in failure.value.detail


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "5",
        "",
        "{",
        "[" * 5000,
        "clusters: 5",
        "clusters: [5]",
        "current-context: [a]",
        document(server=5),
        document(server=""),
        document(server="cluster.example:443/x y"),
        document({"exec": 5}),
        document({"exec": {}}),
        document({"exec": {"command": "x", "args": 5}}),
        document({"exec": {"command": "x", "interactiveMode": "Maybe"}}),
        document({"token": ["x"]}),
        document({"auth-provider": {"name": "gcp"}}),
        document({"client-certificate-data": "%%"}),
        document({"client-certificate-data": "YQ=="}),
        document({"client-certificate": "no-such", "client-key": "no-such"}),
        document({"client-certificate-data": "YQ==", "client-key-data": "YQ=="}),
        document({"as-groups": ["x"]}),
        document({"tokenFile": "no-such"}),
        document(**{"certificate-authority-data": "YQ=="}),
        {**document(), "current-context": "other"},
        {**document(), "users": []},
        {**document(), "clusters": []},
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(tmp_path, environment, content):
    with pytest.raises(ProviderError) as failure:
        sent(opened(tmp_path, environment, content))

    assert failure.value.summary
    assert failure.value.detail


def test_an_unverified_server_is_refused(tmp_path, environment):
    with pytest.raises(Unreachable):
        opened(tmp_path, environment, document({"token": TOKEN}, **{"insecure-skip-tls-verify": True}))


def test_the_proxy_of_the_kubeconfig_is_used_and_its_password_not_shown(tmp_path, environment):
    client = opened(tmp_path, environment, document(**{"proxy-url": "http://jo:canary@proxy.example:3128"}))

    assert client._pool.proxy.url == "http://proxy.example:3128"
    assert client._pool.proxy_headers == {"proxy-authorization": "Basic " + base64.b64encode(b"jo:canary").decode()}
    with pytest.raises(Unreachable) as failure:
        opened(tmp_path, environment, document(**{"proxy-url": "socks5://jo:canary@proxy.example"}))
    assert "canary" not in failure.value.detail


@pytest.mark.parametrize(
    ("server", "excepted", "used"),
    [
        ("https://a.example.com", "", True),
        ("https://a.example.com", "example.com", False),
        ("https://a.example.com", ".example.com", False),
        ("https://a.example.com", "ample.com", True),
        ("https://10.1.2.3", "10.0.0.0/8", False),
        ("https://10.1.2.3", "11.0.0.0/8,localhost", True),
        ("https://a.example.com", "*", False),
        ("https://127.0.0.1:6443", "", False),
        ("https://localhost:6443", "", False),
    ],
)
def test_the_environments_proxy_is_used_but_for_its_exceptions(server, excepted, used):
    found = proxy_of(server, {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": excepted})

    assert found == ("http://proxy:3128" if used else "")


def merged_files(tmp_path):
    """Two files that say different things of the same names."""
    one = document({"token": "one"}, server="https://one.example")
    del one["current-context"]
    two = document({"token": "two"}, server="https://two.example")
    two["clusters"].append({"name": "d", "cluster": {"server": "https://d.example", "certificate-authority": "ca.pem"}})
    two["contexts"].append({"name": "other", "context": {"cluster": "d", "user": "u"}})
    (tmp_path / "sub").mkdir()
    (tmp_path / "one").write_text(yaml.safe_dump(one))
    (tmp_path / "sub" / "two").write_text(yaml.safe_dump(two))
    return f"{tmp_path}/one{os.pathsep}{tmp_path}/missing{os.pathsep}{tmp_path}/sub/two"


@pytest.mark.parametrize("context", [None, "main", "other"])
@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed here")
def test_several_files_are_merged_as_kubectl_merges_them(tmp_path, context):
    files = merged_files(tmp_path)
    (tmp_path / "sub" / "ca.pem").write_text("pem")
    named = ["--context", context] if context else []
    done = subprocess.run(
        ["kubectl", "config", "view", "--minify", "--raw", "-o", "json", *named],
        env={"PATH": os.environ["PATH"], "KUBECONFIG": files, "HOME": str(tmp_path)},
        capture_output=True,
        check=True,
        timeout=30,
    )
    theirs = json.loads(done.stdout)

    ours = kubeconfig.read(files, context, Environment(variables={}, directory=tmp_path))

    assert ours.server == theirs["clusters"][0]["cluster"]["server"]
    assert ours.credentials.token == theirs["users"][0]["user"]["token"]


def test_nothing_secret_is_in_what_is_printed_of_it():
    found = kubeconfig.Credentials(token=TOKEN, password=TOKEN, key=TOKEN)

    assert TOKEN not in repr(found)
