"""The policy in a Windows registry, read from recorded hives through what stands in for winreg there."""

import json
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.policy_values import LONGEST_TEXT, MOST_VALUES
from lyncdesk.client.words import Words
from lyncdesk.machine.policy_registry import PolicyRegistry
from lyncdesk.machine.policy_trial import RegText, trial_policy
from tests.hives import DWORD, EXPAND_SZ, MULTI_SZ, QWORD, SZ, Data, HiveRegistry, write_hive
from tests.tools.winreg_answers import answers

RECORDINGS = Path(__file__).parent / "recordings"
KEY = r"Policies\LyncDesk"
MACHINE, PERSON = "HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"
HERE = rf"{MACHINE}\Software\Policies\LyncDesk"
MINUTE = timedelta(minutes=1)


NOT_SET = "It counts as not set (built in: "
UNKNOWN = "is not known and has no effect"
NEAREST = "the nearest known key is"
SIGN_IN = '"automatic", "basic", "ntlm" or "negotiate"'
WORKGROUP = '"Workgroup and Friends and Family"'
# Of the recorded policy: the place, and what is wrong there.
MISTAKES = {
    ", value (default)": f"the key (default) {UNKNOWN}",
    ", value AwayThreshold": "AwayThreshold is REG_SZ; it must be REG_DWORD: 5 to 360 whole minutes."
    f" {NOT_SET}5)",
    ", value MaximumNumberOfContacts": "MaximumNumberOfContacts is REG_QWORD; it must be REG_DWORD:"
    f" a whole number from 0 to 1000. {NOT_SET}250)",
    ", value DisablePresenceNote": "DisablePresenceNote is REG_DWORD 2; it must be REG_DWORD:"
    f" 1 (on) or 0 (off). {NOT_SET}false)",
    ", value ExchangeAuthentication": "ExchangeAuthentication is REG_MULTI_SZ; it must be REG_SZ:"
    f' {SIGN_IN}. {NOT_SET}"")',
    ", value ManualStatusExpiry": "ManualStatusExpiry is REG_BINARY; it must be REG_SZ: a duration"
    f' from "00:15:00" to "24:00:00". {NOT_SET}"24:00:00")',
    ", value PollInterval": f"the key PollInterval {UNKNOWN}; {NEAREST} WebServicePollInterval",
    r"\Recomended": f"the key Recomended {UNKNOWN}; {NEAREST} Recommended",
    ", value MeetingDetailsTo": 'MeetingDetailsTo = "Everybody" is not allowed; it takes one of'
    f' {WORKGROUP}, "Workgroup". {NOT_SET}{WORKGROUP})',
}


def recorded(**more: Any) -> HiveRegistry:
    return HiveRegistry(
        RECORDINGS / "software.hive",
        RECORDINGS / "ntuser.hive",
        names={"ProgramData": r"C:\ProgramData"},
        **more,
    )


def read(registry: Any, root: str = MACHINE) -> Policy:
    return PolicyRegistry(root, lambda: registry).read()


def said(policy: Policy) -> list[str]:
    assert {problem.name for problem in policy.problems} <= {"policy-invalid"}
    return [Words()(problem.cause) for problem in policy.problems]


def policy_of(tmp_path: Path, *values: Data, recommended: tuple[Data, ...] = ()) -> Policy:
    keys = {KEY: values, **({rf"{KEY}\Recommended": recommended} if recommended else {})}
    return read(HiveRegistry(write_hive(tmp_path / "software.hive", keys)))


def in_order(found: dict[str, Any]) -> dict[str, Any]:
    """The same in an order of its own: a registry has none."""
    return {
        name: sorted(value, key=str) if isinstance(value, list) else value for name, value in found.items()
    }


@pytest.mark.parametrize("source", ["hives", "the .reg file"])
def test_what_stands_in_for_winreg_answers_as_a_winreg_did(source: str) -> None:
    text = (RECORDINGS / "policy.reg").read_text(encoding="utf-16")
    registry: Any = recorded() if source == "hives" else RegText(text)
    recording = json.loads((RECORDINGS / "winreg.json").read_text(encoding="utf-8"))
    for path, answered in recording.items():
        root, _, key = path.partition("\\")
        assert in_order(answers(registry, root, key)) == in_order(answered), path


