"""Group Policy's templates: of the form that Windows wants, complete, and true to what the product reads."""

from datetime import timedelta
from pathlib import Path
from string import Formatter

import pytest
from lxml import etree

from lyncdesk.client.durations import format_duration
from lyncdesk.client.policy import POLICY, Policy, PolicyKey
from lyncdesk.client.policy_file import parse_policy
from lyncdesk.client.settings_fields import FIELDS
from lyncdesk.client.value_kinds import Choice, Minutes, Span, Switch, Text, Whole
from lyncdesk.machine.policy_registry import PolicyRegistry
from lyncdesk_packaging.policies import FILES
from lyncdesk_packaging.policy_examples import System, example_value
from lyncdesk_packaging.policy_texts import CULTURES, FRAME
from tests.hives import HiveRegistry, write_hive
from tests.packaging.policy_editor import PolicyEditor, RefusedError
from tests.packaging.policy_files import toml_file

ADMX = FILES["LyncDesk.admx"]()
ADML = {culture: FILES[f"{culture}/LyncDesk.adml"]() for culture in CULTURES}
ROWS = [pytest.param(row, id=row.key) for row in POLICY.values()]
NAMES = {"ProgramData": r"C:\ProgramData"}


def editor(culture: str = "en-US") -> PolicyEditor:
    return PolicyEditor(ADMX, ADML[culture])


def read(editor_: PolicyEditor, path: Path, root: str = "HKEY_LOCAL_MACHINE") -> Policy:
    """What the product reads of what the editor wrote, from a hive."""
    below = "Software" if root == "HKEY_LOCAL_MACHINE" else ""
    keys = editor_.registry.below(below) if below else dict(editor_.registry.below("NONE"))
    hive = write_hive(path / "hive", {key: values for key, values in keys.items() if values})
    machine, user = (hive, None) if below else (None, hive)
    return PolicyRegistry(root, lambda: HiveRegistry(machine, user, names=NAMES)).read()


def boundaries(row: PolicyKey) -> list[object]:
    """Values that the key just takes, in the form of TOML."""
    match row.kind:
        case Switch():
            return [True, False]
        case Whole(low, high) | Minutes(low, high):
            return [low, high]
        case Span(low, high):
            return [
                format_duration(low),
                format_duration(high),
                *(["1h30m"] if low < timedelta(hours=1) else []),
            ]
        case Choice(of):
            return [str(member.value) for member in of]
        case Text(choices=choices) if choices:
            return list(choices)
    return [example_value(row, System.WINDOWS)]


def just_not(row: PolicyKey) -> list[object]:
    """Values that the editor itself refuses."""
    match row.kind:
        case Whole(low, high) | Minutes(low, high):
            return [*([low - 1] if low else []), high + 1, "10"]
        case Span():
            return ["", "x" * 21]
        case Choice():
            return ["", "Everybody"]
        case Text(choices=choices) if choices:
            return ["", "digest"]
    return ["", "x" * 1024]


@pytest.mark.parametrize(
    "data", [pytest.param(ADMX, id="admx"), *(pytest.param(ADML[c], id=c) for c in ADML)]
)
def test_each_file_has_the_form_that_windows_wants(data: bytes) -> None:
    schema = etree.RelaxNG(etree.parse(Path(__file__).parent / "admx.rng"))
    schema.assertValid(etree.fromstring(data))


def test_the_schema_refuses_what_windows_refuses() -> None:
    schema = etree.RelaxNG(etree.parse(Path(__file__).parent / "admx.rng"))
    for good, bad in [
        (b'class="Both"', b'class="Everybody"'),
        (b"$(string.KeepHistory)", b"$(string.Keep History)"),
        (b'minValue="5"', b'minValue="-5"'),
        (b"<disabledValue>", b"<disabledValue><decimal value='0' />"),
    ]:
        assert good in ADMX
        assert not schema.validate(etree.fromstring(ADMX.replace(good, bad, 1)))


@pytest.mark.parametrize("culture", CULTURES)
def test_every_text_that_the_editor_shows_is_there_and_no_other(culture: str) -> None:
    shown = editor(culture)
    tree = shown.tree()
    for name in shown.policies:
        for control in shown.controls(name).values():
            assert "".join(control.itertext()).strip()
        for element in shown.elements(name):
            if element.tag.endswith("enum"):
                assert shown.choices(element)
    assert len(tree) == 2
    assert [len(names) for names in tree.values()] == [len(POLICY)] * 2
    assert shown.language.used == {*shown.language.strings, *shown.language.presentations}


def test_each_key_is_a_policy_and_a_default_for_computers_and_for_people() -> None:
    policies = editor().policies
    assert set(policies) == {name for key in POLICY for name in (key, f"{key}_Recommended")}
    assert {policy.attrib["class"] for policy in policies.values()} == {"Both"}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("root", ["HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"])
