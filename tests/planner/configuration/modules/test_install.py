"""Packages of every kind come to the same folder, are pinned, and are what was pinned ever after."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from language.diagnostics import FreeholdError
from planner.configuration.modules import unpack
from planner.configuration.modules.git import Git
from planner.configuration.modules.install import Installed, Installer, newest
from planner.configuration.modules.sources import parse_source
from tests.planner.configuration.modules.support import MODULE, Repository, Web, serve_oci, tarred, web, zipped

Install = Callable[..., Installed]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "FREEHOLD_CACHE_DIR": str(tmp_path / "cache")}


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    (tmp_path / "stack").mkdir()
    return tmp_path / "stack"


@pytest.fixture
def server() -> Iterator[Web]:
    with web() as found:
        yield found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository")


@pytest.fixture
def installer(stack: Path, environment: dict[str, str]) -> Callable[..., Installer]:
    return lambda **options: Installer(stack, environment, **options)


def get(installer: Installer, source: str, version: str = "", stack: Path = Path()) -> Installed:
    return installer.install(source, version, folder=stack, package=Path("/"))


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def refused(installer: Installer, source: str, version: str = "") -> str:
    with pytest.raises(FreeholdError) as failure:
        get(installer, source, version)
    diagnostic = failure.value.diagnostics[0]
    return f"{diagnostic.summary}: {diagnostic.detail} {diagnostic.advice}"


class TestGit:
    @pytest.mark.parametrize("by", ["", "tag", "branch", "commit"])
    def test_a_ref_is_a_tag_a_branch_or_a_commit(
        self, repository: Repository, installer: Callable[..., Installer], by: str
    ) -> None:
        commit = repository.commit(MODULE, "v1.0.0")
        query = {"": "", "tag": "?ref=v1.0.0", "branch": "?ref=main", "commit": f"?ref={commit}"}[by]
        if by in ("tag", "commit"):
            repository.commit({"main.tf": "changed"})
        found = get(installer(), repository.url + query)
        assert files(found.folder) == MODULE
        assert os.access(found.folder / "run.sh", os.X_OK)
        assert not os.access(found.folder / "main.tf", os.X_OK)

    def test_a_folder_of_it(self, repository: Repository, installer: Callable[..., Installer]) -> None:
        repository.commit(MODULE)
        found = get(installer(), f"{repository.url}//sub")
        assert files(found.folder) == {"main.tf": MODULE["sub/main.tf"]}
        outside = installer().install("../", "", folder=found.folder, package=found.package)
        assert files(outside.folder) == MODULE
        with pytest.raises(FreeholdError, match="leads out of the package"):
            installer().install("../..", "", folder=found.folder, package=found.package)

    def test_a_version_is_the_newest_tag_that_fits(
        self, repository: Repository, installer: Callable[..., Installer]
    ) -> None:
        for version in ("v1.0.0", "v1.2.0", "v1.10.0", "v2.0.0", "v1.11.0-rc1", "other"):
            repository.commit({"main.tf": version}, version)
        found = get(installer(), repository.url, "~> 1.1")
        assert (found.version, files(found.folder)) == ("v1.10.0", {"main.tf": "v1.10.0"})
        told = refused(installer(), repository.url, "~> 3.0")
        assert "v2.0.0, v1.10.0" in told

    def test_a_submodule_copies_no_repository_of_this_machine(
        self, repository: Repository, tmp_path: Path, installer: Callable[..., Installer]
    ) -> None:
        private = Repository(tmp_path / "private")
        private.commit({"secret": "x"})
        repository.commit(MODULE)
        add = ("submodule", "--quiet", "add", f"file://{private.folder}", "inner")
        repository.git("-c", "protocol.file.allow=always", *add)
        repository.commit({})
        assert "Cannot fetch module" in refused(installer(), repository.url)

    def test_a_ref_that_is_not_there(self, repository: Repository, installer: Callable[..., Installer]) -> None:
        repository.commit(MODULE, "v1.0.0")
        assert 'Did you mean "v1.0.0"' in refused(installer(), f"{repository.url}?ref=v1.0.1")

    def test_no_repository(self, tmp_path: Path, installer: Callable[..., Installer]) -> None:
        assert "Cannot fetch module" in refused(installer(), f"git::file://{tmp_path}/nothing")

    def test_no_git(self, repository: Repository, stack: Path, environment: dict[str, str]) -> None:
        repository.commit(MODULE)
        assert "git is not installed" in refused(Installer(stack, {**environment, "PATH": "/nowhere"}), repository.url)

    def test_an_option_in_place_of_a_ref_is_refused(
        self, repository: Repository, installer: Callable[..., Installer]
    ) -> None:
        repository.commit(MODULE)
        assert "Invalid ref" in refused(installer(), f"{repository.url}?ref=--upload-pack=touch")

    def test_a_link_out_of_the_package_is_refused(
        self, repository: Repository, installer: Callable[..., Installer]
    ) -> None:
        (repository.folder / "link").symlink_to("/etc/passwd")
        repository.commit(MODULE)
        assert "leads out of it" in refused(installer(), repository.url)

    def test_a_password_is_in_no_argument_and_no_message(
        self, server: Web, tmp_path: Path, environment: dict[str, str], stack: Path
    ) -> None:
        calls = tmp_path / "bin"
        calls.mkdir()
        (calls / "git").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nexec /usr/bin/env -i true; exit 1\n')
        (calls / "git").chmod(0o755)
        source = f"git::http://user:s3cret@{server.host}/x.git"
        git = Git(parse_source(source), {**environment, "PATH": f"{calls}:{environment['PATH']}"})
        git.tags()
        assert "s3cret" not in (tmp_path / "calls").read_text()
        assert f"http://{server.host}/x.git" in (tmp_path / "calls").read_text()
        told = refused(Installer(stack, environment), source)
        assert "s3cret" not in told
        assert any(path.startswith("/x.git") for path, _ in server.seen)


class TestArchives:
    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("x.zip", zipped(MODULE)),
            ("x.tar.gz", tarred(MODULE)),
            ("x.tar.bz2", tarred(MODULE, "bz2")),
            ("x.tar.xz", tarred(MODULE, "xz")),
        ],
        ids=["zip", "gz", "bz2", "xz"],
    )
    def test_every_kind(self, server: Web, installer: Callable[..., Installer], name: str, data: bytes) -> None:
        server.put(f"/{name}", data)
        found = get(installer(), f"{server.url}/{name}")
        assert files(found.folder) == MODULE
        assert os.access(found.folder / "run.sh", os.X_OK)

    def test_the_same_content_is_the_same_package_however_it_came(
        self, server: Web, repository: Repository, installer: Callable[..., Installer]
    ) -> None:
        server.put("/x.zip", zipped(MODULE))
        repository.commit(MODULE)
        archive, clone = get(installer(), f"{server.url}/x.zip"), get(installer(), repository.url)
        assert archive.folder.samefile(clone.folder)

    def test_a_checksum(self, server: Web, installer: Callable[..., Installer]) -> None:
        import hashlib

        data = zipped(MODULE)
        server.put("/x.zip?checksum=", data)
        server.put("/x.zip", data)
        right = hashlib.sha256(data).hexdigest()
        assert get(installer(), f"{server.url}/x.zip?checksum=sha256:{right}").folder.is_dir()
        assert "Wrong checksum" in refused(installer(), f"{server.url}/x.zip?checksum=sha256:{'0' * 64}")

    @pytest.mark.parametrize(
        "data",
        [
            zipped({"../out": "x"}),
            zipped({"/out": "x"}),
            zipped({"a/../../out": "x"}),
            zipped({"a\\..\\..\\out": "x"}),
            tarred({"../out": "x"}),
            b"neither",
            b"PK\x05\x06" + b"\0" * 10,
            zipped(MODULE)[:-30],
            tarred(MODULE)[:40],
        ],
        ids=["up", "absolute", "through", "backslashes", "tar", "neither", "empty", "cut-zip", "cut-tar"],
    )
    def test_hostile_and_broken_ones_are_refused(
        self, server: Web, installer: Callable[..., Installer], data: bytes, tmp_path: Path
    ) -> None:
        server.put("/x.zip", data)
        assert "rchive" in refused(installer(), f"{server.url}/x.zip")
        assert not list(tmp_path.rglob("out"))

    @pytest.mark.parametrize("type_", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE])
    def test_links_and_devices_are_refused(
        self, server: Web, installer: Callable[..., Installer], type_: bytes
    ) -> None:
        entry = tarfile.TarInfo("x")
        entry.type, entry.linkname = type_, "/etc/passwd"
        server.put("/x.tar.gz", tarred({}, members=(entry,)))
        assert "refused" in refused(installer(), f"{server.url}/x.tar.gz")

    def test_a_bomb_is_stopped(
        self, server: Web, installer: Callable[..., Installer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(unpack, "MAX_BYTES", 1 << 20)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("big", b"\0" * (4 << 20))
        server.put("/x.zip", made.getvalue())
        assert "Module too large" in refused(installer(), f"{server.url}/x.zip")

    @pytest.mark.parametrize(("status", "word"), [(404, "Check the name"), (401, "Credentials"), (500, "500")])
    def test_what_a_server_refuses_is_told(
        self, server: Web, installer: Callable[..., Installer], status: int, word: str
    ) -> None:
        server.put("/x.zip", b"", status)
        assert word in refused(installer(), f"{server.url}/x.zip")

    def test_a_redirect_to_an_unencrypted_place_is_refused(
        self, server: Web, installer: Callable[..., Installer]
    ) -> None:
        server.put("/x.zip", b"", 302, Location="http://192.0.2.1/x.zip")
        assert "not encrypted" in refused(installer(), f"{server.url}/x.zip")
        server.put("/loop.zip", b"", 302, Location=f"{server.url}/loop.zip")
        assert "redirects too often" in refused(installer(), f"{server.url}/loop.zip")


def test_a_member_without_a_name(server: Web, installer: Callable[..., Installer]) -> None:
    archive = bytearray(zipped({"x": "content"}))
    local, central = archive.index(b"PK\3\4"), archive.index(b"PK\1\2")
    archive[local + 26 : local + 30] = b"\0\0\1\0"  # no name, and one byte more of extra field
    archive[central + 28 : central + 32] = b"\0\0\1\0"
    server.put("/x.zip", bytes(archive))
    assert "has no name" in refused(installer(), f"{server.url}/x.zip")


class TestOci:
    def test_a_tag_a_digest_and_a_version(self, server: Web, installer: Callable[..., Installer]) -> None:
        serve_oci(server, "a/net", {"1.0.0": zipped(MODULE), "1.5.0": zipped({"main.tf": "new"})})
        source = f"oci://{server.host}/a/net"
        assert files(get(installer(), f"{source}?tag=1.0.0").folder) == MODULE
        assert files(get(installer(), f"{source}//sub?tag=1.0.0").folder) == {"main.tf": MODULE["sub/main.tf"]}
        found = get(installer(), source, "~> 1.0")
        assert (found.version, files(found.folder)) == ("1.5.0", {"main.tf": "new"})
        digest = next(path for path in server.answers if "/manifests/sha256:" in path).rpartition("/")[2]
        assert files(get(installer(), f"{source}?digest={digest}").folder) == MODULE

    def test_a_token_is_asked_for(self, server: Web, installer: Callable[..., Installer]) -> None:
        challenge = f'Bearer realm="{server.url}/token",service="r",scope="repository:a/net:pull"'
        server.put("/v2/a/net/manifests/latest", b"", 401, WWW_Authenticate=challenge)
        server.put("/token?service=r&scope=repository%3Aa%2Fnet%3Apull", {"token": "t0ken"})
        refused(installer(), f"oci://{server.host}/a/net")
        asked = [headers.get("Authorization") for path, headers in server.seen if "manifests" in path]
        assert asked[:2] == [None, "Bearer t0ken"]

    def test_content_that_is_not_what_the_manifest_says(self, server: Web, installer: Callable[..., Installer]) -> None:
        serve_oci(server, "a/net", {"latest": zipped(MODULE)})
        blob = next(path for path in server.answers if "/blobs/" in path)
        server.put(blob, zipped({"main.tf": "other"}))
        assert "Wrong digest" in refused(installer(), f"oci://{server.host}/a/net")

    def test_what_is_no_module_package(self, server: Web, installer: Callable[..., Installer]) -> None:
        serve_oci(server, "a/net", {"latest": zipped(MODULE)}, "application/vnd.other")
        assert "Not a module package" in refused(installer(), f"oci://{server.host}/a/net")


class TestRegistry:
    @pytest.fixture
    def source(self, server: Web) -> str:
        server.put("/.well-known/terraform.json", {"modules.v1": "/modules/"})
        versions = [{"version": version} for version in ("1.0.0", "1.2.0", "2.0.0-beta1")]
        server.put("/modules/acme/net/aws/versions", {"modules": [{"versions": versions}]})
        for version in ("1.0.0", "1.2.0"):
            get_ = f"{server.url}/{version}.zip//inside?archive=zip"
            server.put(f"/modules/acme/net/aws/{version}/download", b"", 204, X_Terraform_Get=get_)
            server.put(f"/{version}.zip", zipped({"inside/main.tf": version, "inside/sub/main.tf": "s", "no": "x"}))
        return f"localhost:{server.host.partition(':')[2]}/acme/net/aws"

    def test_a_version_that_fits(self, source: str, installer: Callable[..., Installer]) -> None:
        found = get(installer(), source, "~> 1.0")
        assert (found.version, files(found.folder)) == ("1.2.0", {"main.tf": "1.2.0", "sub/main.tf": "s"})
        assert files(get(installer(), f"{source}//sub", "1.0.0").folder) == {"main.tf": "s"}

    def test_a_token_for_the_host(self, source: str, server: Web, stack: Path, environment: dict[str, str]) -> None:
        name = "TF_TOKEN_" + source.partition("/")[0].replace(":", "_")
        get(Installer(stack, {**environment, name: "t0ken"}), source, "1.0.0")
        authorized = {path for path, headers in server.seen if headers.get("Authorization") == "Bearer t0ken"}
        assert "/modules/acme/net/aws/versions" in authorized
        assert "/1.0.0.zip" not in authorized

    @pytest.mark.parametrize("answer", [b"{", b"[]", b'{"modules": []}'])
    def test_an_answer_of_another_kind(
        self, source: str, server: Web, installer: Callable[..., Installer], answer: bytes
    ) -> None:
        server.put("/modules/acme/net/aws/versions", answer)
        assert "Unexpected answer" in refused(installer(), source)


class TestPins:
    def test_what_is_pinned_needs_no_network(
        self, server: Web, installer: Callable[..., Installer], stack: Path
    ) -> None:
        server.put("/x.zip", zipped(MODULE))
        first = installer()
        get(first, f"{server.url}/x.zip")
        assert first.unpinned == [f"{server.url}/x.zip"]
        assert first.finish()
        asked = len(server.seen)
        again = installer()
        assert files(get(again, f"{server.url}/x.zip").folder) == MODULE
        assert (again.unpinned, again.finish(), len(server.seen)) == ([], False, asked)

    def test_a_branch_that_moved_stays_what_was_pinned(
        self, repository: Repository, installer: Callable[..., Installer], environment: dict[str, str]
    ) -> None:
        repository.commit({"main.tf": "old"})
        first = installer()
        get(first, repository.url)
        first.finish()
        repository.commit({"main.tf": "new"})
        environment["FREEHOLD_CACHE_DIR"] += "-of-another-machine"
        assert files(get(installer(), repository.url).folder) == {"main.tf": "old"}
        upgraded = installer(upgrade=True)
        assert files(get(upgraded, repository.url).folder) == {"main.tf": "new"}
        assert upgraded.finish()
        assert files(get(installer(), repository.url).folder) == {"main.tf": "new"}

    def test_an_archive_that_changed_is_refused(
        self, server: Web, installer: Callable[..., Installer], environment: dict[str, str]
    ) -> None:
        server.put("/x.zip", zipped(MODULE))
        first = installer()
        get(first, f"{server.url}/x.zip")
        first.finish()
        environment["FREEHOLD_CACHE_DIR"] += "-of-another-machine"
        server.put("/x.zip", zipped({**MODULE, "main.tf": "evil"}))
        assert "Module has changed" in refused(installer(), f"{server.url}/x.zip")

    def test_a_damaged_cache_is_fetched_again(self, server: Web, installer: Callable[..., Installer]) -> None:
        server.put("/x.zip", zipped(MODULE))
        first = installer()
        found = get(first, f"{server.url}/x.zip")
        first.finish()
        (found.folder / "main.tf").write_text("damaged")
        assert files(get(installer(), f"{server.url}/x.zip").folder) == MODULE

    def test_other_blocks_of_the_lock_file_are_kept(
        self, server: Web, installer: Callable[..., Installer], stack: Path
    ) -> None:
        (stack / "freehold.lock.hcl").write_text('chart "x" {\n  digest = "sha256:1"\n}\n')
        server.put("/x.zip", zipped(MODULE))
        first = installer()
        get(first, f"{server.url}/x.zip")
        assert first.finish()
        text = (stack / "freehold.lock.hcl").read_text()
        assert 'chart "x" {\n  digest = "sha256:1"\n}\n' in text
        assert f'module "{server.url}/x.zip" {{' in text
        assert (stack / "freehold.lock.hcl").stat().st_mode & 0o777 == 0o644
        last = installer()
        assert last.finish()
        assert "module" not in (stack / "freehold.lock.hcl").read_text()

    @pytest.mark.parametrize("text", ["module {", 'module "x" { digest = "sha256:1" }\n'])
    def test_a_damaged_lock_file_is_told(self, installer: Callable[..., Installer], stack: Path, text: str) -> None:
        (stack / "freehold.lock.hcl").write_text(text)
        assert refused(installer(), "https://example.com/x.zip")

    def test_two_runs_at_once(self, server: Web, stack: Path, environment: dict[str, str]) -> None:
        server.put("/x.zip", zipped(MODULE))
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: get(Installer(stack, environment), f"{server.url}/x.zip"), range(16)))
        assert len({each.folder for each in found}) == 1
        assert files(found[0].folder) == MODULE
        assert not list((Path(environment["FREEHOLD_CACHE_DIR"]) / "modules").glob(".fetching-*"))


@pytest.mark.parametrize(
    ("constraint", "version"),
    [("", "2.0.0"), (">= 1.0", "2.0.0"), ("~> 1.0", "1.10.0"), ("= 1.0.0", "1.0.0"), ("< 2, != 1.10.0", "1.9.0")],
)
def test_the_newest_version_that_fits(constraint: str, version: str) -> None:
    assert newest(["1.0.0", "1.9.0", "1.10.0", "2.0.0", "3.0.0-rc1", "latest"], constraint, "x") == version
