"""The policy among macOS' managed preferences: property lists of both forms, recorded, hostile and broken."""

import plistlib
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.policy import POLICY, Policy
from lyncdesk.client.policy_values import LARGEST_FILE, LONGEST_TEXT, MOST_VALUES, UnreadableError
from lyncdesk.client.words import Words
from lyncdesk.machine.policies import SystemPolicy
from lyncdesk.machine.policy_preferences import (
    PolicyPreferences,
    dictionary,
    managed_preferences,
    policy_from,
)
from lyncdesk.machine.policy_trial import trial_policy

RECORDINGS = Path(__file__).parent / "recordings"
MINUTE = timedelta(minutes=1)
NOT_SET = "It counts as not set (built in: "
UNKNOWN = "is not known and has no effect; the nearest known key is"
# Of the recorded policy: the key, and what is wrong with it.
MISTAKES = {
    "KeepHistory": f"KeepHistory is <integer>; it must be <true/> or <false/>. {NOT_SET}false)",
    "AwayThreshold": f"AwayThreshold is <real>; it must be <integer>: 5 to 360 whole minutes. {NOT_SET}5)",
    "MaximumNumberOfContacts": "MaximumNumberOfContacts = 1001 is not allowed; it takes a whole number from"
    f" 0 to 1000. {NOT_SET}250)",
    "MeetingDetailsTo": 'MeetingDetailsTo is <array>; it must be <string>: one of "Workgroup and Friends and'
    f' Family", "Workgroup". {NOT_SET}"Workgroup and Friends and Family")',
    "TrustedCaFile": f'TrustedCaFile is <data>; it must be <string>: the full path of a file. {NOT_SET}"")',
    "ManualStatusExpiry": 'ManualStatusExpiry is <date>; it must be <string>: a duration from "00:15:00" to'
    f' "24:00:00". {NOT_SET}"24:00:00")',
    "PollInterval": f"the key PollInterval {UNKNOWN} WebServicePollInterval",
    "Recomended": f"the key Recomended {UNKNOWN} Recommended",
    "Recommended > IdleThreshold": "IdleThreshold = 4 is not allowed; it takes 5 to 360 whole minutes."
    f" {NOT_SET}5)",
}


def said(policy: Policy) -> list[str]:
    assert {problem.name for problem in policy.problems} <= {"policy-invalid"}
    return [Words()(problem.cause) for problem in policy.problems]


@pytest.mark.parametrize("name", ["managed.plist", "managed.xml.plist"])
def test_recorded_preferences_are_read_and_each_mistake_in_them_is_told_with_its_key(name: str) -> None:
    path = RECORDINGS / name
    policy = PolicyPreferences(path).read()
    assert policy.path == str(path)
    assert policy.mandatory == {
        "WebServicePollInterval": 10 * MINUTE,
        "DisableFreeBusyInfo": True,
        "IdleThreshold": 360 * MINUTE,
    }
    assert policy.recommended == {"KeepHistory": True}
    assert sorted(said(policy)) == sorted(f"{path}, key {key}: {what}." for key, what in MISTAKES.items())
    assert trial_policy(path) == policy


def test_what_is_set_for_the_computer_counts_before_what_is_set_for_the_person(tmp_path: Path) -> None:
    machine, person = managed_preferences("anna", tmp_path)
    assert machine.path == str(tmp_path / "org.lyncdesk.LyncDesk.plist")
    assert person.path == str(tmp_path / "anna" / "org.lyncdesk.LyncDesk.plist")
    system = SystemPolicy((machine, person))
    assert system.read() == Policy()
    person.file.parent.mkdir()
    for place, values in (
        (person, {"IdleThreshold": 7, "AwayThreshold": 8, "Recommended": {"KeepHistory": True}}),
        (machine, {"IdleThreshold": 9, "Recommended": {"IdleThreshold": 10}}),
    ):
        place.file.write_bytes(plistlib.dumps(values, fmt=plistlib.FMT_BINARY))
    policy = system.read()
    assert policy.problems == ()
    assert policy.mandatory == {"IdleThreshold": 9 * MINUTE, "AwayThreshold": 8 * MINUTE}
    assert policy.recommended == {"IdleThreshold": 10 * MINUTE, "KeepHistory": True}
    assert [policy.place("IdleThreshold"), policy.place("AwayThreshold")] == [machine.path, person.path]
    assert policy.place("KeepHistory", recommended=True) == person.path
    assert policy.sources() == (machine.path, person.path)


