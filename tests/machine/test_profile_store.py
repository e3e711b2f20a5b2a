"""Who the contacts are, in a file: whole or not there, and never worth a failure."""

from __future__ import annotations

import json
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lyncdesk.machine.profile_store import FileProfiles
from lyncdesk.presence.publication import Profile

EVA = Profile(
    "eva@litware.example", "Eva Láng", "Engineer", "Litware", "Berlin", "+49 1", "+49 2", "+49 3", ""
)


def test_what_is_kept_is_there_at_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "contacts.json"
    FileProfiles(path).keep(EVA.address, EVA)
    assert FileProfiles(path).get("Eva@LITWARE.example") == EVA
    assert FileProfiles(path).get("nobody@litware.example") is None


def test_only_words_are_kept_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "contacts.json"
    FileProfiles(path).keep(EVA.address, Profile(EVA.address, "Eva", zone="Asia/Tokyo", picture=b"face"))
    assert FileProfiles(path).get(EVA.address) == Profile(EVA.address, "Eva", zone="")
    assert json.loads(path.read_text()) == {"people": [{"address": EVA.address, "name": "Eva"}]}
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_one_who_is_on_the_list_under_an_alias_is_kept_with_the_address_of_the_person(tmp_path: Path) -> None:
    path = tmp_path / "contacts.json"
    FileProfiles(path).keep("EVI@litware.example", EVA)
    assert FileProfiles(path).get("evi@litware.example") == EVA
    assert FileProfiles(path).get(EVA.address) is None


def test_what_is_kept_already_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "contacts.json"
    profiles = FileProfiles(path)
    profiles.keep(EVA.address, EVA)
    path.unlink()
    profiles.keep(EVA.address, replace(EVA, zone="Asia/Tokyo"))
    assert not path.exists()


def test_who_was_dropped_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "contacts.json"
    profiles = FileProfiles(path)
    ben = Profile("ben@litware.example", "Ben", zone="")
    profiles.keep(EVA.address, EVA)
    profiles.keep(ben.address, ben)
    profiles.drop(EVA.address)
    profiles.drop("nobody@litware.example")
    assert FileProfiles(path).get(EVA.address) is None
    assert FileProfiles(path).get(ben.address) == ben


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"people": {}}',
        b'{"people": [1, null, {"name": "no address"}, {"address": "no at sign"}, {"address": 7}]}',
        b'{"people": [{"address": "eva@litware.example", "known_as": "no at sign"}]}',
        b'{"people": [' + b" " * 5_000_000 + b"]}",
    ],
)
def test_a_file_that_makes_no_sense_costs_names_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "contacts.json"
    path.write_bytes(content)
    profiles = FileProfiles(path)
    assert profiles.get(EVA.address) is None
    profiles.keep(EVA.address, EVA)
    assert FileProfiles(path).get(EVA.address) == EVA


def test_words_of_a_wrong_kind_or_length_are_left_out_or_cut(tmp_path: Path) -> None:
    path = tmp_path / "contacts.json"
    told = {"address": "EVA@litware.example", "name": "x" * 1000, "title": 7, "zone": "Mars", "extra": "y"}
    path.write_text(json.dumps({"people": [told]}))
    assert FileProfiles(path).get(EVA.address) == Profile(EVA.address, "x" * 300, zone="")


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_to_costs_nothing(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    profiles = FileProfiles(tmp_path / "contacts.json")
    profiles.keep(EVA.address, EVA)
    assert profiles.get(EVA.address) == EVA
    tmp_path.chmod(0o700)


def test_a_path_that_is_no_file_costs_nothing(tmp_path: Path) -> None:
    path = tmp_path / "contacts.json"
    path.mkdir()
    profiles = FileProfiles(path)
    profiles.keep(EVA.address, EVA)
    assert profiles.get(EVA.address) == EVA