def test_a_recorded_policy_is_read_and_each_mistake_in_it_is_told_with_its_place() -> None:
    policy = read(recorded())
    assert policy.path == HERE
    assert policy.mandatory == {
        "WebServicePollInterval": 10 * MINUTE,
        "DisableFreeBusyInfo": True,
        "AllowCheckNow": False,
        "KeepHistory": True,  # keephistory there: names have no capitals of their own
        "IdleThreshold": 360 * MINUTE,
        "TrustedCaFile": r"C:\ProgramData\ca.pem",
    }
    assert policy.recommended == {"KeepHistory": False, "IdleThreshold": 9 * MINUTE}
    assert sorted(said(policy)) == sorted(f"{HERE}{place}: {what}." for place, what in MISTAKES.items())


def test_what_is_set_for_the_computer_counts_before_what_is_set_for_the_person() -> None:
    machine, person = read(recorded()), read(recorded(), PERSON)
    policy = machine.over(person)
    assert policy.mandatory["WebServicePollInterval"] == 10 * MINUTE
    assert policy.mandatory["MaximumNumberOfContacts"] == 50
    assert policy.place("WebServicePollInterval") == machine.path
    assert policy.place("MaximumNumberOfContacts") == person.path
    assert policy.sources() == (machine.path, person.path)


def test_a_reg_file_on_trial_says_what_the_registry_says_after_its_import() -> None:
    registry = read(recorded()).over(read(recorded(), PERSON))
    trial = trial_policy(RECORDINGS / "policy.reg")
    assert trial.recommended == registry.recommended
    # This computer has no %ProgramData%, so the name stays.
    assert {**trial.mandatory, "TrustedCaFile": r"C:\ProgramData\ca.pem"} == registry.mandatory
    assert {text for text in said(trial) if "TrustedCaFile" not in text} == set(said(registry))


def test_the_64_bit_view_is_asked_for_reading_alone() -> None:
    registry = recorded()
    read(registry)
    assert set(registry.asked) == {0x20019 | 0x100}


def test_no_key_is_no_policy_and_no_problem() -> None:
    assert read(HiveRegistry()) == Policy()


def test_defaults_alone_are_a_policy_too(tmp_path: Path) -> None:
    hive = write_hive(tmp_path / "software.hive", {rf"{KEY}\Recommended": [("KeepHistory", DWORD, 1)]})
    assert read(HiveRegistry(hive)) == Policy(HERE, recommended={"KeepHistory": True})


def test_a_key_that_may_not_be_read_is_told_and_the_other_one_still_counts() -> None:
    policy = read(recorded(refused=[rf"{HERE}\Recommended"]))
    assert policy.mandatory["DisableFreeBusyInfo"] is True
    assert policy.recommended == {}
    assert rf"{HERE}\Recommended: it cannot be read, so nothing of it is used: Access is denied." in said(
        policy
    )
    refused = read(recorded(refused=[HERE]))
    assert refused.mandatory == {}
    assert refused.recommended["KeepHistory"] is False
    assert said(refused) == [f"{HERE}: it cannot be read, so nothing of it is used: Access is denied."]


@pytest.mark.parametrize(
    ("key", "type_", "data"),
    [
        ("KeepHistory", SZ, "1"),
        ("KeepHistory", DWORD, 0xFFFFFFFF),
        ("IdleThreshold", DWORD, 4),
        ("IdleThreshold", DWORD, 361),
        ("IdleThreshold", DWORD, 0xFFFFFFFF),
        ("IdleThreshold", QWORD, 10),
        ("WebServicePollInterval", DWORD, 600),
        ("WebServicePollInterval", SZ, "08:00:01"),
        ("WebServicePollInterval", SZ, ""),
        ("ExchangeServerUrl", MULTI_SZ, ["https://mail.contoso.com/"]),
        ("TrustedCaFile", EXPAND_SZ, "%NOWHERE%\\ca.pem"),
    ],
)
def test_a_wrong_type_or_value_is_told_with_its_place_and_counts_as_not_set(
    tmp_path: Path, key: str, type_: int, data: object
) -> None:
    policy = policy_of(tmp_path, (key, type_, data), ("AwayThreshold", DWORD, 7))
    assert policy.mandatory == {"AwayThreshold": 7 * MINUTE}
    (text,) = said(policy)
    assert text.startswith(f"{HERE}, value {key}: {key} ")
    assert "It counts as not set" in text
    assert len(text) < 500


