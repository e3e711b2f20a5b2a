"""Every fault that can be ordered by its name."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from lyncdesk.exchange_server.fault import EVERYTHING, HTML, Fault

LOGIN_PAGE = (
    b"<!DOCTYPE html><html><head><title>Outlook</title></head><body><form action='/owa/auth.owa'>"
    b"<input name='username'><input name='password' type='password'></form></body></html>"
)
FOREIGN = (
    b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
    b'<x:Pong xmlns:x="urn:another:service"/></s:Body></s:Envelope>'
)
BODYLESS = b'<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>'
LOCKED = (
    b"<html><body>The referenced account is currently locked out and may not be logged on to.</body></html>"
)
SKEW = timedelta(hours=5)
_XML = "text/xml; charset=utf-8"


def _every_row(name: str, code: str, operation: str = EVERYTHING) -> Fault:
    what = "every operation on a mailbox" if operation == EVERYTHING else operation
    return Fault(name, f"{what} answers {code}", rows={operation: code})


def _soap(name: str, code: str) -> Fault:
    return Fault(name, f"SOAP fault {code}", soap=code)


FAULTS = (
    # busy
    Fault("server-busy", "SOAP fault ErrorServerBusy: come back in 90 seconds", soap="ErrorServerBusy",
          values=(("BackOffMilliseconds", "90000"), ("Policy", "MaxConcurrency"),
                  ("MaxConcurrencyLimit", "27"))),
    Fault("server-busy-brief", "SOAP fault ErrorServerBusy: come back in a second", soap="ErrorServerBusy",
          values=(("BackOffMilliseconds", "1000"),)),
    Fault("server-busy-open", "SOAP fault ErrorServerBusy, for who knows how long", soap="ErrorServerBusy"),
    Fault("http-429", "429, Retry-After two minutes", 429, HTML, headers=(("Retry-After", "120"),)),
    Fault("http-503", "503 with a web page", 503, HTML),
    Fault("http-503-later", "503, Retry-After two minutes", 503, HTML, headers=(("Retry-After", "120"),)),
    _soap("too-many-connections", "ErrorExceededConnectionCount"),
    _soap("took-too-long", "ErrorTimeoutExpired"),
    # HTTP
    Fault("http-400", "400 with a web page", 400, HTML),
    Fault("http-403", "403 without a body, as Exchange Online blocks EWS", 403),
    Fault("http-404", "404 with a web page, before anybody signs in", 404, HTML, strangers=True),
    Fault("http-407", "407, a proxy that wants a login of its own", 407, HTML,
          headers=(("Proxy-Authenticate", 'Basic realm="proxy"'),), strangers=True),
    Fault("http-500-html", "500 with a web page", 500, HTML),
    Fault("http-502", "502, a proxy that does not reach the server", 502, HTML, strangers=True),
    Fault("http-504", "504, a proxy that waited too long", 504, HTML, strangers=True),
    Fault("web-page", "200 with the page on which one signs in to Outlook on the web", 200, LOGIN_PAGE,
          strangers=True),
    Fault("to-web-mail", "302 to Outlook on the web", 302, headers=(("Location", "/owa/auth/logon.aspx"),),
          strangers=True),
    # the connection
    Fault("timed-out", "no answer, ever", silent=True),
    Fault("hung-up", "the connection is closed without an answer", 200, manner="hung-up", strangers=True),
    Fault("cut-off", "the connection is closed in the middle of the answer", manner="cut-off"),
    Fault("half-open", "half of the answer, then nothing more", manner="half-open"),
    Fault("slow", "the answer comes byte by byte, two in a second", manner="slow"),
    Fault("endless", "the answer does not end", 200, kind=_XML, manner="endless"),
    # the body
    Fault("truncated-body", "half of the answer, as if that were all", cut=True),
    Fault("garbage-body", "200 with bytes that are no XML", 200, b"\x00\xff not XML at all <Envelope>"),
    Fault("empty-body", "200 without a body", 200),
    Fault("malformed-body", "the answer without the end of its body", edits=((rb"</(\w+:)?Body>", b""),)),
    Fault("bodyless", "200 with an envelope without a body", 200, BODYLESS, _XML),
    Fault("foreign-soap", "200 with the answer of another service", 200, FOREIGN, _XML),
    Fault("garbled-times", "starts that are no times",
          edits=((rb"(<t:Start(?:Time)?>)[^<]*", rb"\1soon"),)),
    # the login
    Fault("refused-password", "the password is wrong", refuse=True),
    Fault("account-locked", "the account is locked out", page=LOCKED, refuse=True),
    _soap("account-disabled", "ErrorAccountDisabled"),
    _soap("password-expired", "ErrorPasswordExpired"),
    _soap("password-change-required", "ErrorPasswordChangeRequired"),
    # the mailbox
    _every_row("access-denied", "ErrorAccessDenied"),
    _every_row("find-item-denied", "ErrorAccessDenied", "FindItem"),
    _every_row("mailbox-moved", "ErrorMailboxMoveInProgress"),
    _every_row("mailbox-store-unavailable", "ErrorMailboxStoreUnavailable"),
    _every_row("non-existent-mailbox", "ErrorNonExistentMailbox"),
    _every_row("free-busy-denied", "ErrorNoFreeBusyAccess", "GetUserAvailability"),
    _every_row("free-busy-failed", "ErrorFreeBusyGenerationFailed", "GetUserAvailability"),
    _every_row("free-busy-unreachable", "ErrorProxyRequestProcessingFailed", "GetUserAvailability"),
    # the server
    _soap("schema-version", "ErrorInvalidSchemaVersionForMailboxVersion"),
    _soap("server-version", "ErrorInvalidServerVersion"),
    _every_row("internal-error", "ErrorInternalServerError"),
    _every_row("internal-error-brief", "ErrorInternalServerTransientError"),
    Fault("unheard-of-code", "every operation on a mailbox answers a code that no client knows",
          rows={EVERYTHING: "ErrorUnheardOf"}),
    Fault("unheard-of-fault", "SOAP fault with a code that no client knows", soap="ErrorUnheardOf"),
    Fault("details-missing", "no subjects, places and kinds",
          hide=frozenset({"calendar:IsMeeting", "item:Subject", "calendar:Location"})),
    Fault("clock-ahead", "the server's Date is five hours ahead", skew=SKEW),
    Fault("clock-behind", "the server's Date is five hours behind", skew=-SKEW),
)  # fmt: skip
BY_NAME: Mapping[str, Fault] = MappingProxyType({fault.name: fault for fault in FAULTS})
