"""Who sees what, row by row."""

from __future__ import annotations

import pytest

from lyncdesk.presence.relationships import (
    CONTAINER,
    DetailsTo,
    Field,
    Relationship,
    default_relationship,
    may_see,
)

E, C, W, F, B = Relationship

# field: External, Colleagues, Workgroup, Friends and Family, Blocked.
TABLE = {
    Field.PRESENCE: "yyyy-",
    Field.NAME: "yyyyy",
    Field.IDENTITY: "yyyy-",
    Field.WORK_PHONE: "-yyy-",
    Field.MOBILE_PHONE: "--yy-",
    Field.HOME_PHONE: "---y-",
    Field.CALENDAR: "-yyy-",
    Field.DETAILS: "--yy-",
    Field.INTERRUPT: "--y--",
}


@pytest.mark.parametrize("field", list(Field))
def test_each_relationship_may_see_what_the_table_says(field: Field) -> None:
    assert "".join("y" if may_see(r, field) else "-" for r in Relationship) == TABLE[field]


@pytest.mark.parametrize("field", list(Field))
def test_the_policy_workgroup_takes_the_details_from_friends_and_family_and_nothing_else(
    field: Field,
) -> None:
    expected = "--y--" if field is Field.DETAILS else TABLE[field]
    found = "".join("y" if may_see(r, field, DetailsTo.WORKGROUP) else "-" for r in Relationship)
    assert found == expected


def test_the_containers_are_lyncs() -> None:
    assert CONTAINER == {E: 100, C: 200, W: 300, F: 400, B: 32000}


@pytest.mark.parametrize(
    ("owner", "viewer", "given"),
    [
        ("anna@litware.example", "ben@litware.example", C),
        ("anna@litware.example", "Ben@LITWARE.example", C),
        ("anna@litware.example", "ben@contoso.example", E),
        ("anna@litware.example", "ben@sub.litware.example", E),
        ("anna", "ben", E),
    ],
)
def test_the_same_organisation_gets_colleagues_and_others_external(
    owner: str, viewer: str, given: Relationship
) -> None:
    assert default_relationship(owner, viewer) is given
