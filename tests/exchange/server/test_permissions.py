"""Who may do what with a calendar: told, set, and what it decides."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from exchangelib.errors import ErrorSchemaValidation
from exchangelib.properties import CalendarPermission, PermissionSet, UserId
from lxml import etree

from lyncdesk.exchange_server.ids import Ident, write_id
from lyncdesk.exchange_server.model import Attendee, Changed, Entry, Pattern, Recurrence
from lyncdesk.exchange_server.sharing import LEVELS, Rights, known, level_of, rights_of
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.test_availability import EVENT, VIEW, availability
from tests.exchange.server.wire import (
    CALENDAR,
    MASTERS,
    MONDAY,
    CheckedExchange,
    Element,
    ask,
    codes,
    find,
    find_item,
    get_item,
    ids,
    item_id,
    of,
    paths,
    shape,
    text,
    texts,
)

HOUR = timedelta(hours=1)
FOLDER = "m:ResponseMessages/m:GetFolderResponseMessage/m:Folders/t:CalendarFolder"
PERMISSION = f"{FOLDER}/t:PermissionSet/t:CalendarPermissions/t:CalendarPermission"
UPDATED = "m:ResponseMessages/m:UpdateFolderResponseMessage/m:Folders/t:CalendarFolder/t:FolderId"
FULL = [name for name, rights in LEVELS.items() if rights.read == "FullDetails"]
DEFAULT = "<t:DistinguishedUser>Default</t:DistinguishedUser>"
ANONYMOUS = "<t:DistinguishedUser>Anonymous</t:DistinguishedUser>"


def get_folder(folder: str = CALENDAR, *names: str, base: str = "IdOnly") -> str:
    more = f"<t:AdditionalProperties>{paths(*names)}</t:AdditionalProperties>" if names else ""
    return (
        f"<m:GetFolder><m:FolderShape><t:BaseShape>{base}</t:BaseShape>{more}</m:FolderShape>"
        f"<m:FolderIds>{folder}</m:FolderIds></m:GetFolder>"
    )


def smtp(address: str) -> str:
    return f"<t:PrimarySmtpAddress>{address}</t:PrimarySmtpAddress>"


def permission(user: str, level: str, single: str = "") -> str:
    """One row of a set; `single` is what comes between user and level."""
    return (
        f"<t:CalendarPermission><t:UserId>{user}</t:UserId>{single}"
        f"<t:CalendarPermissionLevel>{level}</t:CalendarPermissionLevel></t:CalendarPermission>"
    )


def set_permissions(*rows: str, folder: str = CALENDAR) -> str:
    inside = f"<t:CalendarPermissions>{''.join(rows)}</t:CalendarPermissions>"
    return update(f"<t:CalendarFolder><t:PermissionSet>{inside}</t:PermissionSet></t:CalendarFolder>", folder)


def update(
    value: str, folder: str = CALENDAR, how: str = "SetFolderField", uri: str = "folder:PermissionSet"
) -> str:
    return (
        f"<m:UpdateFolder><m:FolderChanges><t:FolderChange>{folder}<t:Updates><t:{how}>{paths(uri)}{value}"
        f"</t:{how}></t:Updates></t:FolderChange></m:FolderChanges></m:UpdateFolder>"
    )


def told(exchange: CheckedExchange, user: str = ANNA, folder: str = CALENDAR) -> Element:
    return ask(exchange, user, get_folder(folder, "folder:PermissionSet"))


def levels(answer: Element) -> list[str]:
    return texts(answer, f"{PERMISSION}/t:CalendarPermissionLevel")


# --- told ---


def test_everybody_and_nobody_come_first(exchange: CheckedExchange) -> None:
    answer = told(exchange)
    assert texts(answer, f"{PERMISSION}/t:UserId/t:DistinguishedUser") == ["Default", "Anonymous"]
    assert levels(answer) == ["FreeBusyTimeOnly", "None"]
    assert texts(answer, f"{PERMISSION}/t:ReadItems") == ["TimeOnly", "None"]


@pytest.mark.parametrize("level", LEVELS)
def test_each_level_is_told_with_what_it_allows(exchange: CheckedExchange, level: Any) -> None:
    exchange.share(ANNA, level, BEN.upper())
    answer = told(exchange)
    row = answer.findall(PERMISSION.replace("m:", "{*}").replace("t:", "{*}"))[2]
    assert text(row, "t:UserId/t:PrimarySmtpAddress") == BEN
    assert text(row, "t:UserId/t:DisplayName") == "Ben Carter"
    rights = LEVELS[level]
    assert text(row, "t:CalendarPermissionLevel") == level
    assert text(row, "t:ReadItems") == rights.read
    assert text(row, "t:EditItems") == rights.edit
    assert text(row, "t:IsFolderOwner") == str(rights.owner).lower()


def test_rights_of_no_level_are_custom(exchange: CheckedExchange) -> None:
    exchange.share(ANNA, Rights("TimeOnly", create=True))
    assert levels(told(exchange))[0] == "Custom"
    assert [level_of(rights_of(name)) for name in LEVELS] == list(LEVELS)
    assert rights_of("FullDetails") == LEVELS["Reviewer"]
    assert known(LEVELS["Author"]) == "Author"


def test_permissions_come_only_when_they_are_asked_for(exchange: CheckedExchange) -> None:
    answer = ask(exchange, ANNA, get_folder(base="AllProperties"))
    assert texts(answer, f"{FOLDER}/t:PermissionSet") == []
    assert text(answer, f"{FOLDER}/t:SharingEffectiveRights") == "FullDetails"


def test_a_reader_is_not_told_who_else_reads(exchange: CheckedExchange) -> None:
    exchange.share(BEN, "Reviewer", ANNA)
    assert codes(told(exchange, folder=of(BEN))) == ["NoError"]
    assert levels(told(exchange, folder=of(BEN))) == []
    exchange.share(BEN, "Owner", ANNA)
    assert levels(told(exchange, folder=of(BEN))) == ["FreeBusyTimeOnly", "None", "Owner"]


@pytest.mark.parametrize("name", ["contacts", "inbox", "tasks"])
def test_other_folders_are_their_owner_s_alone(exchange: CheckedExchange, name: str) -> None:
    answer = told(exchange, folder=f'<t:DistinguishedFolderId Id="{name}"/>')
    assert [level.text for level in answer.iter("{*}PermissionLevel")] == ["None", "None"]


# --- set ---


def test_what_is_set_is_told_and_decides(exchange: CheckedExchange) -> None:
    exchange.add_entry(ANNA, Entry("Budget", MONDAY, MONDAY + HOUR))
    body = set_permissions(
        permission(DEFAULT, "None"), permission(ANONYMOUS, "None"), permission(smtp(BEN.upper()), "Reviewer")
    )
    assert codes(ask(exchange, ANNA, body)) == ["NoError"]
    assert levels(told(exchange)) == ["None", "None", "Reviewer"]
    assert codes(ask(exchange, BEN, find_item(folder=of(ANNA)))) == ["NoError"]
    exchange.add_person("carl@example.com", "pst")
    assert codes(ask(exchange, "carl@example.com", availability(ANNA))) == ["ErrorNoFreeBusyAccess"]


def test_a_set_replaces_all_that_was_there(exchange: CheckedExchange) -> None:
    exchange.share(ANNA, "Reviewer", BEN)
    exchange.share(ANNA, "FreeBusyTimeAndSubjectAndLocation")
    assert codes(ask(exchange, ANNA, set_permissions(permission(ANONYMOUS, "FreeBusyTimeOnly")))) == [
        "NoError"
    ]
    assert levels(told(exchange)) == ["None", "FreeBusyTimeOnly"]


def test_custom_rights_are_kept_and_those_of_a_level_get_its_name(exchange: CheckedExchange) -> None:
    single = "<t:CanCreateItems>1</t:CanCreateItems><t:EditItems>Owned</t:EditItems>"
    read = "<t:ReadItems>TimeOnly</t:ReadItems>"
    rows = permission(DEFAULT, "Custom", single + read), permission(smtp(BEN), "Custom", read)
    assert codes(ask(exchange, ANNA, set_permissions(*rows))) == ["NoError"]
    assert levels(told(exchange)) == ["Custom", "None", "FreeBusyTimeOnly"]
    box = exchange.store.mailbox(ANNA)
    assert box is not None
    assert box.sharing == Rights("TimeOnly", create=True, edit="Owned")


def test_a_change_key_guards_against_somebody_else_s_change(exchange: CheckedExchange) -> None:
    ident = find(told(exchange), f"{FOLDER}/t:FolderId")

    def by_id(found: Element) -> str:
        return f'<t:FolderId Id="{found.get("Id")}" ChangeKey="{found.get("ChangeKey")}"/>'

    answer = ask(exchange, ANNA, set_permissions(permission(DEFAULT, "None"), folder=by_id(ident)))
    after = find(answer, UPDATED)
    assert (after.get("Id"), after.get("ChangeKey") == ident.get("ChangeKey")) == (ident.get("Id"), False)
    again = set_permissions(permission(DEFAULT, "Owner"), folder=by_id(ident))
    assert codes(ask(exchange, ANNA, again)) == ["ErrorIrresolvableConflict"]
    assert levels(told(exchange)) == ["None", "None"]
    right = set_permissions(permission(DEFAULT, "Owner"), folder=by_id(after))
    assert codes(ask(exchange, ANNA, right)) == ["NoError"]


@pytest.mark.parametrize("level", LEVELS)
def test_who_may_set_them(exchange: CheckedExchange, level: Any) -> None:
    exchange.share(BEN, level, ANNA)
    answer = ask(exchange, ANNA, set_permissions(permission(DEFAULT, "Reviewer"), folder=of(BEN)))
    assert codes(answer) == ["NoError" if level == "Owner" else "ErrorAccessDenied"]


PLAIN = (
    "<t:Permissions><t:Permission><t:UserId/><t:PermissionLevel>None</t:PermissionLevel></t:Permission>"
    "</t:Permissions>"
)
CALENDAR_SET = (
    f"<t:PermissionSet><t:CalendarPermissions>{permission(DEFAULT, 'None')}</t:CalendarPermissions>"
)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (set_permissions(*[permission(DEFAULT, "None")] * 2), "ErrorDuplicateUserIdsSpecified"),
        (set_permissions(permission(smtp(BEN), "None"), permission(smtp(BEN.upper()), "None")),
         "ErrorDuplicateUserIdsSpecified"),
        (set_permissions(permission(smtp("nobody@example.com"), "None")), "ErrorInvalidUserInfo"),
        (set_permissions(permission("", "None")), "ErrorInvalidUserInfo"),
        (set_permissions(permission(DEFAULT, "Reviewer", "<t:ReadItems>FullDetails</t:ReadItems>")),
         "ErrorInvalidPermissionSettings"),
        (set_permissions(permission(DEFAULT, "None"), folder=of(BEN)), "ErrorAccessDenied"),
        (update(f"<t:Folder><t:PermissionSet>{PLAIN}</t:PermissionSet></t:Folder>"),
         "ErrorCannotSetNonCalendarPermissionOnCalendarFolder"),
        (update(f"<t:CalendarFolder>{CALENDAR_SET}</t:PermissionSet></t:CalendarFolder>",
                '<t:DistinguishedFolderId Id="inbox"/>'),
         "ErrorCannotSetCalendarPermissionOnNonCalendarFolder"),
        (update(f"<t:Folder><t:PermissionSet>{PLAIN}</t:PermissionSet></t:Folder>",
                '<t:DistinguishedFolderId Id="inbox"/>'),
         "ErrorInvalidPermissionSettings"),
        (update(f"<t:CalendarFolder>{CALENDAR_SET}<t:UnknownEntries><t:UnknownEntry>x</t:UnknownEntry>"
                "</t:UnknownEntries></t:PermissionSet></t:CalendarFolder>"),
         "ErrorCannotSetPermissionUnknownEntries"),
        (update("<t:CalendarFolder><t:DisplayName>x</t:DisplayName></t:CalendarFolder>"),
         "ErrorUpdatePropertyMismatch"),
        (update("<t:CalendarFolder/>"), "ErrorIncorrectUpdatePropertyCount"),
        (update("<t:CalendarFolder><t:DisplayName>x</t:DisplayName></t:CalendarFolder>",
                uri="folder:DisplayName"),
         "ErrorInvalidPropertySet"),
        (update("", how="DeleteFolderField"), "ErrorInvalidPropertyDelete"),
        (update(f"<t:CalendarFolder>{CALENDAR_SET}</t:PermissionSet></t:CalendarFolder>",
                how="AppendToFolderField"),
         "ErrorInvalidPropertyAppend"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_told_why_and_changes_nothing(
    exchange: CheckedExchange, body: str, code: str
) -> None:
    before = [exchange.store.mailbox(address) for address in (ANNA, BEN)]
    assert codes(ask(exchange, ANNA, body)) == [code]
    assert [exchange.store.mailbox(address) for address in (ANNA, BEN)] == before


@pytest.mark.parametrize(
    "body",
    [
        set_permissions(permission(DEFAULT, "Everything")),
        set_permissions(permission("<t:DistinguishedUser>All</t:DistinguishedUser>", "None")),
        set_permissions(permission(DEFAULT, "Custom", "<t:EditItems>Some</t:EditItems>")),
        "<m:UpdateFolder><m:FolderChanges><t:FolderChange/></m:FolderChanges></m:UpdateFolder>",
        "<m:UpdateFolder/>",
    ],
)
def test_what_the_schema_does_not_know_is_a_fault(exchange: CheckedExchange, body: str) -> None:
    exchange.check_requests = False
    assert codes(ask(exchange, ANNA, body)) == ["ErrorSchemaValidation"]


# --- what they decide ---


@pytest.mark.parametrize("level", LEVELS)
def test_who_may_read_a_calendar(exchange: CheckedExchange, level: Any) -> None:
    exchange.add_entry(BEN, Entry("Review", MONDAY, MONDAY + HOUR, "Room 4"))
    ((ident, _key),) = ids(ask(exchange, BEN, find_item()))
    exchange.share(BEN, level, ANNA)
    code = "NoError" if level in FULL else "ErrorAccessDenied"
    for body in (find_item(folder=of(BEN)), get_item(item_id(ident))):
        assert codes(ask(exchange, ANNA, body)) == [code]


@pytest.mark.parametrize("level", LEVELS)
def test_who_finds_the_folder_and_what_it_says_they_may_do_there(
    exchange: CheckedExchange, level: Any
) -> None:
    exchange.share(BEN, level, ANNA)
    code = "NoError" if level in (*FULL, "Contributor") else "ErrorAccessDenied"
    below = (
        '<m:FindFolder Traversal="Shallow"><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>'
        f"<m:ParentFolderIds>{of(BEN)}</m:ParentFolderIds></m:FindFolder>"
    )
    assert codes(ask(exchange, ANNA, below)) == [code]
    for folder in (of(BEN), f'<t:FolderId Id="{folder_of(exchange, BEN)}"/>'):
        answer = ask(exchange, ANNA, get_folder(folder, "folder:EffectiveRights"))
        assert codes(answer) == [code]
    if code == "NoError":
        rights = LEVELS[level]
        said = {etree.QName(one).localname: one.text for one in find(answer, f"{FOLDER}/t:EffectiveRights")}
        assert said == {
            "CreateAssociated": str(level == "Owner").lower(),
            "CreateContents": str(rights.create).lower(),
            "CreateHierarchy": str(rights.subfolders).lower(),
            "Delete": str(level == "Owner").lower(),
            "Modify": str(level == "Owner").lower(),
            "Read": str(level in FULL).lower(),
        }


def test_a_calendar_that_can_be_read_is_found_also_where_it_is_not_visible(exchange: CheckedExchange) -> None:
    exchange.share(BEN, Rights("FullDetails"), ANNA)
    assert codes(ask(exchange, ANNA, get_folder(of(BEN)))) == ["NoError"]


def folder_of(exchange: CheckedExchange, address: str) -> str:
    return find(told(exchange, address), f"{FOLDER}/t:FolderId").get("Id", "")


@pytest.mark.parametrize("level", FULL)
def test_a_private_item_is_its_time_alone_at_every_level(exchange: CheckedExchange, level: Any) -> None:
    exchange.add_entry(BEN, Entry("Dentist", MONDAY, MONDAY + HOUR, "Street 1", sensitivity="Private"))
    exchange.share(BEN, level, ANNA)
    answer = ask(exchange, ANNA, find_item("item:Subject", "calendar:Location", folder=of(BEN)))
    assert [one.text for one in answer.iter("{*}Subject")] == ["Private Appointment"]
    assert list(answer.iter("{*}Location")) == []
    busy = ask(exchange, ANNA, availability(BEN))
    assert text(busy, f"{EVENT}/t:CalendarEventDetails/t:IsPrivate") == "true"
    assert text(busy, f"{EVENT}/t:CalendarEventDetails/t:Subject") is None
    assert text(busy, f"{VIEW}/t:FreeBusyViewType") == "DetailedMerged"


@pytest.mark.parametrize("sensitivity", ["Normal", None])
def test_what_is_not_said_to_be_private_is_not(exchange: CheckedExchange, sensitivity: str | None) -> None:
    exchange.add_entry(BEN, Entry("Budget", MONDAY, MONDAY + HOUR, sensitivity=sensitivity))
    exchange.share(BEN, "Reviewer", ANNA)
    answer = ask(exchange, ANNA, find_item("item:Subject", folder=of(BEN)))
    assert [one.text for one in answer.iter("{*}Subject")] == ["Budget"]


@pytest.mark.parametrize("sensitivity", ["Private", "Personal", "Confidential"])
@pytest.mark.parametrize("exception", [False, True])
def test_nothing_of_a_private_item_is_told_anywhere(
    exchange: CheckedExchange, sensitivity: str, exception: bool
) -> None:
    secret = "Zahnarzt"
    who = (Attendee(f"{secret}@example.org", secret),)
    private = Entry(
        secret, MONDAY, MONDAY + HOUR, secret, sensitivity=sensitivity, body=secret, categories=(secret,),
        meeting=True, organizer=who[0], required=who, optional=who, resources=who,
        extras={"When": secret, "NetShowUrl": secret},
        extended={"extended:PropertyTag=0x3001&PropertyType=String": (secret,)},
    )  # fmt: skip
    entry = private
    if exception:
        daily = Recurrence(Pattern("daily"), MONDAY.date(), count=3)
        changed = (Changed(MONDAY, private),)
        entry = Entry("Plan", MONDAY, MONDAY + HOUR, recurrence=daily, changed=changed)
    key = exchange.add_entry(BEN, entry).key
    exchange.share(BEN, "Editor", ANNA)
    sync = (
        f"<m:SyncFolderItems>{shape(base='AllProperties')}<m:SyncFolderId>{of(BEN)}</m:SyncFolderId>"
        "<m:MaxChangesReturned>10</m:MaxChangesReturned></m:SyncFolderItems>"
    )
    ident = [item_id(write_id(Ident("item", BEN, key, at))) for at in (None, MONDAY)][: 1 + exception]
    asked = [
        find_item(base="AllProperties", folder=of(BEN)),
        find_item(base="AllProperties", folder=of(BEN), view=MASTERS),
        *(get_item(one, "item:MimeContent", base="AllProperties") for one in ident),
        sync,
        availability(BEN),
    ]
    for body in asked:
        assert secret.casefold() not in said(exchange, ANNA, body).casefold()
    for body in (asked[0], asked[2 + exception]):
        assert secret in said(exchange, BEN, body)


def said(exchange: CheckedExchange, user: str, body: str) -> str:
    """All of an answer, content included."""
    answer = ask(exchange, user, body)
    assert set(codes(answer)) == {"NoError"}
    contents = [base64.b64decode(one.text or "").decode() for one in answer.iter("{*}MimeContent")]
    return "".join([etree.tostring(answer, encoding="unicode"), *contents])


# --- exchangelib ---


def test_exchangelib_reads_them(exchange: CheckedExchange, account: Any) -> None:
    exchange.share(ANNA, "Reviewer", BEN)
    found = account.calendar.permission_set
    who = [
        one.user_id.distinguished_user or one.user_id.primary_smtp_address
        for one in found.calendar_permissions
    ]
    assert who == ["Default", "Anonymous", BEN]
    assert [one.calendar_permission_level for one in found.calendar_permissions] == [
        "FreeBusyTimeOnly",
        "None",
        "Reviewer",
    ]


def test_exchangelib_cannot_set_them_here_as_anywhere(exchange: CheckedExchange, account: Any) -> None:
    """Its requests are not those of the schema: a Folder for a CalendarFolder, and CanCreateSubfolders."""
    exchange.check_requests = False
    everybody = UserId(distinguished_user="Default")
    row = CalendarPermission(user_id=everybody, calendar_permission_level="Reviewer")
    account.calendar.permission_set = PermissionSet(calendar_permissions=[row])
    with pytest.raises(ErrorSchemaValidation, match="CanCreateSubfolders"):
        account.calendar.save(update_fields=["permission_set"])
    assert levels(told(exchange)) == ["FreeBusyTimeOnly", "None"]


def test_a_calendar_may_be_shared_with_any_address_of_a_person(exchange: CheckedExchange) -> None:
    exchange.add_person("eve@example.com", "x", aliases=("E.Vans@example.com",))
    exchange.share(ANNA, "Reviewer")
    exchange.share(ANNA, "None", "e.vans@EXAMPLE.com")
    assert codes(ask(exchange, "eve@example.com", find_item(folder=of(ANNA)))) == ["ErrorAccessDenied"]
    assert codes(ask(exchange, BEN, find_item(folder=of(ANNA)))) == ["NoError"]
