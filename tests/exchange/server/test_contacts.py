"""The contacts folder: contacts over the wire, by exchangelib, and in ResolveNames."""

from typing import Any

import pytest
from exchangelib import Contact as ExchangelibContact
from exchangelib.errors import ErrorIrresolvableConflict, ErrorItemNotFound
from exchangelib.indexed_properties import EmailAddress, PhoneNumber

from lyncdesk.exchange_server.contacts import Contact
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    CheckedExchange,
    Element,
    ask,
    codes,
    delete,
    find,
    get_item,
    ids,
    item_id,
    paged,
    paths,
    shape,
    text,
    texts,
)

FOLDER = '<t:DistinguishedFolderId Id="contacts"/>'
ITEMS = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder/t:Items/t:Contact"
GOT = "m:ResponseMessages/m:GetItemResponseMessage/m:Items/t:Contact"
ROOT = "m:ResponseMessages/m:FindItemResponseMessage/m:RootFolder"
RESOLUTION = "m:ResponseMessages/m:ResolveNamesResponseMessage/m:ResolutionSet/t:Resolution"
DORA = Contact(
    {"GivenName": "Dora", "Surname": "Stone", "CompanyName": "Quarry", "JobTitle": "Mason"},
    {"EmailAddress1": "dora@quarry.example", "EmailAddress2": "stone@quarry.example"},
    {"BusinessPhone": "+1 2"},
)
NAMES = "<t:DisplayName>Eve Hill</t:DisplayName><t:GivenName>Eve</t:GivenName>"
EMAILS = '<t:EmailAddresses><t:Entry Key="EmailAddress1">eve@hill.example</t:Entry></t:EmailAddresses>'
NUMBERS = '<t:PhoneNumbers><t:Entry Key="MobilePhone">+3 4</t:Entry></t:PhoneNumbers>'
EVE = NAMES + "<t:CompanyName>Hills</t:CompanyName>" + EMAILS + NUMBERS + "<t:Surname>Hill</t:Surname>"


def create(contact: str, folder: str = FOLDER) -> str:
    where = f"<m:SavedItemFolderId>{folder}</m:SavedItemFolderId>" if folder else ""
    return f"<m:CreateItem>{where}<m:Items><t:Contact>{contact}</t:Contact></m:Items></m:CreateItem>"


def find_item(view: str = "", rest: str = "", base: str = "Default", folder: str = FOLDER) -> str:
    return (
        f'<m:FindItem Traversal="Shallow">{shape(base=base)}{view}{rest}'
        f"<m:ParentFolderIds>{folder}</m:ParentFolderIds></m:FindItem>"
    )


def update(ident: str, *changes: str, how: str = "NeverOverwrite") -> str:
    return (
        f'<m:UpdateItem ConflictResolution="{how}" SendMeetingInvitationsOrCancellations="SendToNone">'
        f"<m:ItemChanges><t:ItemChange>{ident}<t:Updates>{''.join(changes)}</t:Updates></t:ItemChange>"
        "</m:ItemChanges></m:UpdateItem>"
    )


def set_field(path: str, content: str) -> str:
    return f"<t:SetItemField>{path}<t:Contact>{content}</t:Contact></t:SetItemField>"


def indexed(uri: str, key: str) -> str:
    return f'<t:IndexedFieldURI FieldURI="contacts:{uri}" FieldIndex="{key}"/>'


def listed(exchange: CheckedExchange) -> list[str]:
    return texts(ask(exchange, ANNA, find_item()), f"{ITEMS}/t:DisplayName")


def only_id(exchange: CheckedExchange) -> str:
    ((ident, key),) = ids(ask(exchange, ANNA, find_item()))
    return item_id(ident, key)


def parts(contact: Element) -> dict[str, str]:
    return {child.tag.rpartition("}")[2]: child.text or "" for child in contact if not len(child)}


# --- the operations ---