def test_several_payloads_of_a_profile_on_trial_count_together_the_first_of_them_first(
    tmp_path: Path,
) -> None:
    forced = {"org.lyncdesk.LyncDesk": {"Forced": [{"mcx_preference_settings": {"AwayThreshold": 8}}, 7]}}
    payloads = [
        {"PayloadType": "org.lyncdesk.LyncDesk", "PayloadVersion": 1, "IdleThreshold": 7},
        {"PayloadType": "com.apple.ManagedClient.preferences", "PayloadContent": forced},
        {"PayloadType": "com.apple.wifi.managed", "IdleThreshold": 9},
        {"PayloadType": "org.lyncdesk.LyncDesk", "IdleThreshold": 10, "Recommended": {"KeepHistory": True}},
    ]
    path = tmp_path / "office.mobileconfig"
    path.write_bytes(plistlib.dumps({"PayloadContent": payloads}))
    policy = trial_policy(path)
    assert policy.problems == ()
    assert policy.mandatory == {"IdleThreshold": 7 * MINUTE, "AwayThreshold": 8 * MINUTE}
    assert policy.recommended == {"KeepHistory": True}


def test_the_file_is_read_anew_each_time(tmp_path: Path) -> None:
    place = PolicyPreferences(tmp_path / "a.plist")
    assert place.read() == Policy()
    place.file.write_bytes(plistlib.dumps({"KeepHistory": True}))
    assert place.read() == Policy(place.path, {"KeepHistory": True})
    place.file.write_bytes(plistlib.dumps({"KeepHistory": False}))
    assert place.read() == Policy(place.path, {"KeepHistory": False})


def test_recommended_that_is_no_dictionary_is_told() -> None:
    assert said(policy_from({"Recommended": "KeepHistory"}, "a.plist")) == [
        "a.plist, key Recommended: Recommended is <string>; it must be <dict>."
    ]


def test_long_texts_and_many_keys_are_told_without_being_repeated() -> None:
    text = {"TrustedCaFile": "/" + "x" * LONGEST_TEXT}
    told = f"TrustedCaFile is longer than {LONGEST_TEXT} characters. It counts as not set."
    assert said(policy_from(text, "a.plist")) == [f"a.plist, key TrustedCaFile: {told}"]
    many = said(policy_from({f"Key{number}": 1 for number in range(10_000)}, "a.plist"))
    assert many[-1] == f"a.plist: only {MOST_VALUES} values of it are read."
    assert len(many) == MOST_VALUES + 1


def _deep_xml(depth: int) -> bytes:
    return (
        b"<plist><dict><key>KeepHistory</key>" + b"<array>" * depth + b"</array>" * depth + b"</dict></plist>"
    )


def _deep_binary(depth: int) -> bytes:
    objects = [b"\xd1\x01\x02", b"\x5bKeepHistory", *(b"\xa1" + bytes([0]) for _ in range(depth))]
    # Each array holds the next one, by references of two bytes.
    objects[0] = b"\xd1" + struct.pack(">HH", 1, 2)
    objects[2:] = [b"\xa1" + struct.pack(">H", 3 + number) for number in range(depth)]
    objects.append(b"\x08")
    data, offsets = b"bplist00", []
    for found in objects:
        offsets.append(len(data))
        data += found
    trailer = struct.pack(">6xBBQQQ", 4, 2, len(objects), 0, len(data))
    return data + b"".join(struct.pack(">I", offset) for offset in offsets) + trailer


