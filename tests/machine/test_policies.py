"""Where a policy can stand on each system, what several places say together, and what is told of it."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from lyncdesk import bootstrap
from lyncdesk.cli import main
from lyncdesk.cli.policy import run_policy
from lyncdesk.client.options import Options, Origin
from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import PolicyFile, parse_policy, policy_lines
from lyncdesk.client.policy_values import LARGEST_FILE
from lyncdesk.client.settings import options_from
from lyncdesk.client.sign_in_names import SignedIn, for_person
from lyncdesk.client.words import Words
from lyncdesk.machine.policies import SystemPolicy, system_policy
from lyncdesk.machine.policy_preferences import policy_from
from lyncdesk.machine.policy_registry import PolicyRegistry
from lyncdesk.machine.windows_owner import not_an_administrators
from tests.hives import DWORD, SZ, HiveRegistry, write_hive

MINUTE = timedelta(minutes=1)
KEY = r"Software\Policies\LyncDesk"


def test_each_system_has_its_places_strongest_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setattr("lyncdesk.machine.windows.common_folder", lambda: str(tmp_path))
    *registry, file = system_policy("win32").places
    assert [place.path for place in registry] == [rf"HKEY_LOCAL_MACHINE\{KEY}", rf"HKEY_CURRENT_USER\{KEY}"]
    assert isinstance(file, PolicyFile)
    assert file.path == tmp_path / "LyncDesk" / "policy.toml"
    assert file.refuses is not_an_administrators
    monkeypatch.setattr("sys.platform", "darwin")
    person = Path("~").expanduser().owner()
    name = "org.lyncdesk.LyncDesk.plist"
    assert system_policy("darwin").where().split("; ") == [
        f"/Library/Managed Preferences/{name}",
        f"/Library/Managed Preferences/{person}/{name}",
        "/Library/Application Support/LyncDesk/policy.toml",
    ]
    monkeypatch.undo()
    assert system_policy("linux").where() == "/etc/lyncdesk/policy.toml"


def test_inside_flatpak_the_file_is_the_extensions_or_the_computers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mark = tmp_path / ".flatpak-info"
    monkeypatch.setattr("lyncdesk.machine.paths._SANDBOX", mark)
    assert system_policy("linux").where() == "/etc/lyncdesk/policy.toml"
    mark.touch()
    where = "/app/etc/lyncdesk/policy.toml; /run/host/etc/lyncdesk/policy.toml"
    assert system_policy("linux").where() == where


def test_the_registry_counts_before_the_file_in_each_layer_and_no_default_before_a_mandatory_key(
    tmp_path: Path,
) -> None:
    hive = write_hive(
        tmp_path / "software.hive",
        {
            r"Policies\LyncDesk": [("IdleThreshold", DWORD, 10), ("KeepHistory", SZ, "yes")],
            r"Policies\LyncDesk\Recommended": [
                ("AwayThreshold", DWORD, 11),
                ("MaximumNumberOfContacts", DWORD, 7),
            ],
        },
    )
    file = tmp_path / "policy.toml"
    file.write_text(
        "IdleThreshold = 20\nAwayThreshold = 21\nKeepHistory = true\nColour = 1", encoding="utf-8"
    )
    registry = HiveRegistry(hive)
    machine, person = (
        PolicyRegistry(root, lambda: registry) for root in ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER")
    )
    system = SystemPolicy((machine, person, PolicyFile(file)))
    policy = system.read()
    assert policy.mandatory == {
        "IdleThreshold": 10 * MINUTE,
        "AwayThreshold": 21 * MINUTE,
        # Nothing that is wrong in the stronger place keeps the weaker one from counting.
        "KeepHistory": True,
    }
    assert policy.recommended == {"AwayThreshold": 11 * MINUTE, "MaximumNumberOfContacts": 7}
    assert policy.path == f"{machine.path}; {file}"
    assert [dict(problem.values)["key"] for problem in policy.problems] == ["KeepHistory", "Colour"]
    options, _ = options_from({}, policy, {})
    assert options.away_after == 21 * MINUTE
    lines = {line.key: line for line in policy_lines(policy, options)}
    assert {key: (line.origin, line.place) for key, line in lines.items() if line.place} == {
        "IdleThreshold": (Origin.POLICY, machine.path),
        "AwayThreshold": (Origin.POLICY, str(file)),
        "KeepHistory": (Origin.POLICY, str(file)),
        "MaximumNumberOfContacts": (Origin.RECOMMENDED, machine.path),
    }


def test_a_change_anywhere_is_another_policy_and_none_is_the_same(tmp_path: Path) -> None:
    hive, file = tmp_path / "software.hive", tmp_path / "policy.toml"
    registry = HiveRegistry(hive)
    system = SystemPolicy((PolicyRegistry("HKEY_LOCAL_MACHINE", lambda: registry), PolicyFile(file)))
    read: list[Policy] = []

    def look() -> Policy:
        read.append(system.read())
        assert system.read() == read[-1]
        return read[-1]

    write_hive(hive, {r"Policies\LyncDesk": [("IdleThreshold", DWORD, 10)]})
    look()
    file.write_text("IdleThreshold = 10", encoding="utf-8")
    look()
    write_hive(hive, {"Policies": []})
    assert look().place("IdleThreshold") == str(file)
    write_hive(hive, {r"Policies\LyncDesk": [("IdleThreshold", DWORD, 11)]})
    assert look().mandatory == {"IdleThreshold": 11 * MINUTE}
    assert all(read[at] != read[at + 1] for at in range(len(read) - 1))


def test_one_place_alone_is_told_as_it_is() -> None:
    policy = parse_policy("KeepHistory = true", "policy.toml")
    assert policy.over(Policy()) is policy
    assert Policy().over(policy) is policy
    assert policy.sources() == ("policy.toml",)
    (line,) = (line for line in policy_lines(policy, options_from({}, policy, {})[0]) if line.place)
    assert (line.key, line.place) == ("KeepHistory", "policy.toml")
    assert not [line for line in policy_lines(Policy(), Options()) if line.place]


def test_a_file_larger_than_any_policy_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("#" * LARGEST_FILE + "\nKeepHistory = true", encoding="utf-8")
    (problem,) = PolicyFile(file).read().problems
    told = f"{file}: it cannot be read, so nothing of it is used: it is larger than {LARGEST_FILE} bytes."
    assert Words()(problem.cause) == told


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("ending", [".toml", ".reg", ".plist", ".mobileconfig", ".ini", ""])
def test_a_file_on_trial_that_is_not_there_or_of_no_known_ending_is_told(
    tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"policy{ending}"
    assert run_policy(as_json=False, template=False, file=path) == 1
    told = capsys.readouterr().err
    why = "it ends in none of .toml, .reg" if ending in {"", ".ini"} else "No such file or directory"
    assert f"{path}: it cannot be read, so nothing of it is used: {why}" in told
    assert told.count("\n") == 1


def test_a_policy_on_trial_counts_instead_of_this_computers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    settings = home / ".config/lyncdesk/settings.toml"
    settings.parent.mkdir(parents=True)
    settings.write_text('inactive_after = "00:50:00"\naway_after = "00:51:00"\n', encoding="utf-8")
    path = tmp_path / "policy.toml"
    path.write_text("IdleThreshold = 10\n[recommended]\nAwayThreshold = 11\n", encoding="utf-8")
    assert run_policy(as_json=True, template=False, file=path) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["file"], found["places"]) == (str(path), [str(path)])
    keys = {key["key"]: (key["value"], key["origin"], key["place"]) for key in found["keys"]}
    assert keys["IdleThreshold"] == (10, "administrator", str(path))
    assert keys["AwayThreshold"] == (51, "person", None)
    assert keys["KeepHistory"] == (False, "built in", None)
    assert bootstrap.options_in_force()[1].path == ""


@pytest.mark.usefixtures("home")
def test_several_places_are_told_beside_each_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "policy.reg"
    lines = [
        *("REGEDIT4", rf"[HKEY_LOCAL_MACHINE\{KEY}]", '"IdleThreshold"=dword:a'),
        *(rf"[HKEY_CURRENT_USER\{KEY}\Recommended]", '"AwayThreshold"=dword:b', ""),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    assert run_policy(as_json=False, template=False, file=path) == 0
    told = capsys.readouterr().out.splitlines()
    machine, person = rf"HKEY_LOCAL_MACHINE\{KEY}", rf"HKEY_CURRENT_USER\{KEY}"
    assert told[0] == f"Policy: {machine}; {person}"
    assert f"IdleThreshold = 10  (administrator: {machine}; 5 to 360 whole minutes)" in told
    recommended = f"recommended by the administrator: {person}"
    assert f"AwayThreshold = 11  ({recommended}; 5 to 360 whole minutes)" in told
    assert "KeepHistory = false  (built in; true or false)" in told


def test_a_name_that_cannot_be_filled_in_is_told_with_the_place_of_its_key(tmp_path: Path) -> None:
    keys = {
        r"Policies\LyncDesk": [("AccountAddress", SZ, "{user}@contoso.com")],
        r"Policies\LyncDesk\Recommended": [("AccountUserName", SZ, "{upn}")],
    }
    registry = HiveRegistry(write_hive(tmp_path / "software.hive", keys))
    file = parse_policy("KeepHistory = true", "policy.toml")
    machine = PolicyRegistry("HKEY_LOCAL_MACHINE", lambda: registry).read()
    policy = for_person(machine.over(file), lambda: SignedIn("anna"))
    assert policy.mandatory == {"AccountAddress": "anna@contoso.com", "KeepHistory": True}
    (problem,) = policy.problems
    assert dict(problem.values)["where"] == machine.path
    assert policy.place("KeepHistory") == "policy.toml"


def test_a_password_in_the_registry_or_in_a_profile_is_told_to_be_taken_out(tmp_path: Path) -> None:
    hive = write_hive(
        tmp_path / "software.hive", {r"Policies\LyncDesk": [("AccountPassword", SZ, "right horse")]}
    )
    registry = HiveRegistry(hive)
    for policy in (
        PolicyRegistry("HKEY_LOCAL_MACHINE", lambda: registry).read(),
        policy_from({"AccountPassword": "right horse"}, "a.plist"),
    ):
        (problem,) = policy.problems
        assert "never holds a password" in Words()(problem.cause)
        assert "right horse" not in str(problem)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("command", ["check", "doctor"])
def test_a_command_that_misses_an_account_tells_first_what_is_wrong_with_the_policy_that_names_it(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = for_person(parse_policy('AccountAddress = "{upn}"', "policy.toml"), lambda: SignedIn("anna"))
    monkeypatch.setattr(bootstrap, "persons_policy", lambda _trial: policy)
    assert main([command]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert 'policy.toml: AccountAddress = "{upn}" cannot be filled in for this person' in first
    assert "no account is signed in" in second