@pytest.mark.parametrize("folder", [FOLDER, ""])
def test_a_contact_is_made_found_and_read(exchange: CheckedExchange, folder: str) -> None:
    assert codes(ask(exchange, ANNA, create(EVE, folder))) == ["NoError"]
    (eve,) = exchange.contacts(ANNA)
    assert (eve.name, dict(eve.emails)) == ("Eve Hill", {"EmailAddress1": "eve@hill.example"})
    assert listed(exchange) == ["Eve Hill"]
    found = find(ask(exchange, ANNA, get_item(only_id(exchange), base="AllProperties")), GOT)
    told = parts(found)
    assert (told["GivenName"], told["Surname"], told["CompanyName"]) == ("Eve", "Hill", "Hills")
    assert (told["ItemClass"], told["FileAs"], told["Subject"]) == ("IPM.Contact", "Hill, Eve", "Eve Hill")
    assert texts(found, "t:EmailAddresses/t:Entry") == ["eve@hill.example"]
    assert [one.get("Key") for one in found.iterfind("{*}PhoneNumbers/{*}Entry")] == ["MobilePhone"]
    assert text(found, "t:CompleteName/t:FullName") == "Eve Hill"


def test_only_what_is_asked_for_comes(exchange: CheckedExchange) -> None:
    exchange.add_contact(ANNA, DORA)
    more = paths("contacts:JobTitle") + indexed("EmailAddress", "EmailAddress2")
    wanted = f"<t:AdditionalProperties>{more}</t:AdditionalProperties>"
    body = find_item(base="IdOnly").replace("</m:ItemShape>", f"{wanted}</m:ItemShape>")
    (found,) = ask(exchange, ANNA, body).iterfind(ITEMS.replace("m:", "{*}").replace("t:", "{*}"))
    assert [child.tag.rpartition("}")[2] for child in found] == ["ItemId", "EmailAddresses", "JobTitle"]


def test_the_folder_counts_its_contacts(exchange: CheckedExchange) -> None:
    exchange.add_contact(ANNA, DORA)
    body = (
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
        f"<m:FolderIds>{FOLDER}</m:FolderIds></m:GetFolder>"
    )
    assert [one.text for one in ask(exchange, ANNA, body).iter("{*}TotalCount")] == ["1"]
    assert [one.text for one in ask(exchange, BEN, body).iter("{*}TotalCount")] == ["0"]


def test_contacts_are_ordered_and_paged(exchange: CheckedExchange) -> None:
    for number in (3, 1, 2):
        exchange.add_contact(ANNA, Contact({"GivenName": "A", "Surname": f"C{number}"}))
    answer = ask(exchange, ANNA, find_item(paged(1, 1)))
    assert texts(answer, f"{ITEMS}/t:DisplayName") == ["A C2"]
    root = find(answer, ROOT)
    assert (root.get("TotalItemsInView"), root.get("IncludesLastItemInRange")) == ("3", "false")
    assert root.get("IndexedPagingOffset") == "2"
    view = '<m:ContactsView MaxEntriesReturned="5" InitialName="A C2" FinalName="A C3"/>'
    assert texts(ask(exchange, ANNA, find_item(view)), f"{ITEMS}/t:DisplayName") == ["A C2", "A C3"]


def test_a_contact_changes_and_its_old_change_key_no_longer_fits(exchange: CheckedExchange) -> None:
    exchange.add_contact(ANNA, DORA)
    ident = only_id(exchange)
    changes = (
        set_field(paths("contacts:JobTitle"), "<t:JobTitle>Sculptor</t:JobTitle>"),
        set_field(
            indexed("EmailAddress", "EmailAddress3"),
            '<t:EmailAddresses><t:Entry Key="EmailAddress3">third@x.example</t:Entry></t:EmailAddresses>',
        ),
        f"<t:DeleteItemField>{indexed('EmailAddress', 'EmailAddress1')}</t:DeleteItemField>",
        f"<t:DeleteItemField>{paths('contacts:CompanyName')}</t:DeleteItemField>",
        f"<t:DeleteItemField>{paths('contacts:Alias')}</t:DeleteItemField>",
    )
    assert codes(ask(exchange, ANNA, update(ident, *changes))) == ["NoError"]
    (dora,) = exchange.contacts(ANNA)
    assert (dora.texts["JobTitle"], "CompanyName" in dora.texts) == ("Sculptor", False)
    assert list(dora.emails) == ["EmailAddress2", "EmailAddress3"]
    again = update(ident, set_field(paths("contacts:Surname"), "<t:Surname>X</t:Surname>"))
    assert codes(ask(exchange, ANNA, again)) == ["ErrorIrresolvableConflict"]
    assert codes(ask(exchange, ANNA, again.replace("NeverOverwrite", "AlwaysOverwrite"))) == ["NoError"]


