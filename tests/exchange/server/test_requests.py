"""Bad requests get the fault that Exchange gives, and cost little."""

from typing import Any

import pytest
from exchangelib.errors import ErrorInvalidOperation
from lxml import etree

from lyncdesk.exchange_server.errors import TEXTS
from lyncdesk.exchange_server.operations import BY_ELEMENT, NOT_HERE
from tests.exchange.server.conftest import ANNA
from tests.exchange.server.wire import (
    CALENDAR,
    NAMES,
    SCHEMAS,
    CheckedExchange,
    ask,
    codes,
    envelope,
    find,
    find_item,
    needed,
    shape,
    text,
)


@pytest.fixture(autouse=True)
def _only_answers(exchange: CheckedExchange) -> None:
    """These requests are wrong on purpose; their answers must be right all the same."""
    exchange.check_requests = False


def fault(exchange: CheckedExchange, request: bytes) -> str:
    answer = exchange.answer(ANNA, request)
    assert answer is not None
    assert answer.status == 500
    (code,) = codes(etree.fromstring(answer.body))
    return code


GET_CALENDAR = (
    "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
    f"<m:FolderIds>{CALENDAR}</m:FolderIds></m:GetFolder>"
)
BILLION_LAUGHS = (
    b'<!DOCTYPE x [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + number, b"&%c;" % (97 + number) * 10) for number in range(9))
    + b"]>"
)


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"hello",
        b"<unfinished>",
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b"<?xml version='1.0' encoding='utf-16'?><a/>",
        b"<a><b></a></b>",
        b'<?xml version="1.0"?>' + BILLION_LAUGHS + b"<x>&j;</x>",
        b"<!-- first --> <!DOCTYPE x SYSTEM 'file:///etc/passwd'>" + envelope(GET_CALENDAR)[38:],
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:1/">]><x>&e;</x>',
        envelope(GET_CALENDAR).replace(b"calendar", b"&undefined;"),
        b"<Envelope/>",
        envelope(""),
        envelope(GET_CALENDAR + GET_CALENDAR),
        b"<a>" * 2000 + b"</a>" * 2000,
        b"\x00" * 1000,
    ],
)
def test_what_is_no_request_is_an_invalid_request(exchange: CheckedExchange, request_bytes: bytes) -> None:
    assert fault(exchange, request_bytes) == "ErrorInvalidRequest"


def test_an_entity_bomb_does_not_go_off(exchange: CheckedExchange) -> None:
    bomb = BILLION_LAUGHS + envelope(GET_CALENDAR.replace("calendar", "&j;"))[38:]
    answer = exchange.answer(ANNA, bomb)
    assert answer is not None
    assert len(answer.body) < 2000


def test_an_external_entity_is_never_read(exchange: CheckedExchange) -> None:
    request = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>' + envelope(GET_CALENDAR)[38:]
    assert fault(exchange, request.replace(b"IdOnly", b"&e;")) == "ErrorInvalidRequest"


def test_comments_and_a_byte_order_mark_are_no_mistake(exchange: CheckedExchange) -> None:
    request = b"\xef\xbb\xbf" + envelope(GET_CALENDAR.replace("<m:FolderIds>", "<!-- here --><m:FolderIds>"))
    answer = exchange.answer(ANNA, request)
    assert answer is not None
    assert answer.status == 200


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<m:GetWeather/>", "ErrorSchemaValidation"),
        ("<t:GetFolder/>", "ErrorInvalidRequest"),
        ("<m:GetFolder/>", "ErrorSchemaValidation"),
        (GET_CALENDAR.replace("IdOnly", "Everything"), "ErrorSchemaValidation"),
        (GET_CALENDAR.replace('Id="calendar"', 'Id="invalidparentid"'), "ErrorSchemaValidation"),
        (GET_CALENDAR.replace("FolderIds>", "Folders>"), "ErrorSchemaValidation"),
        (
            GET_CALENDAR.replace("<t:BaseShape>", "<x xmlns='urn:other'/><t:BaseShape>"),
            "ErrorSchemaValidation",
        ),
        (find_item("calendar:Colour"), "ErrorSchemaValidation"),
        (find_item(view='<m:CalendarView StartDate="2026-03-02T00:00:00Z"/>'), "ErrorSchemaValidation"),
        (find_item(start="yesterday"), "ErrorSchemaValidation"),
        (find_item(start="2026-02-30T00:00:00Z"), "ErrorSchemaValidation"),
        (find_item(rest="<m:Unheard/>"), "ErrorSchemaValidation"),
        (find_item().replace('Traversal="Shallow"', ""), "ErrorSchemaValidation"),
        (find_item().replace('Traversal="Shallow"', 'Traversal="Sideways"'), "ErrorSchemaValidation"),
        (f"<m:GetItem>{shape()}</m:GetItem>", "ErrorSchemaValidation"),
        ("<m:GetServerTimeZones ReturnFullTimeZoneData='maybe'/>", "ErrorSchemaValidation"),
    ],
)
def test_a_request_outside_the_schema_is_told_so(exchange: CheckedExchange, body: str, code: str) -> None:
    assert fault(exchange, envelope(body)) == code


