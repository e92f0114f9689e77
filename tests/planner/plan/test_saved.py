"""Plan files: what is written, who may have written it, and what becomes of damaged and hostile ones."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import zlib
from pathlib import Path

import pytest

import cli
from language.diagnostics import FreeholdError
from language.schema import Schema, computed, optional
from language.types import STRING
from planner.plan.saved import open_plan
from state.snapshot import decode
from tests.corruptions import COUNT, SEED, with_wrong_bytes, with_wrong_values
from tests.planner.made_provider import Made

FORMATS = Path(__file__).parents[2] / "state" / "formats"
STACK = """
variable "key" {
  sensitive = true
  default   = "hunter2"
}
resource "terraform_data" "a" { input = { key = var.key, zones = toset(["x"]) } }
resource "terraform_data" "b" { input = [terraform_data.a.id, terraform_data.a.output] }
output "id" { value = terraform_data.b.id }
"""


@pytest.fixture
def stack(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.hcl").write_text(STACK)
    return tmp_path


@pytest.fixture
def run(stack, capsys):
    """`run("apply", "plan")`: the exit code and all that was printed."""

    def run(*arguments):
        capsys.readouterr()
        code = cli.main([*arguments, "-input=false", "-no-color"])
        told = capsys.readouterr()
        return code, re.sub(r"\s+", " ", told.out + told.err.replace("│", " "))

    return run


@pytest.fixture
def planned(run):
    assert run("plan", "-out=plan")[0] == 0
    return Path("plan")


@pytest.fixture
def applied(run):
    """A state is there, and a plan upon it."""
    assert run("apply", "-auto-approve")[0] == 0
    Path("main.hcl").write_text(STACK + 'resource "terraform_data" "c" { input = var.key }\n')
    assert run("plan", "-out=plan")[0] == 0
    return Path("plan")


def sealed(said: bytes, end: bytes = b"no hmac") -> bytes:
    """The bytes of a plan file whose checksum is right."""
    content = b"freehold plan 2\n" + zlib.compress(said)
    return b"%s\nsha256 %s\n%s\n" % (content, hashlib.sha256(content).hexdigest().encode(), end)


def said(path: Path) -> bytes:
    """What a plan file says."""
    head, _, content = path.read_bytes().partition(b"\n")
    assert head == b"freehold plan 2"
    return zlib.decompress(content[: content.rindex(b"\nsha256 ")])


class TestWriting:
    def test_plan_writes_nothing_but_the_plan(self, planned):
        assert sorted(os.listdir()) == ["main.hcl", "plan"]

    def test_neither_the_secret_nor_a_key_is_in_it(self, applied):
        key = decode(Path("freehold.state").read_bytes()).digest_key

        assert b"hunter2" not in said(applied)
        assert key.encode() not in said(applied)
        assert re.findall(rb'"\$sensitive":"([a-z0-9-]+):', said(applied))

    def test_an_older_file_is_replaced_by_one_for_its_owner_alone(self, run):
        Path("plan").write_text("x")
        Path("plan").chmod(0o644)

        assert run("plan", "-out=plan")[0] == 0

        assert Path("plan").stat().st_mode & 0o777 == 0o600

    def test_a_link_is_not_followed(self, run):
        Path("victim").write_text("precious")
        Path("plan").symlink_to("victim")

        code, told = run("plan", "-out=plan")

        assert (code, Path("victim").read_text()) == (1, "precious")
        assert "plan: it is a symbolic link." in told

    def test_a_device_is_left_alone(self, run):
        os.mkfifo("pipe")

        assert run("plan", "-out=pipe")[0] == 1
        assert run("show", "pipe")[0] == 1

    def test_a_file_that_cannot_be_finished_leaves_the_old_one(self, run, planned, monkeypatch):
        before = planned.read_bytes()

        def full(*arguments):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        code, told = run("plan", "-out=plan")

        assert (code, planned.read_bytes(), sorted(os.listdir())) == (1, before, ["main.hcl", "plan"])
        assert "Cannot write plan file" in told


class TestAnotherJob:
    """A plan is made in one job and applied in another, which has the files of the stack and the plan."""

    def test_of_a_state_that_is_there(self, run, applied):
        assert run("apply", "plan")[0] == 0
        assert run("plan", "-detailed-exitcode")[0] == 0

    def test_of_a_fresh_state_without_a_key(self, run, planned):
        assert planned.read_bytes().endswith(b"\nno hmac\n")
        assert b'"$sensitive":"scrypt:' in said(planned)

        assert run("apply", "plan")[0] == 0

        assert b"scrypt" not in Path("freehold.state").read_bytes()
        assert b"scrypt" not in Path("freehold.state.journal").read_bytes()
        assert run("plan", "-detailed-exitcode")[0] == 0

    def test_of_a_fresh_state_with_a_key(self, run, monkeypatch):
        monkeypatch.setenv("FREEHOLD_PLAN_KEY", "0123456789abcdef")
        assert run("plan", "-out=plan")[0] == 0
        assert b"hmac-sha256" in Path("plan").read_bytes()[-80:]

        assert run("apply", "plan")[0] == 0
        assert run("plan", "-detailed-exitcode")[0] == 0

    def test_digests_are_stored_under_the_key_of_the_state(self, run, planned):
        assert run("apply", "plan")[0] == 0

        state = decode(Path("freehold.state").read_bytes())
        (stored,) = (each.attributes["input"] for each in state.resources.values() if each.address.endswith(".a"))
        assert stored["key"].matches("hunter2", state.digest_key)

    def test_another_secret_is_refused(self, run, planned):
        code, told = run("apply", "-var", "key=other", "plan")

        assert code == 1
        assert 'The plan was made with another value of "key".' in told

    def test_what_refers_to_secrets_of_what_does_not_change_has_them(self, run):
        assert run("apply", "-auto-approve")[0] == 0
        more = """
            resource "terraform_data" "c" { input = "x-${terraform_data.a.output.key}" }
            resource "terraform_data" "d" { input = terraform_data.a.input }
            output "key" {
              value     = terraform_data.a.output.key
              sensitive = true
            }
        """
        Path("main.hcl").write_text(STACK + more)
        assert run("plan", "-out=plan")[0] == 0

        code, told = run("apply", "plan")

        assert code == 0, told
        assert "No changes." in run("plan")[1]

    def test_it_runs_once(self, run, planned):
        assert run("apply", "plan")[0] == 0

        code, told = run("apply", "plan")

        assert code == 1
        assert "the lineage of the state and the state changed" in told

    def test_a_plan_for_another_backend_is_refused(self, run, applied, tmp_path_factory, monkeypatch):
        elsewhere = tmp_path_factory.mktemp("another") / "copy"
        shutil.copytree(".", elsewhere)
        monkeypatch.chdir(elsewhere)

        code, told = run("apply", "plan")

        assert code == 1
        assert "the backend changed" in told


class TestAuthenticity:
    def test_a_plan_that_was_edited_is_refused(self, run, applied):
        text = said(applied).replace(b"terraform_data.c", b"terraform_data.d")
        applied.write_bytes(sealed(text, applied.read_bytes().rpartition(b"\n")[0].rpartition(b"\n")[2]))

        code, told = run("apply", "plan")

        assert code == 1
        assert "Plan file is not authentic" in told
        assert len(decode(Path("freehold.state").read_bytes()).resources) == 2

    def test_a_plan_whose_hmac_was_taken_off_is_refused(self, run, applied):
        applied.write_bytes(sealed(said(applied)))

        assert "Plan file is not authentic" in run("apply", "plan")[1]

    def test_a_plan_of_a_fresh_state_does_not_do_for_one_that_is_there(self, run, planned):
        shutil.copy("plan", "kept")
        assert run("apply", "-auto-approve")[0] == 0

        assert "Saved plan is stale" in run("apply", "kept")[1]

    def test_a_plan_upon_a_state_does_not_do_without_it(self, run, applied):
        for path in Path().glob("freehold.state*"):
            path.unlink()

        assert "Saved plan is stale" in run("apply", "plan")[1]

    def test_the_key_has_to_be_the_same(self, run, monkeypatch):
        monkeypatch.setenv("FREEHOLD_PLAN_KEY", "0123456789abcdef")
        assert run("plan", "-out=plan")[0] == 0
        monkeypatch.setenv("FREEHOLD_PLAN_KEY", "another")

        assert "Plan file is not authentic" in run("apply", "plan")[1]

        monkeypatch.delenv("FREEHOLD_PLAN_KEY")
        assert "which is not set here" in run("apply", "plan")[1]

    def test_a_plan_without_an_hmac_is_refused_where_there_is_a_key(self, run, planned, monkeypatch):
        monkeypatch.setenv("FREEHOLD_PLAN_KEY", "0123456789abcdef")

        assert "Plan file is not authentic" in run("apply", "plan")[1]

    @pytest.mark.parametrize("command", [("show", "plan"), ("show", "-json", "plan"), ("apply", "plan")])
    def test_every_reader_checks_the_content(self, run, planned, command):
        data = bytearray(planned.read_bytes())
        data[len(data) // 2] ^= 1
        planned.write_bytes(data)

        code, told = run(*command)

        assert code == 1
        assert "plan is damaged: its checksum is another than that of its content." in told


class TestAnotherAccount:
    """The same configuration and state, and credentials of somebody else between a plan and its apply."""

    SCHEMA = Schema({"id": computed(STRING), "name": optional(STRING)})

    @pytest.fixture
    def account(self, made, stack, monkeypatch):
        """`account("two")`: whose credentials are at hand from now on; "one"'s at first."""
        kind = made.add("made_thing", self.SCHEMA)

        def become(name):
            monkeypatch.setattr(Made, "identity", lambda provider, client: name)
            return kind

        become("one")
        (stack / "main.hcl").write_text('resource "made_thing" "a" { name = "a" }\n')
        return become

    def test_a_creation(self, run, account):
        assert run("plan", "-out=plan")[0] == 0
        kind = account("two")

        code, told = run("apply", "plan")

        assert (code, kind.rows) == (1, {})
        assert 'provider "made" was one when the plan was made, and is two now.' in told

    @pytest.mark.parametrize("arguments", [("-destroy",), ("-destroy", "-refresh=false"), ("-replace=made_thing.a",)])
    def test_what_destroys(self, run, account, arguments):
        assert run("apply", "-auto-approve")[0] == 0
        assert run("plan", "-out=plan", *arguments)[0] == 0
        kind = account("two")

        assert "Saved plan is for another environment" in run("apply", "plan")[1]
        assert list(kind.rows) == ["1"]

        account("one")
        assert run("apply", "plan")[0] == 0

    @pytest.mark.parametrize("identities", [{}, {"made": "two"}, {"other": "one"}])
    def test_a_plan_that_says_otherwise(self, run, account, identities):
        """Without a state there is no HMAC: what the file says of accounts is compared with who is asked."""
        assert run("plan", "-out=plan")[0] == 0
        edited = json.loads(said(Path("plan")))
        edited["origin"]["identities"] = identities
        Path("plan").write_bytes(sealed(json.dumps(edited).encode()))

        code, told = run("apply", "plan")

        assert code == 1
        assert "Saved plan is for another environment" in told

    @pytest.mark.parametrize(
        "change",
        [
            lambda plan: plan["origin"]["identities"].update(made="two"),
            lambda plan: plan.update(allow_data_loss=True),
            lambda plan: plan["steps"].pop(),
            lambda plan: plan["steps"][0]["update"]["after"].update(name="another"),
            lambda plan: plan["origin"].update(configuration="0" * 64),
        ],
        ids=["account", "data loss", "a step less", "a value", "configuration"],
    )
    def test_a_plan_upon_a_state_is_not_to_be_edited(self, run, account, change):
        assert run("apply", "-auto-approve")[0] == 0
        Path("main.hcl").write_text('resource "made_thing" "a" { name = "b" }\n')
        assert run("plan", "-out=plan")[0] == 0
        edited, end = json.loads(said(Path("plan"))), Path("plan").read_bytes().split(b"\n")[-2]
        change(edited)
        Path("plan").write_bytes(sealed(json.dumps(edited).encode(), end))
        kind = account("one")

        code, told = run("apply", "plan")

        assert code == 1
        assert "not authentic" in told or "is stale" in told
        assert kind.rows["1"]["name"] == "a"


