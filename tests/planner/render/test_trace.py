"""What the log says, and what it never does: credentials by where they stand, and the stack's sensitive texts."""

from __future__ import annotations

import logging
import os
import stat

import pytest

from language.diagnostics import FreeholdError
from language.redaction import HIDDEN
from language.tracing import TRACE, logger
from planner.render import trace


@pytest.fixture(autouse=True)
def loggers():
    """Loggers as they were before, whatever a test did to them."""
    names = ("freehold", "boto3", "botocore", "urllib3")
    before = {name: (logging.getLogger(name).level, logging.getLogger(name).handlers) for name in names}
    yield
    for name, (level, handlers) in before.items():
        logging.getLogger(name).setLevel(level)
        logging.getLogger(name).handlers = handlers
        logging.getLogger(name).propagate = True


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("{'Authorization': b'AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=abc123'}", "abc123"),
        ("Authorization: Bearer abc.def", "abc.def"),
        ("'Cookie': 'session=abc123; b=c'", "abc123"),
        ("headers={'X-Amz-Security-Token': 'abc123'}", "abc123"),
        ("GET https://s3/?X-Amz-Signature=abc123&X-Amz-Date=1", "abc123"),
        ("GET https://storage/?X-Goog-Signature=abc123", "abc123"),
        ("GET https://blob/?sv=1&sig=abc123%3D", "abc123"),
        ('{"secretAccessKey": "abc123", "a": "b"}', "abc123"),
        ("{'SessionToken': 'abc123'}", "abc123"),
        ("<SecretAccessKey>abc123</SecretAccessKey>", "abc123"),
        ("token k8s-aws-v1.aHR0cHM6", "aHR0cHM6"),
        ("got eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl here", "c2lnbmF0dXJl"),
        ('"client-key-data": "abc123"', "abc123"),
        ("Basic YTpi", "YTpi"),
    ],
)
def test_a_credential_is_hidden_by_where_it_stands(text, secret):
    found = trace.redacted(text)

    assert secret not in found
    assert HIDDEN in found


@pytest.mark.parametrize(
    "text",
    ["GET /api/v1/namespaces/web 200", "ec2:DescribeVpcs 200 request 1f-2, 1 attempts, 0.1 s", '"name": "token"'],
)
def test_what_is_no_credential_stays(text):
    assert trace.redacted(text) == text


def test_a_record_is_one_line_with_its_room_and_no_control_characters(tmp_path):
    path = tmp_path / "log"
    trace.start({"FREEHOLD_LOG": "debug", "FREEHOLD_LOG_PATH": str(path)})
    try:
        raise ValueError("Authorization: abc123")
    except ValueError:
        logger("state").exception("went\x1b[31m wrong\r\n")
    logger("state").log(TRACE, "a body")

    (line,) = path.read_text().splitlines()
    assert " ERROR freehold.state: went\\u001b[31m wrong\\u000d\\n" in line
    assert "Traceback" in line
    assert "abc123" not in line
    assert "\x1b" not in line


def test_the_log_is_for_its_owner_alone(tmp_path):
    path = tmp_path / "log"
    path.write_text("before\n")
    path.chmod(0o644)

    trace.start({"FREEHOLD_LOG": "info", "FREEHOLD_LOG_PATH": str(path)})

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == "before\n"


def test_links_and_pipes_are_refused_and_the_file_behind_a_link_is_left(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "link").symlink_to(victim)
    os.mkfifo(tmp_path / "pipe")

    for name in ("link", "pipe", "no/such/folder"):
        with pytest.raises(FreeholdError) as failure:
            trace.start({"FREEHOLD_LOG": "info", "FREEHOLD_LOG_PATH": str(tmp_path / name)})
        assert failure.value.diagnostics[0].summary == "Cannot write the log"
    assert victim.read_text() == "mine"


def test_another_level_is_an_error_that_names_the_levels():
    with pytest.raises(FreeholdError) as failure:
        trace.start({"FREEHOLD_LOG": "loud"})

    assert "error, warn, info, debug, trace" in failure.value.diagnostics[0].advice


@pytest.mark.parametrize(("level", "sdk"), [("debug", logging.WARNING), ("trace", TRACE)])
def test_the_loggers_of_sdks_speak_at_trace_alone(level, sdk, tmp_path):
    trace.start({"FREEHOLD_LOG": level, "FREEHOLD_LOG_PATH": str(tmp_path / "log")})

    assert logging.getLogger("botocore.endpoint").getEffectiveLevel() == sdk
    assert not logging.getLogger("botocore.auth").isEnabledFor(logging.DEBUG)
