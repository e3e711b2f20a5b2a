"""The configuration profile, Jamf's form and the other files: complete, and as the product reads them."""

import json
import plistlib
import re
import uuid
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from lyncdesk.client.durations import format_duration
from lyncdesk.client.policy import POLICY, Policy, PolicyKey
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.value_kinds import FULL_PATH, Choice, Minutes, Span, Switch, Text, Whole
from lyncdesk.client.words import Words
from lyncdesk.machine.policy_preferences import DOMAIN, policy_from
from lyncdesk.machine.policy_registry import PolicyRegistry
from lyncdesk.machine.policy_trial import RegText, trial_policy
from lyncdesk_packaging.policies import FILES, make
from lyncdesk_packaging.policy_examples import (
    System,
    example,
    example_value,
    plist_line,
)
from lyncdesk_packaging.policy_profile import profile
from lyncdesk_packaging.work import ROOT, Work
from tests.packaging.conftest import Made
from tests.packaging.policy_files import reg_file, toml_file

ROWS = [pytest.param(row, id=row.key) for row in POLICY.values()]
TEMPLATE = FILES[f"{DOMAIN}.mobileconfig"]()
EXAMPLES = {key: example_value(row, System.MACOS) for key, row in POLICY.items()}


def installed(data: bytes) -> bytes:
    """What macOS puts among the managed preferences for LyncDesk once the profile is installed."""
    whole = plistlib.loads(data)
    forced: dict[str, object] = {}
    for payload in whole["PayloadContent"]:
        assert payload["PayloadType"] == "com.apple.ManagedClient.preferences"
        for domain, ways in payload["PayloadContent"].items():
            assert domain == DOMAIN
            assert list(ways) == ["Forced"]
            for entry in ways["Forced"]:
                forced |= entry["mcx_preference_settings"]
    return plistlib.dumps(forced, fmt=plistlib.FMT_BINARY)


def read(data: bytes) -> Policy:
    return policy_from(plistlib.loads(installed(data)), "a.plist")


def test_the_profile_as_it_is_sets_nothing_and_explains_every_key() -> None:
    assert read(TEMPLATE) == Policy("a.plist")
    text = TEMPLATE.decode()
    for row in POLICY.values():
        assert row.effect in text
        assert f"<key>{row.key}</key>" in text


def test_the_profile_with_its_marks_taken_off_sets_the_example_of_every_key() -> None:
    text = re.sub(r"<!-- (<key>.*) -->", r"\1", TEMPLATE.decode())
    assert "<!-- <key>" not in text
    policy = read(text.encode())
    assert policy.problems == ()
    assert policy.mandatory == {key: row.kind.read(EXAMPLES[key]) for key, row in POLICY.items()}
    assert list(policy.recommended) == ["IdleThreshold"]


def test_the_profile_says_what_apple_wants_of_a_profile() -> None:
    whole = plistlib.loads(TEMPLATE)
    (payload,) = whole["PayloadContent"]
    assert (whole["PayloadType"], whole["PayloadScope"]) == ("Configuration", "System")
    assert whole["PayloadRemovalDisallowed"] is True
    assert set(whole["ConsentText"]) == {"default", "de"}
    for found in (whole, payload):
        assert found["PayloadVersion"] == 1
        assert found["PayloadDisplayName"] == "LyncDesk"
        assert found["PayloadIdentifier"].startswith(f"{DOMAIN}.")
        assert uuid.UUID(found["PayloadUUID"]).version == 5
    assert whole["PayloadUUID"] != payload["PayloadUUID"]
    assert whole["PayloadIdentifier"] != payload["PayloadIdentifier"]


def _values(row: PolicyKey) -> st.SearchStrategy[object]:
    match row.kind:
        case Switch():
            return st.booleans()
        case Whole(low, high) | Minutes(low, high):
            return st.integers(low, high)
        case Span(low, high):
            return st.timedeltas(low, high).map(format_duration)
        case Choice(of):
            return st.sampled_from([str(member.value) for member in of])
        case Text(choices=choices) if choices:
            return st.sampled_from(choices)
    letters = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="%"), max_size=20)
    begin = "/" if row.kind is FULL_PATH else str(example_value(row))
    return letters.map(lambda text: begin + text).filter(lambda text: _takes(row, text))


def _takes(row: PolicyKey, text: str) -> bool:
    try:
        row.kind.read(text)
    except ValueError:
        return False
    return True


_LAYER = st.fixed_dictionaries({}, optional={key: _values(row) for key, row in POLICY.items()})