def _binary_of(count: int) -> bytes:
    return b"bplist00\x08" + struct.pack(">6xBBQQQ", 1, 1, count, 0, 9)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><plist><dict><key>KeepHistory</key><string>&j;</string></dict></plist>"
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"KeepHistory = true", id="another format"),
        pytest.param(plistlib.dumps({"KeepHistory": True}, fmt=plistlib.FMT_BINARY)[:-9], id="cut off"),
        pytest.param(plistlib.dumps({"KeepHistory": True})[:-12], id="cut off, XML"),
        pytest.param(plistlib.dumps([True]), id="no dictionary"),
        pytest.param(_deep_binary(30_000), id="deep, binary"),
        pytest.param(_binary_of(2**62), id="numbers that no memory holds"),
        pytest.param(BOMB, id="entities of entities"),
        pytest.param(b"<plist><dict><key>KeepHistory</key><date>soon</date></dict></plist>", id="no date"),
        pytest.param(
            b"<plist><dict><key>KeepHistory</key><integer>%s</integer></dict></plist>" % (b"9" * 5000)
        ),
        pytest.param(b"<plist><dict><string>KeepHistory</string></dict></plist>", id="no key"),
        pytest.param(b"</plist>", id="an end alone"),
        pytest.param(b"\0" * (LARGEST_FILE + 1), id="too large"),
    ],
)
def test_a_file_that_is_no_property_list_is_a_problem(tmp_path: Path, data: bytes) -> None:
    place = PolicyPreferences(tmp_path / "org.lyncdesk.LyncDesk.plist")
    place.file.write_bytes(data)
    policy = place.read()
    assert policy == Policy(place.path, problems=policy.problems)
    (text,) = said(policy)
    assert text.startswith(f"{place.path}: it cannot be read, so nothing of it is used: ")
    assert len(text) < 400


def test_a_folder_in_its_place_is_a_problem(tmp_path: Path) -> None:
    place = PolicyPreferences(tmp_path)
    assert said(place.read()) == [f"{tmp_path}: it cannot be read, so nothing of it is used: Is a directory."]


def test_what_is_nested_without_end_is_told_as_what_it_is() -> None:
    (text,) = said(policy_from(dictionary(_deep_xml(100_000)), "a.plist"))
    assert "KeepHistory is <array>; it must be <true/> or <false/>" in text
    round_: list[object] = []
    round_.append(round_)
    assert (
        len(said(policy_from({"KeepHistory": round_, "Recommended": {"MeetingDetailsTo": round_}}, "a"))) == 2
    )


_VALUES = st.recursive(
    st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=50)
    | st.binary(max_size=20)
    | st.just(datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_KEYS = st.sampled_from([*POLICY, "Recommended", "PayloadUUID"]) | st.text(max_size=100)


@given(st.dictionaries(_KEYS, _VALUES, max_size=8))
def test_no_preferences_can_crash_the_reader(values: dict[str, object]) -> None:
    data = plistlib.dumps(values, fmt=plistlib.FMT_BINARY)
    policy = policy_from(dictionary(data), "a.plist")
    assert all(text.startswith("a.plist") for text in said(policy))
    assert set(policy.mandatory) | set(policy.recommended) <= set(POLICY)


@given(st.data())
def test_no_damage_to_a_file_can_crash_the_reader(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["managed.plist", "managed.xml.plist"]))
    octets = bytearray((RECORDINGS / name).read_bytes())
    for at, octet in data.draw(
        st.lists(st.tuples(st.integers(0, len(octets) - 1), st.integers(0, 255)), min_size=1, max_size=6)
    ):
        octets[at] = octet
    del octets[data.draw(st.integers(0, len(octets))) :]
    try:
        policy = policy_from(dictionary(bytes(octets)), "a.plist")
    except UnreadableError as error:
        assert error.what.template  # noqa: PT017 - it is raised for some damage and not for other
    else:
        assert set(policy.mandatory) | set(policy.recommended) <= set(POLICY)