DEEP = b'{"$object":{"a":' * 3000 + b"1" + b"}}" * 3000


class TestWhatIsNoPlan:
    @pytest.mark.parametrize(
        ("data", "told"),
        [
            ((FORMATS / "1" / "plan").read_bytes(), "plan has format 1, of another version of freehold"),
            (b"freehold plan 3\n...", "plan has format 3, of another version of freehold"),
            (b"", "plan is none"),
            (b"PK\3\4", "plan is none"),
            (b"freehold plan 2\n", "plan is damaged: its end is missing"),
            (sealed(b"null"), "plan is damaged: it is null, not an object"),
            (sealed(b"[" * 10**6), "plan is damaged: it is nested too deeply"),
            (sealed(b"{}"), "plan is damaged: it has no edges"),
            (sealed(b'{"variables":{"a":%s}}' % DEEP), "is nested too deeply"),
            (sealed(b'{"variables":{"a":[%s]}}' % DEEP), "is nested too deeply"),
            (sealed(b"\xff"), "plan is damaged: it is no UTF-8"),
            (sealed(b'{"edges":[null]}'), "edges[0] is not a list of 2 elements"),
            (sealed(b'{"stack":"a","stack":"b"}'), 'it has the key "stack" twice'),
            (
                sealed(b'{"variables":{"a":{"$unknown":{"most":1e999999}}}}'),
                "variables.a.$unknown.most is not a number",
            ),
        ],
        ids=range(14),
    )
    def test_it_is_refused_and_why(self, run, data, told):
        Path("plan").write_bytes(data)

        code, said = run("show", "plan")

        assert code == 1
        assert told in said
        assert "Traceback" not in said

    def test_what_decompresses_to_too_much_is_refused(self, run, monkeypatch):
        monkeypatch.setattr("planner.plan.saved.MAX_BYTES", 1 << 20)
        Path("plan").write_bytes(sealed(b" " * (1 << 21)))

        assert "plan is damaged: it is larger than 1 MB." in run("show", "plan")[1]

    def test_what_is_cut_inside_is_refused(self, run):
        content = b"freehold plan 2\n" + zlib.compress(b" " * 1000)[:-3]
        end = b"\nsha256 %s\nno hmac\n" % hashlib.sha256(content).hexdigest().encode()
        Path("plan").write_bytes(content + end)

        assert "it is not compressed as a whole" in run("show", "plan")[1]


