"""The example of each policy key: allowed, different from the built-in value, the same on each system."""

import plistlib
import re
import tomllib

import pytest

from lyncdesk.client.policy import POLICY, PolicyKey
from lyncdesk_packaging.policy_examples import System, example, example_value, reg_line

ROWS = [pytest.param(row, id=row.key) for row in POLICY.values()]


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("system", System)
def test_an_example_is_allowed_and_says_something(row: PolicyKey, system: System) -> None:
    assert row.kind.read(example_value(row, system)) != row.default


@pytest.mark.parametrize("row", ROWS)
def test_each_line_says_the_value_in_its_own_form(row: PolicyKey) -> None:
    found = example(row)
    assert tomllib.loads(found.toml) == {row.key: example_value(row, System.LINUX)}
    whole = f'<plist version="1.0"><dict>{found.plist}</dict></plist>'
    assert plistlib.loads(whole.encode()) == {row.key: example_value(row, System.MACOS)}
    raw = example_value(row, System.WINDOWS)
    form = r'"(\w+)"=dword:([0-9a-f]{8})' if isinstance(raw, int) else r'"(\w+)"="((?:[^"\\]|\\.)*)"'
    line = re.fullmatch(form, found.reg)
    assert line is not None
    assert line[1] == row.key
    assert line[2] == f"{int(raw):08x}" if isinstance(raw, int) else re.sub(r"\\(.)", r"\1", line[2]) == raw


def test_what_a_reg_file_takes_as_a_mark_is_marked() -> None:
    assert reg_line("TrustedCaFile", r'C:\a "b".pem') == r'"TrustedCaFile"="C:\\a \"b\".pem"'