@given(_LAYER, _LAYER)
def test_any_policy_is_the_same_in_every_form(mandatory: dict[str, Any], recommended: dict[str, Any]) -> None:
    file = parse_policy(toml_file(mandatory, recommended), "policy.toml")
    mac = read(profile(mandatory, recommended))
    text = RegText(reg_file(mandatory, recommended))
    windows = PolicyRegistry("HKEY_LOCAL_MACHINE", lambda: text).read()
    assert file.problems == mac.problems == windows.problems == ()
    assert set(file.mandatory) == set(mandatory)
    assert file.mandatory == mac.mandatory == windows.mandatory
    assert file.recommended == mac.recommended == windows.recommended


def test_a_profile_on_trial_says_what_the_installed_one_says(tmp_path: Path) -> None:
    path = tmp_path / "LyncDesk.mobileconfig"
    path.write_bytes(profile(EXAMPLES, {"KeepHistory": True, "IdleThreshold": 1}))
    trial = trial_policy(path)
    after = policy_from(plistlib.loads(installed(path.read_bytes())), str(path))
    assert trial == after
    assert len(trial.problems) == 1
    # A payload whose type is the domain itself does the same.
    settings = plistlib.loads(installed(path.read_bytes()))
    payload = {**settings, "PayloadType": DOMAIN, "PayloadVersion": 1, "PayloadUUID": "x"}
    path.write_bytes(plistlib.dumps({"PayloadContent": [payload], "PayloadType": "Configuration"}))
    assert trial_policy(path) == after


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x30\x80\x06\x09", "it is signed; try the profile as it was before"),
        (
            plistlib.dumps({"PayloadContent": [{"PayloadType": "com.apple.wifi.managed"}, 1]}),
            "it holds no payload",
        ),
        (plistlib.dumps({"PayloadContent": 1}), "it holds no payload"),
    ],
)
def test_a_profile_that_is_none_of_ours_is_told(tmp_path: Path, data: bytes, told: str) -> None:
    path = tmp_path / "a.mobileconfig"
    path.write_bytes(data)
    (problem,) = trial_policy(path).problems
    assert told in Words()(problem.cause)


@pytest.mark.parametrize("row", ROWS)
def test_jamfs_form_takes_what_the_key_takes(row: PolicyKey) -> None:
    schema = json.loads(FILES[f"{DOMAIN}.json"]())
    Draft7Validator.check_schema(schema)
    form = Draft7Validator(schema)
    for value in (example_value(row, System.MACOS), row.kind.write(row.default)):
        assert form.is_valid({row.key: value, "Recommended": {row.key: value}})
    wrong: object = "x" if isinstance(row.kind, Switch | Whole | Minutes | Span) else True
    assert not form.is_valid({row.key: wrong})
    assert not form.is_valid({"Recommended": {row.key: wrong}})


def test_the_reg_file_as_it_is_sets_nothing_and_without_its_marks_every_key(tmp_path: Path) -> None:
    path = tmp_path / "LyncDesk.reg"
    data = FILES["LyncDesk.reg"]()
    path.write_bytes(data)
    policy = trial_policy(path)
    assert (policy.mandatory, policy.recommended, policy.problems) == ({}, {}, ())
    path.write_bytes(re.sub('(?m)^;(?=")', "", data.decode("utf-16")).encode("utf-16"))
    policy = trial_policy(path)
    assert policy.problems == ()
    values = {key: row.kind.read(example_value(row, System.WINDOWS)) for key, row in POLICY.items()}
    assert policy.mandatory == values
    assert list(policy.recommended) == ["IdleThreshold"]


@pytest.mark.parametrize("row", ROWS)
def test_every_file_has_every_key(row: PolicyKey) -> None:
    for name, written in FILES.items():
        encoding = "utf-16" if name.endswith(".reg") else "utf-8"
        assert row.key in written().decode(encoding), name


def test_the_step_writes_the_same_bytes_each_time(package: Made, tmp_path: Path) -> None:
    (product,) = package("policies")
    dist = tmp_path / "dist"
    dist.mkdir()
    (again,) = make(Work(ROOT, tmp_path, dist))
    assert (product.name, product.read_bytes()) == (again.name, again.read_bytes())
    with zipfile.ZipFile(again) as zipped:
        assert zipped.namelist() == list(FILES)
        for name in FILES:
            assert zipped.read(name) == (dist / "policies" / name).read_bytes()


def test_what_a_plist_takes_as_a_mark_is_marked() -> None:
    assert plist_line("a", "<b> & c") == "<key>a</key><string>&lt;b&gt; &amp; c</string>"
    assert example(POLICY["KeepHistory"]).plist == "<key>KeepHistory</key><true/>"