class TestHostile:
    """Plans that somebody wrote, for a stack without a state, whose files have no HMAC."""

    def test_operations_that_wait_for_each_other(self, run, planned):
        made = json.loads(said(planned))
        made["edges"] += [[second, first] for first, second in made["edges"]]
        planned.write_bytes(sealed(json.dumps(made).encode()))

        code, told = run("apply", "plan")

        assert (code, Path("freehold.state").exists()) == (1, False)
        assert "Its operations wait for each other" in told

    def test_a_type_that_nobody_knows(self, run, planned):
        planned.write_bytes(sealed(said(planned).replace(b'"type":"terraform_data"', b'"type":"acme_rocket"')))

        assert 'terraform_data.a is of the type "acme_rocket"' in run("apply", "plan")[1]

    def test_what_the_configuration_has_no_block_for(self, run, planned):
        planned.write_bytes(sealed(said(planned).replace(b"terraform_data.a", b"terraform_data.x")))

        assert "The configuration has no block for terraform_data.x." in run("apply", "plan")[1]

    def test_a_step_that_is_there_twice(self, run, planned):
        made = json.loads(said(planned))
        made["steps"].append(made["steps"][0])
        planned.write_bytes(sealed(json.dumps(made).encode()))

        assert "steps[2] is there twice" in run("apply", "plan")[1]


class TestCorruptions:
    """FREEHOLD_CORRUPTIONS: how many cases of each sort, FREEHOLD_SEED: of which draw."""

    def test_wrong_bytes_are_refused(self, applied):
        intact = open_plan(applied)
        for what, data in with_wrong_bytes(applied.read_bytes(), random.Random(SEED), COUNT):
            applied.write_bytes(data)
            try:
                opened = open_plan(applied)
            except FreeholdError:
                continue
            assert (opened.plan, opened.digest) == (intact.plan, intact.digest), what

    @pytest.mark.parametrize("command", [("show",), ("show", "-json"), ("apply",)], ids=" ".join)
    def test_wrong_values_are_told(self, run, planned, command):
        whole, refused = json.loads(said(planned)), 0
        for what, made in with_wrong_values(whole, random.Random(SEED), COUNT // 3):
            planned.write_bytes(sealed(json.dumps(made).encode()))
            code, told = run(*command, "plan")
            assert "Traceback" not in told, what
            refused += code
            for left in Path().glob("freehold.state*"):
                left.unlink()
        assert refused > COUNT / 9
