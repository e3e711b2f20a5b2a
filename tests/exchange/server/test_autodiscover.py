"""Autodiscover, SOAP and plain XML: the documented answers, and exchangelib as a client."""

from pathlib import Path
from typing import Any

import pytest
import requests
from exchangelib import BASIC, NTLM, Configuration, Credentials
from exchangelib.autodiscover import AutodiscoverProtocol
from exchangelib.errors import ErrorNonExistentMailbox
from exchangelib.protocol import BaseProtocol
from exchangelib.version import Version
from lxml import etree
from requests.adapters import HTTPAdapter
from requests_ntlm import HttpNtlmAuth

from lyncdesk.exchange_server.autodiscover import KNOWN, POX_PATH, SETTINGS, SOAP_PATH
from lyncdesk.exchange_server.autodiscover_pox import FRAME, OUTLOOK, REQUEST
from lyncdesk.exchange_server.autodiscover_soap import NAMESPACE
from lyncdesk.exchange_server.certificate import make, server_context
from tests.exchange.server.conftest import ANNA, BEN
from tests.exchange.server.wire import MONDAY, SOAP, CheckedExchange, Element

A = {"a": NAMESPACE, "s": SOAP, "w": "http://www.w3.org/2005/08/addressing", "o": OUTLOOK, "f": FRAME}
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
USER = "s:Body/a:GetUserSettingsResponseMessage/a:Response/a:UserResponses/a:UserResponse"
WHOLE = "s:Body/a:GetUserSettingsResponseMessage/a:Response"
ACCOUNT = "o:Response/o:Account"


def settings(
    *users: str, names: tuple[str, ...] = ("ExternalEwsUrl",), version: str = "Exchange2010"
) -> bytes:
    head = f"<a:RequestedServerVersion>{version}</a:RequestedServerVersion>" if version else ""
    people = "".join(f"<a:User><a:Mailbox>{user}</a:Mailbox></a:User>" for user in users)
    wanted = "".join(f"<a:Setting>{name}</a:Setting>" for name in names)
    return (
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:a="{NAMESPACE}"><s:Header>{head}</s:Header><s:Body>'
        f"<a:GetUserSettingsRequestMessage><a:Request><a:Users>{people}</a:Users>"
        f"<a:RequestedSettings>{wanted}</a:RequestedSettings></a:Request></a:GetUserSettingsRequestMessage>"
        "</s:Body></s:Envelope>"
    ).encode()


def plain(address: str, schema: str = OUTLOOK, space: str = REQUEST) -> bytes:
    return (
        f'<Autodiscover xmlns="{space}"><Request><EMailAddress>{address}</EMailAddress>'
        f"<AcceptableResponseSchema>{schema}</AcceptableResponseSchema></Request></Autodiscover>"
    ).encode()


def url(exchange: CheckedExchange, path: str) -> str:
    base = exchange.url or exchange.start()
    return base.replace("/EWS/Exchange.asmx", path)


