"""Notices on Windows carry LyncDesk's name, whether an installer told Windows of it or not."""

from lyncdesk.machine.toast_identity import introduce, withdraw
from lyncdesk.starting import DESKTOP_ID
from tests.machine.registry import Registry

PLACE = f"Software\\Classes\\AppUserModelId\\{DESKTOP_ID}"


def test_windows_is_told_the_name_once() -> None:
    registry = Registry()
    for _ in range(2):
        introduce(DESKTOP_ID, "LyncDesk", registry)
    assert registry.values == {("HKCU", PLACE, "DisplayName"): "LyncDesk"}
    assert registry.writes == 1


def test_what_an_installer_wrote_for_everybody_stays_the_only_word() -> None:
    registry = Registry()
    registry.values["HKLM", PLACE, "DisplayName"] = "LyncDesk"
    introduce(DESKTOP_ID, "LyncDesk", registry)
    assert registry.writes == 0


def test_a_registry_that_refuses_keeps_nothing_from_starting() -> None:
    registry = Registry()
    registry.refuses = True
    introduce(DESKTOP_ID, "LyncDesk", registry)
    assert registry.values == {}


def test_it_is_taken_back_for_this_person_and_nobody_else() -> None:
    registry = Registry()
    introduce(DESKTOP_ID, "LyncDesk", registry)
    registry.values["HKLM", PLACE, "DisplayName"] = "LyncDesk"
    for _ in range(2):
        withdraw(DESKTOP_ID, registry)
    assert registry.values == {("HKLM", PLACE, "DisplayName"): "LyncDesk"}
