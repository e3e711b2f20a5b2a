"""The contact list's model: a new list is laid over the old one, and what stayed keeps its identity."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from lyncdesk.client.view_types import ContactRow
from lyncdesk.client.words import Words
from lyncdesk.presence.relationships import Relationship
from lyncdesk.ui.contact_groups import View, beside_and_below
from lyncdesk.ui.contact_model import ContactModel
from tests.ui.builders import contact, contacts

TEXTS = ("Available", "Busy", "In a meeting", "Do not disturb", "Away", "Offline", "Presence unknown")


def checked(model: ContactModel) -> QAbstractItemModelTester:
    """Qt's own tester: any call that breaks the model's promises is a Qt warning, which fails the test."""
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)


def shown(model: ContactModel) -> dict[str, list[str]]:
    """Headings and the addresses under them."""
    groups: dict[str, list[str]] = {}
    for number in range(model.rowCount()):
        parent = model.index(number, 0)
        rows = [model.row_at(model.index(i, 0, parent)) for i in range(model.rowCount(parent))]
        groups[parent.data()] = [row.address.split(".")[0] for row in rows if row]
    return groups


@pytest.fixture
def model(qapp: object) -> ContactModel:
    model = ContactModel(Words())
    model.show_contacts(contacts())
    return model


def test_groups_hold_their_contacts_by_name(model: ContactModel) -> None:
    assert shown(model) == {"Contacts (3)": ["anna", "ben", "eve"], "Project Falcon (2)": ["carla", "david"]}


def test_the_status_view_puts_the_most_reachable_first(model: ContactModel) -> None:
    model.group_by(View.STATUS)
    assert list(shown(model)) == [
        "Available (1)",
        "Busy (1)",
        "Do not disturb (1)",
        "Away (1)",
        "Offline or unknown (1)",
    ]


def test_the_relationship_view_groups_by_what_the_person_gives(model: ContactModel) -> None:
    model.group_by(View.RELATIONSHIP)
    assert shown(model) == {
        "Workgroup (1)": ["carla"],
        "Colleagues (3)": ["anna", "ben", "david"],
        "External (1)": ["eve"],
    }


def test_a_search_finds_names_addresses_groups_and_states_by_every_word(model: ContactModel) -> None:
    for text, found in (
        ("ann", ["anna"]),
        ("FALCON", ["carla", "david"]),
        ("falcon away", ["david"]),
        ("fabrikam", ["eve"]),
        ("meeting", ["ben"]),
        ("nobody", []),
    ):
        model.filter(text)
        assert [address for rows in shown(model).values() for address in rows] == found, text
        assert model.shown == len(found)
    model.filter("")
    assert model.shown == 5


def test_a_contact_that_changes_stays_chosen_where_it_moves(model: ContactModel) -> None:
    tester = checked(model)
    model.group_by(View.STATUS)
    model.show_contacts((*contacts()[1:], contact("zoe.z@litware.example", "Zoe Z"), contact()))
    chosen = QPersistentModelIndex(model.index_of("anna.bedecs@litware.example"))
    # Ranked behind Zoe now, in the same group.
    rows = (*contacts()[1:], contact("zoe.z@litware.example", "Zoe Z"), contact(rank=3600))
    model.show_contacts(rows)
    assert shown(model)["Available (2)"] == ["zoe", "anna"]
    assert model.row_at(chosen) == rows[-1]
    del tester


def test_only_rows_that_changed_are_told(model: ContactModel) -> None:
    told: list[tuple[str, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.data(), last.row() - first.row())))
    model.modelReset.connect(lambda: told.append(("reset", 0)))
    rows = tuple(
        replace(row, text="Busy until 11:00") if row.name == "Ben Smith" else row for row in contacts()
    )
    model.show_contacts(rows)
    assert told == [("Ben Smith", 0)]
    model.show_contacts(rows)
    assert len(told) == 1
    # A heading counts its contacts.
    model.show_contacts(rows[:-1])
    assert told[1:] == [("Contacts (2)", 0)]


@pytest.mark.parametrize(
    ("presence", "calendar", "expected"),
    [
        ("Available", "Free until 14:00", ("Available", "Free until 14:00")),
        ("Do not disturb", "In a meeting until 11:00", ("Do not disturb", "In a meeting until 11:00")),
        ("Busy until 11:00", "Busy until 11:00", ("", "Busy until 11:00")),
        ("In a meeting", "In a meeting until 11:00", ("", "In a meeting until 11:00")),
        ("Offline", "", ("", "Offline")),
    ],
)
def test_presence_stands_beside_the_name_where_the_calendar_line_says_something_else(
    presence: str, calendar: str, expected: tuple[str, str]
) -> None:
    row = contact("anna.bedecs", presence, calendar=calendar)
    assert beside_and_below(replace(row, text=presence)) == expected


def test_a_screen_reader_hears_name_presence_calendar_and_marks(model: ContactModel) -> None:
    from PySide6.QtCore import Qt

    role = Qt.ItemDataRole.AccessibleTextRole
    assert model.index_of("ben.smith@litware.example").data(role) == (
        "Ben Smith, In a meeting, In a meeting until 11:00"
    )
    assert model.index(0, 0).data(role) == "Contacts, 3"


row_lists = st.lists(
    st.builds(
        lambda number, text, group, relationship, rank: contact(
            f"p{number:02}.x@litware.example",
            f"P{number:02}",
            text,
            group=group,
            relationship=relationship,
            rank=rank,
        ),
        st.integers(0, 70),
        st.sampled_from(TEXTS),
        st.sampled_from("ABC"),
        st.sampled_from(Relationship),
        st.integers(0, 3),
    ),
    max_size=70,
    unique_by=lambda row: row.address,
).map(tuple)


@settings(max_examples=60)
@given(
    steps=st.lists(
        st.one_of(row_lists, st.sampled_from(View), st.sampled_from(["", "1", "A"])), min_size=1, max_size=5
    )
)
def test_whatever_comes_after_whatever_the_list_is_the_same_as_made_anew(
    qapp: object, steps: list[object]
) -> None:
    model = ContactModel(Words())
    tester = checked(model)
    rows: tuple[ContactRow, ...] = ()
    view, text = View.GROUPS, ""
    for step in steps:
        before = {
            row.address: QPersistentModelIndex(model.index_of(row.address))
            for row in rows
            if model.index_of(row.address).isValid()
        }
        same_view = not isinstance(step, View)
        match step:
            case View():
                view = step
                model.group_by(view)
            case str():
                text = step
                model.filter(text)
            case _:
                assert isinstance(step, tuple)
                rows = step
                model.show_contacts(rows)
        fresh = ContactModel(Words())
        fresh.show_contacts(rows)
        fresh.group_by(view)
        fresh.filter(text)
        assert shown(model) == shown(fresh)
        for address, index in before.items():
            if same_view and index.isValid():
                row = model.row_at(index)
                assert row is not None
                assert row.address == address
    del tester


def test_a_thousand_contacts_in_another_order_are_laid_out_anew_and_keep_what_is_chosen(qapp: object) -> None:
    model = ContactModel(Words())
    rows = tuple(contact(f"p{i:04}.x@litware.example", f"P{i:04}", rank=i) for i in range(1000))
    model.show_contacts(rows)
    model.group_by(View.STATUS)
    chosen = QPersistentModelIndex(model.index_of(rows[7].address))
    moves: list[object] = []
    model.rowsMoved.connect(lambda *_: moves.append(1))
    model.show_contacts(tuple(replace(row, rank=1000 - row.rank) for row in rows))
    assert chosen.row() == 992
    assert moves == []