def post(exchange: CheckedExchange, path: str, body: bytes, status: int = 200) -> Element:
    answer = requests.post(url(exchange, path), body, auth=(ANNA, "secret"), timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/xml; charset=utf-8")
    return etree.fromstring(answer.content)


def told(root: Element, path: str) -> str | None:
    return root.findtext(path, None, A)


def values(root: Element) -> dict[str, str]:
    rows = root.iterfind(f"{USER}/a:UserSettings/a:UserSetting", A)
    return {told(row, "a:Name") or "": told(row, "a:Value") or "" for row in rows}


# --- SOAP ---


def test_a_mailbox_is_told_with_what_was_asked(exchange: CheckedExchange) -> None:
    root = post(exchange, SOAP_PATH, settings(ANNA.upper(), names=tuple(sorted(SETTINGS))))
    assert told(root, f"{WHOLE}/a:ErrorCode") == told(root, f"{USER}/a:ErrorCode") == "NoError"
    found = values(root)
    assert found["InternalEwsUrl"] == found["ExternalEwsUrl"] == exchange.url
    assert (found["UserDisplayName"], found["AutoDiscoverSMTPAddress"]) == ("Anna Keller", ANNA)
    assert found["UserDN"].endswith("/cn=Recipients/cn=anna")
    assert (found["CasVersion"], found["UserMSOnline"]) == ("15.2.2562.17", "False")
    assert found["EwsSupportedSchemas"].split(", ")[-1] == "Exchange2016"
    assert set(found) == set(SETTINGS)
    assert exchange.counters.requests == {"GetUserSettings": 1}


def test_the_head_is_that_of_the_documented_answer(exchange: CheckedExchange) -> None:
    root = post(exchange, SOAP_PATH, settings(ANNA))
    action = root.find("s:Header/w:Action", A)
    assert action is not None
    assert action.text == f"{NAMESPACE}/Autodiscover/GetUserSettingsResponse"
    version = root.find("s:Header/a:ServerVersionInfo", A)
    assert version is not None
    assert [one.text for one in version] == ["15", "2", "2562", "17", "Exchange2016"]
    user = root.find(USER, A)
    assert user is not None
    names = [child.tag.rpartition("}")[2] for child in user]
    assert names == ["ErrorCode", "ErrorMessage", "RedirectTarget", "UserSettingErrors", "UserSettings"]
    assert user[2].get(NIL) == "true"
    kind = user[4][0].get("{http://www.w3.org/2001/XMLSchema-instance}type")
    assert kind == "StringSetting"


def test_each_user_has_an_answer_of_their_own(exchange: CheckedExchange) -> None:
    exchange.autodiscover.addresses = {"old@example.com": "new@example.org"}
    exchange.autodiscover.urls = {"@Example.net": "https://mail.example.net/autodiscover/autodiscover.svc"}
    users = (BEN, "nobody@example.com", "Old@example.com", "x@example.net", "")
    root = post(exchange, SOAP_PATH, settings(*users))
    rows = root.findall(USER, A)
    assert [told(row, "a:ErrorCode") for row in rows] == [
        *("NoError", "InvalidUser", "RedirectAddress", "RedirectUrl", "InvalidUser"),
    ]
    assert [told(row, "a:RedirectTarget") or "" for row in rows] == [
        *("", "", "new@example.org", "https://mail.example.net/autodiscover/autodiscover.svc", ""),
    ]
    assert [len(row.findall("a:UserSettings/a:UserSetting", A)) for row in rows] == [1, 0, 0, 0, 0]
    (logged,) = exchange.counters.log(ANNA)
    assert logged.codes == ("InvalidUser", "NoError", "RedirectAddress", "RedirectUrl")


def test_a_setting_that_is_not_there_is_told_apart_from_one_that_does_not_exist(
    exchange: CheckedExchange,
) -> None:
    exchange.autodiscover.external_url = ""
    names = ("InternalEwsUrl", "ExternalEwsUrl", "ExternalUMUrl", "Weather", "InternalEwsUrl")
    root = post(exchange, SOAP_PATH, settings(ANNA, names=names))
    errors = root.findall(f"{USER}/a:UserSettingErrors/a:UserSettingError", A)
    assert [(told(one, "a:SettingName"), told(one, "a:ErrorCode")) for one in errors] == [
        ("ExternalEwsUrl", "SettingIsNotAvailable"),
        ("ExternalUMUrl", "SettingIsNotAvailable"),
        ("Weather", "InvalidSetting"),
    ]
    assert values(root) == {"InternalEwsUrl": exchange.url}


def test_other_addresses_of_the_server_may_be_told(exchange: CheckedExchange) -> None:
    exchange.autodiscover.internal_url = "https://in.example.com/EWS/Exchange.asmx"
    exchange.autodiscover.external_url = "https://out.example.com/EWS/Exchange.asmx"
    root = post(exchange, SOAP_PATH, settings(ANNA, names=("InternalEwsUrl", "ExternalEwsUrl")))
    assert [found.partition("/EWS")[0] for found in values(root).values()] == [
        "https://in.example.com",
        "https://out.example.com",
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (settings(ANNA, version=""), "The RequestedServerVersion header must be specified."),
        (settings(ANNA, version="Exchange2003"), "The version 'Exchange2003' is not supported."),
        (settings(), "At least one user must be specified."),
        (settings(*["x@example.com"] * 101), "Only 100 users can be specified in a request."),
        (settings(ANNA, names=()), "At least one setting must be specified."),
        (settings(ANNA).replace(b"<a:Users>", b"<a:Users><x/>"), "The request has an element that is not"),
    ],
)
def test_a_request_that_asks_wrongly_is_told_so(exchange: CheckedExchange, body: bytes, text: str) -> None:
    root = post(exchange, SOAP_PATH, body)
    assert told(root, f"{WHOLE}/a:ErrorCode") == "InvalidRequest"
    assert (told(root, f"{WHOLE}/a:ErrorMessage") or "").startswith(text)
    assert root.find(f"{WHOLE}/a:UserResponses", A) is not None
    assert root.find(USER, A) is None


def test_other_operations_do_not_exist(exchange: CheckedExchange) -> None:
    body = settings(ANNA).replace(b"GetUserSettings", b"GetDomainSettings")
    root = post(exchange, SOAP_PATH, body, 500)
    assert told(root, "s:Body/s:Fault/faultcode") == "f:ActionNotSupported"


@pytest.mark.parametrize("body", [b"", b"hello", b"<x/>", b"<!DOCTYPE x><x/>"])
def test_what_is_no_request_is_a_bad_one(exchange: CheckedExchange, body: bytes) -> None:
    answer = requests.post(url(exchange, SOAP_PATH), body, auth=(ANNA, "secret"), timeout=10)
    assert (answer.status_code, answer.content) == (400, b"")


