"""The language of the person: what gettext would take, or what the system's own way tells."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lyncdesk.machine import language


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de_DE"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "en_GB.UTF-8"}, "en_GB"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:en"}, "de"),
        ({"LC_ALL": "POSIX", "LANG": "sr_RS@latin"}, "sr_RS"),
    ],
)
def test_the_variables_decide_in_gettexts_order(environment: dict[str, str], told: str) -> None:
    assert language.system_language(environment, "linux") == told


@pytest.mark.parametrize(("number", "told"), [(0x0407, "de_DE"), (0x0409, "en_US"), (0, "en")])
def test_windows_tells_the_language_of_its_screens(
    number: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = SimpleNamespace(GetUserDefaultUILanguage=lambda: number)
    monkeypatch.setattr(language, "ctypes", SimpleNamespace(windll=SimpleNamespace(kernel32=kernel)))
    assert language.system_language({}, "win32") == told


def test_macos_without_its_framework_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(_name: str) -> Any:
        raise OSError

    monkeypatch.setattr(language, "ctypes", SimpleNamespace(CDLL=absent, c_void_p=None))
    assert language.system_language({}, "darwin") == "en"