def test_every_operation_that_is_not_done_here_is_told_so(exchange: CheckedExchange) -> None:
    told = {name: fault(exchange, envelope(f"<m:{name}/>")) for name in NOT_HERE}
    assert told == dict.fromkeys(NOT_HERE, "ErrorInvalidOperation")


def test_exchangelib_is_told_that_nobody_has_delegates_here(exchange: CheckedExchange, account: Any) -> None:
    exchange.check_requests = True
    with pytest.raises(ErrorInvalidOperation):
        _ = account.delegates


def test_what_the_schema_does_not_have_is_told_apart_from_what_is_not_done_here(
    exchange: CheckedExchange,
) -> None:
    services = etree.parse(str(needed(SCHEMAS) / "services.wsdl"))
    names = {str(name) for name in services.xpath("//*[local-name()='operation']/@name")}  # type: ignore[union-attr]
    elements = {*NOT_HERE, *BY_ELEMENT}
    assert {name.removesuffix("Request") for name in elements} == names
    assert {name.removesuffix("Request") for name in BY_ELEMENT} <= names
    request = envelope("<m:GetWeather/>")
    exchange.check_requests = False
    detail = find(etree.fromstring(exchange.handle(ANNA, request)), "s:Body/s:Fault/detail/t:MessageXml")
    assert "Could not find schema information" in (text(detail, "t:Violation") or "")


def test_a_schema_fault_names_the_line_and_the_mistake(exchange: CheckedExchange) -> None:
    broken = envelope("\n\n" + GET_CALENDAR.replace('Id="calendar"', 'Id="attic"'))
    answer = exchange.answer(ANNA, broken)
    assert answer is not None
    detail = find(etree.fromstring(answer.body), "s:Body/s:Fault/detail/t:MessageXml")
    assert text(detail, "t:LineNumber") == "3"
    assert "attic" in (text(detail, "t:Violation") or "")


@pytest.mark.parametrize("version", ["Exchange2003", "V2099_01_01", ""])
def test_a_version_that_never_was_is_refused(exchange: CheckedExchange, version: str) -> None:
    request = envelope(GET_CALENDAR).replace(b'Version="Exchange2016"', f'Version="{version}"'.encode())
    assert fault(exchange, request) == "ErrorInvalidServerVersion"


def test_every_version_of_the_schema_is_served(exchange: CheckedExchange) -> None:
    for version in (
        "Exchange2007_SP1",
        "Exchange2010_SP2",
        "Exchange2013_SP1",
        "Exchange2016",
        "V2017_07_11",
    ):
        request = envelope(GET_CALENDAR).replace(b"Exchange2016", version.encode())
        answer = exchange.answer(ANNA, request)
        assert answer is not None
        assert answer.status == 200


def test_nobody_is_impersonated(exchange: CheckedExchange) -> None:
    header = (
        "<t:ExchangeImpersonation><t:ConnectingSID><t:PrimarySmtpAddress>ben@example.com</t:PrimarySmtpAddress>"
        "</t:ConnectingSID></t:ExchangeImpersonation>"
    )
    assert fault(exchange, envelope(GET_CALENDAR, header)) == "ErrorImpersonateUserDenied"
    own = header.replace("ben@", "anna@")
    assert codes(ask(exchange, ANNA, GET_CALENDAR, own)) == ["NoError"]


def test_an_unknown_time_zone_in_the_header_is_told(exchange: CheckedExchange) -> None:
    header = '<t:TimeZoneContext><t:TimeZoneDefinition Id="Narnia"/></t:TimeZoneContext>'
    assert fault(exchange, envelope(GET_CALENDAR, header)) == "ErrorTimeZone"


def test_an_answer_carries_the_build_of_exchange_subscription_edition(exchange: CheckedExchange) -> None:
    root = etree.fromstring(exchange.handle(ANNA, envelope(GET_CALENDAR)))
    found = find(root, "s:Header/t:ServerVersionInfo")
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber", "Version")
    assert [found.get(name) for name in names] == ["15", "2", "2562", "17", "V2017_07_11"]


def test_a_text_that_xml_cannot_carry_is_left_out_of_a_fault(exchange: CheckedExchange) -> None:
    request = envelope(GET_CALENDAR.replace("calendar", "&lt;script&gt;"))
    assert fault(exchange, request) == "ErrorSchemaValidation"


@pytest.mark.expect_logs("could not be answered")
def test_a_mistake_of_the_server_is_an_internal_server_error(
    exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange.store, "mailbox", None)
    assert fault(exchange, envelope(GET_CALENDAR)) == "ErrorInternalServerError"


def test_every_error_has_a_text_and_is_a_code_of_the_schema() -> None:
    types = etree.parse(str(needed(SCHEMAS) / "messages.xsd"))
    known = types.xpath(
        "//*[@name='ResponseCodeType']//@value", namespaces={"xs": "http://www.w3.org/2001/XMLSchema"}
    )
    assert set(TEXTS) - {"ErrorUnheardOf"} <= set(known)  # type: ignore[arg-type]
    assert all(TEXTS.values())
    assert NAMES
