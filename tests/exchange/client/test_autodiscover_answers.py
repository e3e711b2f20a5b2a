"""What Autodiscover answers is read whole or not at all, and never trusted further than the rules say."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.exchange.address import domain_of
from lyncdesk.exchange.autodiscover import (
    LIMIT,
    Protocol,
    Says,
    Told,
    Tree,
    Way,
    protocol_of,
    read,
    usable,
    way_to,
)
from lyncdesk.exchange.reading import DamagedAnswerError, NotSoapError
from tests.exchange.client import discovery_servers as said

IN, OUT = "https://in.corp.example/EWS/Exchange.asmx", "https://out.corp.example/EWS/Exchange.asmx"
TREE = Tree(("corp.example",))


def test_both_addresses_of_a_soap_answer() -> None:
    assert read(said.soap(internal=IN, external=OUT)) == Told(Says.SERVERS, (IN,), (OUT,))


def test_one_address_is_enough() -> None:
    assert read(said.soap(external=OUT)) == Told(Says.SERVERS, (), (OUT,))


def test_protocols_of_an_xml_answer_tell_which_address_is_for_whom() -> None:
    told = read(said.pox(("EXCH", IN), ("EXPR", OUT)))
    assert told == Told(Says.SERVERS, (IN,), (OUT,))


def test_the_addresses_of_the_web_protocol_count_as_well() -> None:
    web = (
        "<Action>settings</Action><Protocol><Type>WEB</Type><Internal><OWAUrl>https://owa/</OWAUrl><Protocol>"
        f"<Type>EXCH</Type><ASUrl>{IN}</ASUrl></Protocol></Internal><External><Protocol><Type>EXPR</Type>"
        f"<ASUrl>{OUT}</ASUrl></Protocol></External></Protocol>"
    )
    assert read(said.pox_account(web)) == Told(Says.SERVERS, (IN,), (OUT,))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            said.soap_user("RedirectAddress", "<RedirectTarget>a@b.example</RedirectTarget>"),
            Told(Says.ADDRESS, target="a@b.example"),
        ),
        (
            said.soap_user("RedirectUrl", f"<RedirectTarget>{OUT}</RedirectTarget>"),
            Told(Says.URL, target=OUT),
        ),
        (said.soap_user("InvalidUser", ""), Told(Says.NOTHING, code="InvalidUser")),
        (said.soap_user("NoError", "<UserSettings/>"), Told(Says.NOTHING, code="no settings")),
        # What is no code is not repeated.
        (said.soap_user("Call this number", ""), Told(Says.NOTHING, code="no settings")),
        (said.soap_user("x" * 61, ""), Told(Says.NOTHING, code="no settings")),
        (
            said.pox_account("<Action>redirectAddr</Action><RedirectAddr>a@b.example</RedirectAddr>"),
            Told(Says.ADDRESS, target="a@b.example"),
        ),
        (
            said.pox_account(f"<Action>redirectUrl</Action><RedirectUrl>{OUT}</RedirectUrl>"),
            Told(Says.URL, target=OUT),
        ),
        (
            (
                b"<Autodiscover><Response><Error Time='1' Id='2'><ErrorCode>600</ErrorCode>"
                b"<Message>Invalid Request</Message></Error></Response></Autodiscover>"
            ),
            Told(Says.NOTHING, code="600"),
        ),
        (
            (
                b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault>"
                b"<faultcode>a:InternalServiceFault</faultcode></s:Fault></s:Body></s:Envelope>"
            ),
            Told(Says.NOTHING, code="InternalServiceFault"),
        ),
        (said.pox(("POP3", OUT)), Told(Says.NOTHING, code="no settings")),
    ],
)
def test_other_answers(content: bytes, told: Told) -> None:
    assert read(content) == told


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", DamagedAnswerError),
        (b"<html><body>Welcome</body></html>", NotSoapError),
        (b"{}", NotSoapError),
        (b"<feed/>", NotSoapError),
        (said.soap(external=OUT)[:-20], DamagedAnswerError),
        (b"<!DOCTYPE a [<!ENTITY x 'y'>]><Autodiscover>&x;</Autodiscover>", DamagedAnswerError),
        (b"<Autodiscover>" + b" " * LIMIT + b"</Autodiscover>", DamagedAnswerError),
    ],
)
def test_what_is_no_answer(content: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(content)


@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda t: b"<Autodiscover>" + t.encode() + b"</Autodiscover>")
)
def test_nothing_that_a_server_sends_breaks_the_reader(content: bytes) -> None:
    with contextlib.suppress(DamagedAnswerError, NotSoapError):
        read(content)


def test_a_text_too_long_to_be_an_address_is_none() -> None:
    assert read(said.soap(external="https://" + "a" * 3000)).says is Says.NOTHING


@pytest.mark.parametrize(
    ("url", "result"),
    [
        (OUT, OUT),
        ("https://mail.elsewhere.example", "https://mail.elsewhere.example/EWS/Exchange.asmx"),
        ("http://mail.corp.example/EWS/Exchange.asmx", ""),
        ("ldap://mail", ""),
        ("https://anna:secret@mail.corp.example/", ""),
        ("", ""),
    ],
)
def test_a_password_is_sent_to_complete_addresses_with_https_only(url: str, result: str) -> None:
    assert usable(url) == result


@pytest.mark.parametrize(
    ("url", "way"),
    [
        ("https://mail.corp.example/autodiscover/autodiscover.xml", Way.FOLLOW),
        ("https://corp.example:8443/x", Way.FOLLOW),
        ("https://CORP.example./x", Way.FOLLOW),
        ("http://mail.corp.example/x", Way.INSECURE),
        ("https://corp.example.attacker.example/x", Way.ELSEWHERE),
        ("https://notcorp.example/x", Way.ELSEWHERE),
        ("https://autodiscover-s.outlook.com/x", Way.ONLINE),
        ("http://autodiscover-s.outlook.com/x", Way.ONLINE),
        ("https://corp.example@attacker.example/x", Way.NOWHERE),
        ("https://", Way.NOWHERE),
        ("https://corp.example:99999/", Way.NOWHERE),
        ("https://corp.example/\x00", Way.NOWHERE),
        ("/relative", Way.NOWHERE),
        ("https://corp.example/" + "x" * 2000, Way.NOWHERE),
    ],
)
def test_where_a_redirect_may_lead(url: str, way: Way) -> None:
    assert way_to(url, TREE) is way


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("anna@Corp.Example", "corp.example"),
        ("anna@bücher.example", "xn--bcher-kva.example"),
        ("anna@corp.example.", "corp.example"),
        ("anna@corp.example/evil", ""),
        ("anna@corp.example:8080", ""),
        ("anna@[10.0.0.1]", ""),
        ("anna@10.0.0.1", ""),
        ("anna@..", ""),
        ("anna", "anna"),
        ("", ""),
    ],
)
def test_the_domain_of_an_address_is_a_name_or_nothing(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_the_questions_hold_the_address_and_nothing_that_could_be_markup() -> None:
    for protocol in Protocol:
        url = protocol.at("corp.example")
        assert protocol_of(url) is protocol
        body = protocol.request("a<&>b@corp.example", url)
        assert b"a&lt;&amp;&gt;b@corp.example" in body
