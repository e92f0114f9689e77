import subprocess
import sys

import pytest

from language.diagnostics import FreeholdError
from state.backends import known, schema


def test_an_unknown_backend_is_told_with_the_one_that_may_be_meant():
    with pytest.raises(FreeholdError) as refused:
        schema("locale")

    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.detail == 'There is no backend "locale".'
    assert diagnostic.advice == 'Did you mean "local"?'


def test_every_backend_describes_what_it_takes():
    assert {"local", "s3"} <= set(known())
    for name in known():
        assert all(attribute.description.endswith(".") for attribute in schema(name).attributes.values())
    assert {name for name, attribute in schema("s3").attributes.items() if attribute.sensitive} == {
        "access_key",
        "secret_key",
        "token",
    }


def test_no_sdk_is_imported_before_a_backend_needs_it():
    code = "import sys, state.manager, state.backends; state.backends.schema('s3'); print('botocore' in sys.modules)"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True).stdout

    assert out == "False\n"
