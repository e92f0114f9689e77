"""What sources say. The accepted forms and what they mean are those of Terraform's "Module Sources"."""

from __future__ import annotations

import pytest

from language.diagnostics import FreeholdError
from planner.configuration.modules.sources import Source, parse_source, redacted


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("./net", Source("local", "./net")),
        ("../net", Source("local", "../net")),
        ("hashicorp/consul/aws", Source("registry", "registry.terraform.io/hashicorp/consul/aws")),
        (
            "example.com:8443/a/b/c//modules/x",
            Source("registry", "example.com:8443/a/b/c", "modules/x"),
        ),
        ("github.com/hashicorp/example", Source("git", "https://github.com/hashicorp/example.git")),
        (
            "github.com/hashicorp/example//sub/dir?ref=v1",
            Source("git", "https://github.com/hashicorp/example.git", "sub/dir", {"ref": "v1"}),
        ),
        ("git@github.com:hashicorp/example.git", Source("git", "ssh://git@github.com/hashicorp/example.git")),
        ("bitbucket.org/a/b", Source("git", "https://bitbucket.org/a/b.git")),
        ("git::https://example.com/vpc.git", Source("git", "https://example.com/vpc.git")),
        (
            "git::ssh://user@example.com/storage.git?ref=v1.2.0&depth=1",
            Source("git", "ssh://user@example.com/storage.git", "", {"ref": "v1.2.0", "depth": "1"}),
        ),
        ("git::user@example.com:storage.git", Source("git", "ssh://user@example.com/storage.git")),
        (
            "git::https://example.com/network.git//modules/vpc?ref=v1.2.0",
            Source("git", "https://example.com/network.git", "modules/vpc", {"ref": "v1.2.0"}),
        ),
        ("https://example.com/vpc.zip", Source("archive", "https://example.com/vpc.zip")),
        (
            "https://example.com/get//a?archive=zip&token=1",
            Source("archive", "https://example.com/get?token=1", "a", {"archive": "zip"}),
        ),
        (
            "oci://example.com/repo/name//a?tag=1.0.0",
            Source("oci", "oci://example.com/repo/name", "a", {"tag": "1.0.0"}),
        ),
    ],
)
def test_each_form_is_understood(text: str, source: Source) -> None:
    assert parse_source(text) == source


@pytest.mark.parametrize(
    "text",
    [
        "",
        "net",
        "modules/net",
        "/absolute/path",
        "a/b/c/d",
        "http://example.com/x.zip",
        "git::http://example.com/x.git",
        "git::ext::sh -c true",
        "git::ext://x",
        "https://example.com/page",
        "s3::https://bucket/x.zip",
        "hg::https://example.com/x",
        "github.com/onlyone",
        "https://example.com/x.zip//../y",
        "oci://example.com/x//../y",
    ],
)
def test_what_is_no_source_is_refused(text: str) -> None:
    with pytest.raises(FreeholdError) as failure:
        parse_source(text)
    assert failure.value.diagnostics[0].summary == "Invalid module source"


def test_passwords_are_shown_nowhere() -> None:
    source = parse_source("git::https://user:s3cret@example.com/x.git?ref=v1")
    assert source.package == "git::https://example.com/x.git?ref=v1"
    assert "s3cret" not in redacted("fatal: unable to access 'https://u:s3cret@example.com/'")
    with pytest.raises(FreeholdError) as failure:
        parse_source("http://user:s3cret@example.com/x.zip")
    assert "s3cret" not in str(failure.value)


@pytest.mark.parametrize(
    ("text", "package"),
    [
        ("git::https://s3cretToken@example.com/x.git", "git::https://example.com/x.git"),
        ("git::https://user:s3cret@b@example.com/x.git", "git::https://example.com/x.git"),
        ("git::ssh://git:s3cret@example.com/x.git", "git::ssh://git@example.com/x.git"),
        ("git@example.com:x.git", "git::ssh://git@example.com/x.git"),
        ("https://example.com/x.zip?token=s3cret", "https://example.com/x.zip?token=***"),
        ("https://example.com/x.zip?v=1&X-Amz-Signature=s3cret", "https://example.com/x.zip?v=1&X-Amz-Signature=***"),
        ("https://example.com/x.zip?x=s3cret-that-is-long-enough", "https://example.com/x.zip?x=***"),
        ("git::https://example.com/x.git?sshkey=s3cret", "git::https://example.com/x.git?sshkey=***"),
    ],
)
def test_what_pins_a_package_holds_no_secret(text: str, package: str) -> None:
    assert parse_source(text).package == package
    assert (
        redacted(f"fatal: cannot read '{text}', and more") == f"fatal: cannot read '{_shown(text, package)}', and more"
    )


def _shown(text: str, package: str) -> str:
    return text if "://" not in text else package


@pytest.mark.parametrize(
    "text", ["oci://", "oci://host", "https:///x.zip", "https://u:s3c/ret@h/x.zip", "./\0", "./" + "x" * 5000]
)
def test_odd_texts_are_no_sources(text: str) -> None:
    with pytest.raises(FreeholdError) as failure:
        parse_source(text)
    (found,) = failure.value.diagnostics
    assert found.summary == "Invalid module source"
    assert found.detail.isprintable()
    assert "s3c" not in found.detail
    assert len(found.detail) < 500
