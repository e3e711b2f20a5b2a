"""Extended properties are kept, shown to who asks, searched by, and refused where they make no sense."""

from datetime import timedelta

import pytest

from lyncdesk.exchange_server import extended
from lyncdesk.exchange_server.model import Entry
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import (
    MASTERS,
    MONDAY,
    SUBJECT,
    CheckedExchange,
    Element,
    ask,
    codes,
    create,
    find_item,
    get_item,
    ids,
    item_id,
    of,
    texts,
    times,
    update,
)

HOUR = timedelta(hours=1)
ZONE = (
    '<t:ExtendedFieldURI DistinguishedPropertySetId="PublicStrings" '
    'PropertyName="EvolutionEWSStartTimeZone" PropertyType="String"/>'
)
TAG = '<t:ExtendedFieldURI PropertyTag="0x3ffa" PropertyType="Integer"/>'
ARRAY = (
    '<t:ExtendedFieldURI PropertySetId="00062002-0000-0000-C000-000000000046" PropertyId="33280" '
    'PropertyType="StringArray"/>'
)
VALUES = ".//t:ExtendedProperty/t:Value"


def prop(uri: str, *values: str) -> str:
    inside = "".join(f"<t:Value>{value}</t:Value>" for value in values)
    inside = f"<t:Values>{inside}</t:Values>" if "Array" in uri else inside
    return f"<t:ExtendedProperty>{uri}{inside}</t:ExtendedProperty>"


def asked(exchange: CheckedExchange, *uris: str, user: str = ANNA) -> Element:
    ((ident, _key),) = ids(ask(exchange, user, find_item(view=MASTERS, folder=of(ANNA))))
    more = f"<t:AdditionalProperties>{''.join(uris)}</t:AdditionalProperties></m:ItemShape>"
    return ask(exchange, user, get_item(item_id(ident)).replace("</m:ItemShape>", more))


def test_extended_properties_are_kept(exchange: CheckedExchange) -> None:
    given = prop(ZONE, "Europe/Berlin") + prop(TAG, "7") + prop(ARRAY, "a", "b")
    assert codes(ask(exchange, ANNA, create(given + times()))) == ["NoError"]
    assert texts(asked(exchange, ZONE), VALUES) == ["Europe/Berlin"]
    assert texts(asked(exchange, TAG.replace("0x3ffa", "16378")), VALUES) == ["7"], "the same tag"
    same = ARRAY.replace("C000", "c000")
    assert texts(asked(exchange, same), ".//t:Values/t:Value") == ["a", "b"]
    assert texts(asked(exchange, SUBJECT), VALUES) == [], "nobody asked"


def test_extended_properties_are_changed_and_deleted(exchange: CheckedExchange) -> None:
    ask(exchange, ANNA, create(prop(ZONE, "Europe/Berlin") + times()))
    ((ident, key),) = ids(ask(exchange, ANNA, find_item()))
    new = f"<t:SetItemField>{TAG}<t:CalendarItem>{prop(TAG, '8')}</t:CalendarItem></t:SetItemField>"
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), new))) == ["NoError"]
    assert texts(asked(exchange, ZONE, TAG), VALUES) == ["Europe/Berlin", "8"]
    gone = f"<t:DeleteItemField>{ZONE}</t:DeleteItemField>"
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), gone, how="AlwaysOverwrite"))) == ["NoError"]
    assert texts(asked(exchange, ZONE, TAG), VALUES) == ["8"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (prop(TAG, "8"), "ErrorUpdatePropertyMismatch"),
        ("<t:Subject>x</t:Subject>", "ErrorUpdatePropertyMismatch"),
    ],
)
def test_a_path_and_its_value_belong_together(exchange: CheckedExchange, content: str, code: str) -> None:
    ask(exchange, ANNA, create(times()))
    ((ident, key),) = ids(ask(exchange, ANNA, find_item()))
    new = f"<t:SetItemField>{ZONE}<t:CalendarItem>{content}</t:CalendarItem></t:SetItemField>"
    assert codes(ask(exchange, ANNA, update(item_id(ident, key), new))) == [code]


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ('PropertyName="x"', "ErrorInvalidExtendedProperty"),
        ('PropertyTag="0x1" PropertyName="x"', "ErrorInvalidExtendedProperty"),
        ('DistinguishedPropertySetId="Common"', "ErrorInvalidExtendedProperty"),
        ('DistinguishedPropertySetId="Narnia" PropertyName="x"', "ErrorSchemaValidation"),
        ('PropertySetId="no" PropertyName="x"', "ErrorSchemaValidation"),
        ('PropertyTag="0x12345"', "ErrorSchemaValidation"),
        ('PropertyTag="70000"', "ErrorSchemaValidation"),
        ('DistinguishedPropertySetId="Common" PropertyId="x"', "ErrorSchemaValidation"),
    ],
)
def test_what_names_no_property_is_refused(exchange: CheckedExchange, attributes: str, code: str) -> None:
    exchange.check_requests = False
    uri = f'<t:ExtendedFieldURI {attributes} PropertyType="String"/>'
    assert codes(ask(exchange, ANNA, create(prop(uri, "x") + times()))) == [code]


def test_an_array_has_values_and_others_have_one(exchange: CheckedExchange) -> None:
    wrong = prop(ARRAY, "a").replace("<t:Values>", "").replace("</t:Values>", "")
    assert codes(ask(exchange, ANNA, create(wrong + times()))) == ["ErrorInvalidExtendedPropertyValue"]


def test_their_number_is_bounded(exchange: CheckedExchange) -> None:
    many = "".join(
        prop(TAG.replace("0x3ffa", f"0x{number:x}"), "1") for number in range(1, extended.MOST + 2)
    )
    assert codes(ask(exchange, ANNA, create(many + times()))) == ["ErrorInvalidExtendedProperty"]


def test_items_are_searched_by_them(exchange: CheckedExchange) -> None:
    for number in (1, 2, 3):
        ask(exchange, ANNA, create(f"<t:Subject>{number}</t:Subject>{prop(TAG, str(number))}{times()}"))
    ask(exchange, ANNA, create(f"<t:Subject>none</t:Subject>{times()}"))
    more = '<t:FieldURIOrConstant><t:Constant Value="1"/></t:FieldURIOrConstant>'
    tests = (f"<t:IsGreaterThan>{TAG}{more}</t:IsGreaterThan>", f"<t:Exists>{TAG}</t:Exists>")
    found = [
        texts(
            ask(
                exchange,
                ANNA,
                find_item("item:Subject", view=MASTERS, rest=f"<m:Restriction>{test}</m:Restriction>"),
            ),
            ".//t:Subject",
        )
        for test in tests
    ]
    assert found == [["2", "3"], ["1", "2", "3"]]


def test_those_of_a_private_item_are_nobody_else_s(exchange: CheckedExchange) -> None:
    path = extended.PREFIX + "PropertyTag=0x3ffa&PropertyType=Integer"
    exchange.share(ANNA, "FullDetails", BEN)
    exchange.add_entry(
        ANNA, Entry("x", MONDAY, MONDAY + HOUR, sensitivity="Private", extended={path: ("7",)})
    )
    assert texts(asked(exchange, TAG), VALUES) == ["7"]
    assert texts(asked(exchange, TAG, user=BEN), VALUES) == []