def test_a_deleted_contact_is_gone(exchange: CheckedExchange) -> None:
    exchange.add_contact(ANNA, DORA)
    ident = only_id(exchange)
    assert codes(ask(exchange, ANNA, delete(ident, send=""))) == ["NoError"]
    assert listed(exchange) == []
    for body in (
        delete(ident),
        get_item(ident),
        update(ident, set_field(paths("contacts:Surname"), "<t:Surname/>")),
    ):
        assert codes(ask(exchange, ANNA, body)) == ["ErrorItemNotFound"]


def test_nobody_else_touches_them(exchange: CheckedExchange) -> None:
    exchange.add_contact(ANNA, DORA)
    ident = only_id(exchange)
    mailbox = f"<t:Mailbox><t:EmailAddress>{ANNA}</t:EmailAddress></t:Mailbox>"
    folder = f'<t:DistinguishedFolderId Id="contacts">{mailbox}</t:DistinguishedFolderId>'
    exchange.share(ANNA, "Owner", BEN)
    for body in (
        get_item(ident), delete(ident), update(ident, set_field(paths("contacts:Surname"), "<t:Surname/>")),
        find_item(folder=folder), create(EVE, folder),
    ):  # fmt: skip
        assert codes(ask(exchange, BEN, body)) == ["ErrorAccessDenied"]
    assert exchange.contacts(ANNA)[0].texts["Surname"] == "Stone"
    assert len(exchange.contacts(ANNA)) == 1


RESTRICTION = f"<m:Restriction><t:Exists>{paths('contacts:Surname')}</t:Exists></m:Restriction>"
VIEW = '<m:CalendarView StartDate="2026-03-02T00:00:00Z" EndDate="2026-03-03T00:00:00Z"/>'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (find_item(rest=RESTRICTION), "ErrorUnsupportedQueryFilter"),
        (find_item(VIEW), "ErrorCalendarFolderIsInvalidForCalendarView"),
        (find_item('<m:ContactsView MaxEntriesReturned="0"/>'), "ErrorInvalidPagingMaxRows"),
        (create(EVE, '<t:DistinguishedFolderId Id="calendar"/>'), "ErrorInvalidFolderTypeForOperation"),
        (create("<t:HasPicture>true</t:HasPicture>"), "ErrorInvalidPropertySet"),
        (create("<t:Gender>x</t:Gender>"), "ErrorInvalidPropertySet"),
    ],
)
def test_what_cannot_be_done_is_told_why(exchange: CheckedExchange, body: str, code: str) -> None:
    assert codes(ask(exchange, ANNA, body)) == [code]
    assert exchange.contacts(ANNA) == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (set_field(paths("contacts:Surname"), "<t:GivenName>x</t:GivenName>"), "ErrorUpdatePropertyMismatch"),
        (set_field(paths("contacts:EmailAddresses"), EMAILS), "ErrorInvalidPropertySet"),
        (set_field(indexed("EmailAddress", "EmailAddress2"), EMAILS), "ErrorUpdatePropertyMismatch"),
        (set_field(indexed("PhoneNumber", "MobilePhone"), EMAILS), "ErrorUpdatePropertyMismatch"),
        (set_field(paths("contacts:Surname"), ""), "ErrorIncorrectUpdatePropertyCount"),
        (
            set_field(paths("contacts:Surname"), "<t:Surname>x</t:Surname>").replace(
                "SetItem", "AppendToItem"
            ),
            "ErrorInvalidPropertyAppend",
        ),
    ],
)
def test_a_change_that_makes_no_sense_changes_nothing(
    exchange: CheckedExchange, change: str, code: str
) -> None:
    before = exchange.add_contact(ANNA, DORA)
    good = set_field(paths("contacts:GivenName"), "<t:GivenName>Theodora</t:GivenName>")
    assert codes(ask(exchange, ANNA, update(only_id(exchange), good, change))) == [code]
    assert exchange.contacts(ANNA) == (before,)


# --- exchangelib ---