# --- plain XML ---


def test_plain_settings_are_those_of_the_documented_answer(exchange: CheckedExchange) -> None:
    exchange.autodiscover.external_url = "https://out.example.com/EWS/Exchange.asmx"
    root = post(exchange, POX_PATH, plain(ANNA))
    assert root.tag == f"{{{FRAME}}}Autodiscover"
    assert told(root, "o:Response/o:User/o:DisplayName") == "Anna Keller"
    assert told(root, "o:Response/o:User/o:AutoDiscoverSMTPAddress") == ANNA
    assert told(root, f"{ACCOUNT}/o:AccountType") == "email"
    assert told(root, f"{ACCOUNT}/o:Action") == "settings"
    protocols = root.findall(f"{ACCOUNT}/o:Protocol", A)
    assert [told(one, "o:Type") for one in protocols] == ["EXCH", "EXPR", "WEB"]
    assert [told(one, "o:EwsUrl") for one in protocols] == [
        *(exchange.url, "https://out.example.com/EWS/Exchange.asmx", None),
    ]
    assert told(protocols[0], "o:OOFUrl") == exchange.url
    assert (told(protocols[0], "o:ServerVersion"), told(protocols[1], "o:SSL")) == ("73C28A02", "On")
    assert told(protocols[2], "o:External/o:Protocol/o:ASUrl") == "https://out.example.com/EWS/Exchange.asmx"


def test_blanks_around_an_address_do_not_hide_it(exchange: CheckedExchange) -> None:
    root = post(exchange, POX_PATH, plain(f" {ANNA}\n"))
    assert told(root, "o:Response/o:User/o:AutoDiscoverSMTPAddress") == ANNA


def test_what_is_not_advertised_is_left_out(exchange: CheckedExchange) -> None:
    exchange.autodiscover.external_url = ""
    root = post(exchange, POX_PATH, plain(ANNA))
    assert [told(one, "o:Type") for one in root.findall(f"{ACCOUNT}/o:Protocol", A)] == ["EXCH", "WEB"]
    exchange.autodiscover.internal_url = ""
    assert post(exchange, POX_PATH, plain(ANNA)).findall(f"{ACCOUNT}/o:Protocol", A) == []


def test_plain_xml_sends_people_elsewhere(exchange: CheckedExchange) -> None:
    exchange.autodiscover.addresses = {"old@example.com": "new@example.org"}
    exchange.autodiscover.urls = {"@example.net": "https://mail.example.net/autodiscover/autodiscover.xml"}
    root = post(exchange, POX_PATH, plain("old@example.com"))
    assert (told(root, f"{ACCOUNT}/o:Action"), told(root, f"{ACCOUNT}/o:RedirectAddr")) == (
        *("redirectAddr", "new@example.org"),
    )
    root = post(exchange, POX_PATH, plain("x@example.net"))
    assert (told(root, f"{ACCOUNT}/o:Action"), told(root, f"{ACCOUNT}/o:RedirectUrl")) == (
        *("redirectUrl", "https://mail.example.net/autodiscover/autodiscover.xml"),
    )


@pytest.mark.parametrize(
    ("body", "space", "code"),
    [
        (plain("nobody@example.com"), OUTLOOK, "500"),
        (plain(ANNA, schema="http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006"),
         FRAME, "601"),
        (plain(ANNA, space="urn:x"), FRAME, "600"),
        (plain(""), FRAME, "600"),
        (plain("nobody"), FRAME, "600"),
        (b"hello", FRAME, "600"),
        (b"<!DOCTYPE x><x/>", FRAME, "600"),
        (f'<Autodiscover xmlns="{REQUEST}"><Request/></Autodiscover>'.encode(), FRAME, "600"),
    ],
)  # fmt: skip
def test_errors_of_plain_xml_come_with_status_200(
    exchange: CheckedExchange, body: bytes, space: str, code: str
) -> None:
    root = post(exchange, POX_PATH, body)
    found = root.find(f"{{{space}}}Response/{{{space}}}Error")
    assert found is not None
    assert found.findtext(f"{{{space}}}ErrorCode") == code
    assert found.get("Time") == "08:00:00.0000000"
    assert exchange.counters.log(ANNA)[-1].codes == (code,)


# --- who may ask, and how ---