def test_a_key_full_of_values_is_read_no_further_than_to_its_end(tmp_path: Path) -> None:
    values = [(f"Value{number}", DWORD, number) for number in range(MOST_VALUES + 100)]
    texts = said(policy_of(tmp_path, *values))
    assert f"{HERE}: only {MOST_VALUES} values of it are read." in texts
    assert len(texts) == MOST_VALUES + 1


def test_a_text_that_nobody_writes_is_told_without_being_repeated() -> None:
    policy = read(Given([("TrustedCaFile", (SZ, "C:\\" + "x" * LONGEST_TEXT))]))
    told = f"TrustedCaFile is longer than {LONGEST_TEXT} characters. It counts as not set."
    assert set(said(policy)) == {
        f"{HERE}, value TrustedCaFile: {told}",
        rf"{HERE}\Recommended, value TrustedCaFile: {told}",
    }


@pytest.mark.parametrize("data", ["", None])
def test_a_text_without_any_letter_is_set_though_winreg_tells_no_data(data: str | None) -> None:
    policy = read(Given([("ProxyUrl", (SZ, data))]))
    assert (policy.mandatory, said(policy)) == ({"ProxyUrl": ""}, [])


def test_half_a_letter_in_a_text_or_a_name_is_told_in_whole_ones() -> None:
    policy = read(Given([("Idle\ud800Threshold", (DWORD, 10)), ("TrustedCaFile", (SZ, "C:\\\udc00.p\nem"))]))
    told = "\n".join(said(policy))
    assert told.encode()
    assert "Idle?Threshold" in told
    assert 'TrustedCaFile = "C:\\?.p' in told


_DATA = st.one_of(
    st.tuples(st.just(DWORD), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(QWORD), st.integers(0, 2**64 - 1)),
    st.tuples(st.sampled_from([SZ, EXPAND_SZ]), st.text(max_size=200)),
    st.tuples(st.just(MULTI_SZ), st.lists(st.text(max_size=10), max_size=4)),
    st.tuples(st.integers(0, 40), st.binary(max_size=40)),
)


class Given:
    """A winreg that answers with these values for every key."""

    HKEY_LOCAL_MACHINE = MACHINE

    def __init__(self, values: list[tuple[str, tuple[int, object]]]) -> None:
        self._values = values

    def OpenKey(self, *_: object) -> Any:
        return nullcontext()

    def EnumValue(self, _: object, index: int) -> tuple[str, object, int]:
        if index >= len(self._values):
            raise self._end()
        name, (type_, data) = self._values[index]
        return name, data, type_

    def EnumKey(self, *_: object) -> str:
        raise self._end()

    def ExpandEnvironmentStrings(self, text: str) -> str:
        return text

    @staticmethod
    def _end() -> OSError:
        error = OSError(22, "No more data is available")
        error.winerror = 259  # type: ignore[attr-defined]
        return error


def test_a_key_that_goes_while_it_is_read_counts_in_no_part() -> None:
    class Going(Given):
        def EnumValue(self, key: object, index: int) -> tuple[str, object, int]:
            if index:
                raise OSError(22, "Illegal operation on a registry key that was marked for deletion")
            return super().EnumValue(key, index)

    policy = read(Going([("KeepHistory", (DWORD, 1))]))
    assert (policy.mandatory, policy.recommended) == ({}, {})
    assert said(policy)[0].startswith(
        f"{HERE}: it cannot be read, so nothing of it is used: Illegal operation"
    )


@given(
    st.lists(st.tuples(st.sampled_from([*POLICY, "Other", ""]) | st.text(max_size=300), _DATA), max_size=20)
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_registry_can_crash_the_reader(values: list[tuple[str, tuple[int, object]]]) -> None:
    policy = read(Given(values))
    assert all(text.startswith(HERE) for text in said(policy))
    assert set(policy.mandatory) | set(policy.recommended) <= set(POLICY)