def test_exchangelib_keeps_contacts_here(exchange: CheckedExchange, account: Any) -> None:
    made = ExchangelibContact(
        account=account, folder=account.contacts, given_name="Fay", surname="Wood", display_name="Fay Wood",
        company_name="Trees", job_title="Ranger", body="Met in spring",
        email_addresses=[EmailAddress(label="EmailAddress1", email="fay@wood.example")],
        phone_numbers=[PhoneNumber(label="MobilePhone", phone_number="+5 6")],
    )  # fmt: skip
    made.save()
    (found,) = account.contacts.all()
    assert (found.display_name, found.company_name, found.job_title) == ("Fay Wood", "Trees", "Ranger")
    assert found.body == "Met in spring"
    assert [one.email for one in found.email_addresses] == ["fay@wood.example"]
    assert [one.phone_number for one in found.phone_numbers if one.phone_number] == ["+5 6"]
    other = account.contacts.get(id=found.id, changekey=found.changekey)
    found.job_title = "Warden"
    found.save(update_fields=["job_title"])
    other.job_title = "Clerk"
    with pytest.raises(ErrorIrresolvableConflict):
        other.save(update_fields=["job_title"], conflict_resolution="NeverOverwrite")
    assert exchange.contacts(ANNA)[0].texts["JobTitle"] == "Warden"
    found.delete()
    with pytest.raises(ErrorItemNotFound):
        other.refresh()
    assert list(account.contacts.all()) == []


@pytest.mark.expect_logs("Multiple results were found")
def test_exchangelib_resolves_names_from_contacts(exchange: CheckedExchange, account: Any) -> None:
    exchange.add_contact(ANNA, DORA)
    found = account.protocol.resolve_names(
        ["dora"], parent_folders=[account.contacts], search_scope="Contacts", return_full_contact_data=True
    )
    assert [mailbox.email_address for mailbox, _contact in found] == list(DORA.emails.values())
    assert [contact.job_title for _mailbox, contact in found] == ["Mason", "Mason"]


# --- ResolveNames ---


def resolve(entry: str, scope: str, folder: str = "", *, full: bool = False) -> str:
    where = f"<m:ParentFolderIds>{folder}</m:ParentFolderIds>" if folder else ""
    return (
        f'<m:ResolveNames ReturnFullContactData="{str(full).lower()}" SearchScope="{scope}">{where}'
        f"<m:UnresolvedEntry>{entry}</m:UnresolvedEntry></m:ResolveNames>"
    )


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("ActiveDirectory", ["Mailbox"]),
        ("Contacts", ["Contact"]),
        ("ActiveDirectoryContacts", ["Mailbox", "Contact"]),
        ("ContactsActiveDirectory", ["Contact", "Mailbox"]),
    ],
)
def test_the_scope_says_where_and_in_which_order(
    exchange: CheckedExchange, scope: str, kinds: list[str]
) -> None:
    exchange.add_contact(ANNA, Contact({"GivenName": "Benno"}, {"EmailAddress1": "benno@x.example"}))
    answer = ask(exchange, ANNA, resolve("ben", scope))
    assert texts(answer, f"{RESOLUTION}/t:Mailbox/t:MailboxType") == kinds
    assert texts(ask(exchange, BEN, resolve("benno", scope)), f"{RESOLUTION}/t:Mailbox/t:MailboxType") == []


@pytest.mark.parametrize("entry", ["dora", "STONE", "stone@quarry", "dora stone"])
def test_a_contact_is_found_by_its_beginnings_with_its_id(exchange: CheckedExchange, entry: str) -> None:
    exchange.add_contact(ANNA, DORA)
    answer = ask(exchange, ANNA, resolve(entry, "Contacts", FOLDER, full=True))
    assert texts(answer, f"{RESOLUTION}/t:Mailbox/t:EmailAddress") == list(DORA.emails.values())
    assert texts(answer, f"{RESOLUTION}/t:Contact/t:ContactSource") == ["Store", "Store"]
    assert [ident for ident, _key in ids(answer)] == [ids(ask(exchange, ANNA, find_item()))[0][0]] * 2


def test_names_are_searched_in_contacts_folders_only(exchange: CheckedExchange) -> None:
    inbox = '<t:DistinguishedFolderId Id="inbox"/>'
    answer = ask(exchange, ANNA, resolve("dora", "Contacts", inbox))
    assert codes(answer) == ["ErrorInvalidFolderTypeForOperation"]