@pytest.mark.parametrize("path", [SOAP_PATH, POX_PATH, "/Autodiscover/Autodiscover.XML"])
def test_a_stranger_is_asked_who_they_are(exchange: CheckedExchange, path: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = requests.request(method, url(exchange, path), timeout=10, allow_redirects=False)
        assert (answer.status_code, answer.headers["WWW-Authenticate"].endswith(", NTLM")) == (401, True)
    assert exchange.counters.refused == 0
    assert requests.post(url(exchange, path), auth=(ANNA, "no"), timeout=10).status_code == 401
    assert exchange.counters.refused == 1


def test_a_stranger_is_sent_to_where_it_is_safe(exchange: CheckedExchange) -> None:
    exchange.autodiscover.redirect_to = "https://mail.example.com/autodiscover/autodiscover.xml"
    for path in (POX_PATH, SOAP_PATH):
        answer = requests.get(url(exchange, path), timeout=10, allow_redirects=False)
        assert answer.status_code == 302
        assert answer.headers["Location"] == "https://mail.example.com/autodiscover/autodiscover.xml"
    answer = requests.post(url(exchange, POX_PATH), plain(ANNA), timeout=10, allow_redirects=False)
    assert answer.status_code == 401
    answer = requests.get(url(exchange, "/EWS/Exchange.asmx"), timeout=10, allow_redirects=False)
    assert answer.status_code == 401


def test_a_get_of_somebody_known_is_no_request(exchange: CheckedExchange) -> None:
    answer = requests.get(url(exchange, POX_PATH), auth=(ANNA, "secret"), timeout=10)
    assert (answer.status_code, b"<ErrorCode>600</ErrorCode>" in answer.content) == (200, True)
    answer = requests.get(url(exchange, SOAP_PATH), auth=(ANNA, "secret"), timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_the_address_is_the_one_by_which_the_client_came(exchange: CheckedExchange) -> None:
    here = url(exchange, SOAP_PATH).replace("127.0.0.1", "localhost")
    for host, told_host in ((None, "localhost"), ('evil/x"<', "127.0.0.1")):
        headers = {} if host is None else {"Host": host}
        answer = requests.post(here, settings(ANNA), auth=(ANNA, "secret"), headers=headers, timeout=10)
        assert values(etree.fromstring(answer.content))["ExternalEwsUrl"].startswith(f"http://{told_host}:")


def test_it_is_signed_in_to_by_ntlm_as_well(exchange: CheckedExchange) -> None:
    answer = requests.post(
        url(exchange, POX_PATH), plain(ANNA), auth=HttpNtlmAuth("EXAMPLE\\anna", "secret"), timeout=10
    )
    assert (answer.status_code, b"<EwsUrl>" in answer.content) == (200, True)


# --- exchangelib ---


@pytest.fixture
def trusting(home: Path, exchange: CheckedExchange, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of Autodiscover over https, which exchangelib is made to trust."""
    home.mkdir(exist_ok=True)
    certificate, key = make(MONDAY)
    (home / "ca.pem").write_text(certificate)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(home / "ca.pem"))
    # A test before may have run LyncDesk's own in this process.
    monkeypatch.setattr(BaseProtocol, "HTTP_ADAPTER_CLS", HTTPAdapter)
    exchange.start(tls=server_context(certificate, key))
    return url(exchange, SOAP_PATH)


def protocol(endpoint: str, auth_type: str | None) -> Any:
    configuration = Configuration(
        service_endpoint=endpoint, credentials=Credentials(ANNA, "secret"), auth_type=auth_type,
        version=Version.all_versions()[0],
    )  # fmt: skip
    return AutodiscoverProtocol(config=configuration)


@pytest.mark.parametrize("auth_type", [BASIC, NTLM, None])
def test_exchangelib_finds_the_server(
    exchange: CheckedExchange, trusting: str, auth_type: str | None
) -> None:
    asks: BaseProtocol = protocol(trusting, auth_type)
    found = asks.get_user_settings(user=ANNA)
    assert (found.ews_url, found.autodiscover_smtp_address) == (exchange.url, ANNA)
    assert found.version.api_version == "Exchange2016"
    assert {error for error, _text in found.user_settings_errors.values()} == {"SettingIsNotAvailable"}
    asks.close()


def test_exchangelib_understands_redirections_and_unknown_people(
    exchange: CheckedExchange, trusting: str
) -> None:
    exchange.autodiscover.addresses = {"old@example.com": "new@example.org"}
    exchange.autodiscover.urls = {"@example.net": "https://mail.example.net/autodiscover/autodiscover.svc"}
    asks = protocol(trusting, BASIC)
    assert asks.get_user_settings(user="old@example.com").redirect_address == "new@example.org"
    assert asks.get_user_settings(user="x@example.net").redirect_url.startswith("https://mail.example.net/")
    with pytest.raises(ErrorNonExistentMailbox):
        asks.get_user_settings(user="nobody@example.com").raise_errors()
    asks.close()


def test_every_setting_of_the_protocol_is_known() -> None:
    assert set(SETTINGS) < KNOWN
    assert len(KNOWN) > 60