@pytest.mark.parametrize("recommended", [False, True])
def test_what_the_editor_writes_is_read_as_the_policy_file_with_the_same_value(
    tmp_path: Path, row: PolicyKey, root: str, recommended: bool
) -> None:
    name = f"{row.key}_Recommended" if recommended else row.key
    for value in boundaries(row):
        windows = editor()
        if not isinstance(row.kind, Switch):
            windows.enable(name, **{row.key: value})
        elif value:
            windows.enable(name)
        else:
            windows.disable(name)
        values = {row.key: value}
        text = toml_file({}, values) if recommended else toml_file(values, {})
        expected, found = parse_policy(text, "policy.toml"), read(windows, tmp_path, root)
        assert expected.problems == found.problems == ()
        assert (found.mandatory, found.recommended) == (expected.mandatory, expected.recommended)


@pytest.mark.parametrize(
    "row", [param for param in ROWS if not isinstance(POLICY[str(param.id)].kind, Switch)]
)
def test_the_editor_refuses_what_the_key_does_not_take_and_disabled_is_not_set(
    tmp_path: Path, row: PolicyKey
) -> None:
    windows = editor()
    for value in just_not(row):
        with pytest.raises(RefusedError):
            windows.enable(row.key, **{row.key: value})
    assert read(windows, tmp_path) == Policy()
    windows.enable(row.key, **{row.key: boundaries(row)[0]})
    assert row.key in read(windows, tmp_path).mandatory
    windows.disable(row.key)
    assert read(windows, tmp_path).mandatory == {}


def test_all_policies_together_are_read_whole(tmp_path: Path) -> None:
    windows = editor()
    for row in POLICY.values():
        typed = {} if isinstance(row.kind, Switch) else {row.key: boundaries(row)[0]}
        windows.enable(row.key, **typed)
        windows.enable(f"{row.key}_Recommended", **typed)
    policy = read(windows, tmp_path)
    assert policy.problems == ()
    assert list(policy.mandatory) == list(policy.recommended) == list(POLICY)


def test_a_path_may_name_a_folder_of_windows(tmp_path: Path) -> None:
    windows = editor()
    windows.enable("TrustedCaFile", TrustedCaFile=r"%ProgramData%\ca.pem")
    assert read(windows, tmp_path).mandatory == {"TrustedCaFile": r"C:\ProgramData\ca.pem"}


def test_the_editor_offers_the_built_in_value_first() -> None:
    shown = editor()
    for row in POLICY.values():
        default = row.kind.write(row.default)
        for element, control in zip(shown.elements(row.key), shown.controls(row.key).values(), strict=True):
            match control.tag.rpartition("}")[2]:
                case "decimalTextBox":
                    assert control.attrib["defaultValue"] == str(default)
                case "comboBox":
                    texts = [inner.text for inner in control]
                    assert texts[1] == default
                    assert all(row.kind.read(text) is not None for text in texts[2:])
                case "dropdownList":
                    picked = shown.choices(element)[int(control.attrib["defaultItem"])]
                    assert default in {picked[1], ""}


def test_the_sentences_around_the_keys_say_the_same_in_each_language() -> None:
    english = FRAME["en"]
    for language, frame in FRAME.items():
        assert frame.keys() == english.keys(), language
        for name, text in frame.items():
            assert _places(text) == _places(english[name]), name
            assert text.endswith(".") == english[name].endswith("."), name


def test_no_default_that_nobody_can_change_is_said_to_be_changed() -> None:
    strings = editor().language.strings
    free = {key for key in POLICY if "people may change it" in strings[f"{key}_Recommended_Explain"]}
    assert {"IdleThreshold", "AccountAddress", "DisableFreeBusyInfo", "KeepHistory"} <= free
    assert not {"WebServicePollInterval", "AllowSavedPassword", "MaximumNumberOfContacts"} & free
    for key, row in POLICY.items():
        chosen = row.recommended(row.kind.read(example_value(row)))
        assert (key in free) == (chosen.keys() <= FIELDS.keys()), key


def test_what_not_configured_means_is_said_in_the_words_of_the_editor() -> None:
    strings = editor().language.strings
    told = "Not configured: nothing is prescribed; built in: as disabled."
    assert told in strings["KeepHistory_Explain"]
    assert told.replace("disabled", "enabled") in strings["AllowCheckNow_Explain"]
    told = 'Disabled or not configured: nothing is prescribed; built in: "Workgroup and Friends and Family".'
    assert told in strings["MeetingDetailsTo_Explain"]


def _places(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text)} - {None}


def test_german_administrators_read_german() -> None:
    german, english = editor("de-DE").language.strings, editor().language.strings
    assert german.keys() == english.keys()
    assert "eine Dauer von" in german["WebServicePollInterval_Explain"]
    assert german["MeetingDetailsTo_1"] == "Arbeitsgruppe"
    assert 'Erlaubt: "Arbeitsgruppe sowie Freunde und Familie"' in german["MeetingDetailsTo_Explain"]
    assert german["ExchangeAuthentication_1"] == "basic"
    assert not [name for name in german if name.endswith("_Explain") and german[name] == english[name]]
