"""Everything that can go wrong between the client and an Exchange, each provoked for real.

One row for each way a server, a proxy, a certificate or the worker process can misbehave, with the problem
that the person is told. Tests put a working connection into each and out of it again.
"""

from __future__ import annotations

import gzip
import os
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.x509.oid import ExtendedKeyUsageOID

from lyncdesk.client.options import Account
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.starting import child_environment
from tests.exchange.client import odd_worker as odd
from tests.exchange.client import raw_server as raw
from tests.exchange.client.certificates import DAY, Authority
from tests.exchange.client.odd_worker import odd_command
from tests.exchange.client.proxy import HANGS_UP, Proxy
from tests.exchange.client.raw_server import Behaviour, RawServer, Visit
from tests.exchange.client.sessions import Passwords, name_of, outcome_of

HTML = b"<!DOCTYPE html><html><body>Sign in to Outlook</body></html>"
WHOLE = raw.found(raw.ITEM, raw.ITEM)
HALF = WHOLE[: len(WHOLE) // 2]
WORKING = raw.calendar(raw.ITEM)
Tls = Callable[[Authority], ssl.SSLContext]


@dataclass(frozen=True)
class Situation:
    """What misbehaves (the rest works), and the problem that it is.

    ``server`` is a behaviour; ``tls`` makes what the server shows (None: it speaks no TLS); ``proxy`` what
    the proxy between says; ``worker`` what the worker process does. ``account`` changes the account,
    ``password`` is what there is of one. ``slow`` if nothing comes back and only a deadline ends it.
    """

    problem: str
    server: Behaviour = WORKING
    tls: Tls | None = Authority.server
    proxy: str = ""
    worker: str = odd.WORKS
    account: Mapping[str, str] = field(default_factory=dict)
    password: str | None = Passwords().password
    slow: bool = False

    @property
    def costs(self) -> bool:
        """Whether it ends threads or processes, so that no two tests can share them."""
        return self.slow or self.proxy != "" or self.worker != odd.WORKS or self.server is raw.DEAF


# --- servers ---


def ends_within_body(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(WHOLE), HALF))
    visit.connection.shutdown(socket.SHUT_RDWR)


def ends_within_chunks(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(HALF), HALF))
    visit.connection.shutdown(socket.SHUT_RDWR)


def closes_without_answer(visit: Visit) -> None:
    visit.connection.shutdown(socket.SHUT_RDWR)


def resets(visit: Visit) -> None:
    visit.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    visit.connection.close()


def endless(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    while not visit.over.is_set():
        visit.says(chunk)


def half_open(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(WHOLE), HALF))
    visit.over.wait()


def drips(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(WHOLE))
    for byte in WHOLE:
        visit.says(bytes([byte]))
        if visit.over.wait(0.05):
            return


def drips_headers(visit: Visit) -> None:
    visit.says(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not visit.over.wait(0.05):
        visit.says(b".")


def gzip_bomb(visit: Visit) -> None:
    visit.answers(gzip.compress(b" " * (40 * 2**20)), "200 OK", "Content-Encoding: gzip")


def damaged_gzip(visit: Visit) -> None:
    visit.answers(gzip.compress(WHOLE)[:-20] + b"x" * 20, "200 OK", "Content-Encoding: gzip")


def no_http(visit: Visit) -> None:
    visit.says(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n\r\n")


def row(code: bytes, detail: bytes = b"") -> Behaviour:
    """The FindItem answered with an error in its row, and so the free/busy information."""
    find, free_busy = raw.failed(b"FindItem", code, detail), raw.fault(code)
    return lambda visit: visit.answers(find if visit.is_about("FindItem") else free_busy)


BACK_OFF = b'<t:Value Name="Policy">EWS</t:Value><t:Value Name="BackOffMilliseconds">297749</t:Value>'
SERVERS: dict[str, Situation] = {
    # signing in
    "password refused": Situation("refused-password", raw.REFUSES),
    "password refused, no scheme named": Situation("refused-password", raw.refuses()),
    "session expired": Situation("refused-password", raw.answers(HTML, "440 Login Timeout")),
    "chosen way not offered": Situation("sign-in-method", raw.refuses("Negotiate", "NTLM")),
    "no way that we know": Situation(
        "sign-in-method", raw.refuses("Bearer"), account={"authentication": "automatic"}
    ),
    "takes up no NTLM": Situation(
        "sign-in-method", raw.refuses("NTLM"), account={"authentication": "automatic"}
    ),
    "Kerberos only": Situation(
        "kerberos-missing", raw.refuses("Negotiate"), account={"authentication": "automatic"}
    ),
    "account locked": Situation(
        "account-locked", raw.refuses("Basic", body=b"The referenced account is currently locked out")
    ),
    "account locked, by status": Situation("account-locked", raw.answers(b"", "456 Account Locked")),
    "account disabled": Situation("account-disabled", row(b"ErrorAccountDisabled")),
    "password expired": Situation("password-expired", row(b"ErrorPasswordExpired")),
    "password must change": Situation("password-expired", row(b"ErrorPasswordChangeRequired")),
    "password expired, by page": Situation(
        "password-expired",
        raw.answers(b"", "302 Found", "Location: /owa/auth/expiredpassword.aspx?url=/EWS/Exchange.asmx"),
    ),
    # something else answers
    "redirected to Outlook": Situation(
        "web-page", raw.answers(b"", "302 Found", "Location: https://mail.example.com/owa/auth.aspx?secret=1")
    ),
    "redirected to AD FS": Situation(
        "web-page", raw.answers(b"", "302 Found", "Location: https://fs.example.com/adfs/ls/?wa=wsignin1.0")
    ),
    "web page": Situation("web-page", raw.answers(HTML)),
    "redirected elsewhere": Situation(
        "not-exchange", raw.answers(b"", "301 Moved", "Location: https://www.example.com/welcome?secret=1")
    ),
    "not found": Situation("not-exchange", raw.answers(HTML, "404 Not Found")),
    "not found, and the connection ends": Situation(
        "not-exchange", raw.answers(HTML, "404 Not Found", "Connection: close")
    ),
    "bad request": Situation("not-exchange", raw.answers(HTML, "400 Bad Request")),
    "no POST": Situation("not-exchange", raw.answers(HTML, "405 Method Not Allowed")),
    "another service": Situation("not-exchange", raw.answers(raw.ENVELOPE % b"<x:Hello xmlns:x='urn:x'/>")),
    "answer of another operation": Situation("not-exchange", raw.answers(raw.ENVELOPE % raw.OOF_OFF)),
    "other XML": Situation("not-exchange", raw.answers(b"<?xml version='1.0'?><feed/>")),
    "no HTTP": Situation("not-exchange", no_http),
    "client certificate, by IIS": Situation(
        "client-certificate", raw.answers(b"HTTP Error 403.7 - Forbidden", "403 Forbidden")
    ),
    "client certificate, by nginx": Situation(
        "client-certificate",
        raw.answers(b"<h1>400</h1>No required SSL certificate was sent", "400 Bad Request"),
    ),
    "client certificate, by status": Situation(
        "client-certificate", raw.answers(b"", "496 SSL Certificate Required")
    ),
    # Exchange says no
    "switched off": Situation("not-allowed", raw.answers(HTML, "403 Forbidden")),
    "not allowed by policy": Situation("not-allowed", row(b"ErrorUserNotAllowedByPolicy")),
    "access denied": Situation("access-denied", row(b"ErrorAccessDenied")),
    "folder not found": Situation("access-denied", row(b"ErrorFolderNotFound")),
    "no mailbox": Situation("no-mailbox", row(b"ErrorNonExistentMailbox")),
    "mailbox moving": Situation("mailbox-moved", row(b"ErrorMailboxMoveInProgress")),
    "mailbox elsewhere": Situation("mailbox-moved", row(b"ErrorCrossSiteRequest")),
    "store not there": Situation("mailbox-moved", row(b"ErrorMailboxStoreUnavailable")),
    "too many items": Situation("too-many-items", row(b"ErrorExceededFindCountLimit")),
    "view cut off": Situation("too-many-items", raw.answers(raw.found(raw.ITEM, last=b"false"))),
    "wrong version": Situation("version-mismatch", raw.answers(raw.fault(b"ErrorInvalidServerVersion"))),
    "wrong schema": Situation("version-mismatch", row(b"ErrorInvalidSchemaVersionForMailboxVersion")),
    # busy
    "busy": Situation("server-busy", raw.answers(HTML, "503 Service Unavailable", "Retry-After: 120")),
    "busy until": Situation(
        "server-busy",
        raw.answers(
            HTML,
            "503 Service Unavailable",
            "Retry-After: Mon, 02 Mar 2026 10:02:00 GMT",
            "Date: Mon, 02 Mar 2026 10:00:30 GMT",
        ),
    ),
    "throttled": Situation("server-busy", raw.answers(HTML, "429 Too Many Requests")),
    "throttled by Exchange": Situation("server-busy", raw.answers(raw.fault(b"ErrorServerBusy", BACK_OFF))),
    "throttled in the row": Situation(
        "server-busy", row(b"ErrorServerBusy", b"<m:MessageXml>" + BACK_OFF + b"</m:MessageXml>")
    ),
    "too many connections": Situation("server-busy", row(b"ErrorExceededConnectionCount")),
    # errors
    "broken inside": Situation("server-error", raw.answers(HTML, "500 Internal Server Error")),
    "bad gateway": Situation("server-error", raw.answers(HTML, "502 Bad Gateway")),
    "page for errors": Situation(
        "server-error", raw.answers(b"", "302 Found", "Location: /ews/genericerrorpage.htm?aspxerrorpath=/x")
    ),
    "fault": Situation(
        "server-error", raw.answers(raw.fault(b"ErrorInternalServerError"), "500 Internal Server Error")
    ),
    "fault, unknown code": Situation(
        "server-error", raw.answers(raw.fault(b"ErrorOfTomorrow"), "500 Internal Server Error")
    ),
    "row, unknown code": Situation("server-error", row(b"ErrorOfTomorrow")),
    "row, transient": Situation("server-busy", row(b"ErrorInternalServerTransientError")),
    "gateway timeout": Situation("timed-out", raw.answers(HTML, "504 Gateway Timeout")),
    "request timeout": Situation("timed-out", raw.answers(HTML, "408 Request Timeout")),
    # damaged
    "empty": Situation("broken-answer", raw.answers(b"")),
    "cut, with the right length": Situation("broken-answer", raw.answers(HALF)),
    "cut, connection ended": Situation("broken-answer", ends_within_body),
    "cut within chunks": Situation("broken-answer", ends_within_chunks),
    "garbage in the middle": Situation(
        "broken-answer", raw.answers(WHOLE.replace(b"</t:Location>", b"</t:Lo<cation>", 1))
    ),
    "unreadable start": Situation(
        "broken-answer", raw.answers(WHOLE.replace(b"2026-03-02T09:00:00Z", b"soon", 1))
    ),
    "no start": Situation(
        "broken-answer", raw.answers(WHOLE.replace(b"<t:Start>2026-03-02T09:00:00Z</t:Start>", b"", 1))
    ),
    "end before start": Situation(
        "broken-answer", raw.answers(WHOLE.replace(b"2026-03-02T10", b"2026-03-02T08", 1))
    ),
    "document type": Situation(
        "broken-answer",
        raw.answers(WHOLE.replace(b"<s:Envelope", b'<!DOCTYPE x [<!ENTITY a "b">]><s:Envelope', 1)),
    ),
    "items missing": Situation(
        "broken-answer", raw.answers(raw.found(raw.ITEM).replace(b"t:Items", b"t:Groups"))
    ),
    "endless body": Situation("broken-answer", endless),
    "compressed bomb": Situation("broken-answer", gzip_bomb),
    "damaged compression": Situation("broken-answer", damaged_gzip),
    # connections
    "closed without an answer": Situation("connection-refused", closes_without_answer),
    "connection reset": Situation("connection-refused", resets),
    "nobody listens": Situation("connection-refused", raw.DEAF),
    "never answers": Situation("timed-out", raw.hangs, slow=True),
    "stops within the body": Situation("timed-out", half_open, slow=True),
    "drips": Situation("timed-out", drips, slow=True),
    "drips headers": Situation("timed-out", drips_headers, slow=True),
}


# --- encryption ---


def old(authority: Authority) -> ssl.SSLContext:
    context = authority.server()
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def no_cipher(authority: Authority) -> ssl.SSLContext:
    context = authority.server()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")  # which a key of this kind cannot serve
    return context


def wants_certificate(authority: Authority) -> ssl.SSLContext:
    context = authority.server()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.file)
    return context


def stranger(authority: Authority) -> ssl.SSLContext:
    return Authority(authority.folder / "stranger", "Somebody else").server()


def _told(date: datetime) -> Behaviour:
    return raw.answers(b"", "401 Unauthorized", f"Date: {date:%a, %d %b %Y %H:%M:%S} GMT")


ENCRYPTION: dict[str, Situation] = {
    "expired": Situation("certificate-expired", tls=lambda a: a.server(begins_in=-3 * DAY, ends_in=-DAY)),
    "not yet valid": Situation("certificate-early", tls=lambda a: a.server(begins_in=DAY / 2, ends_in=DAY)),
    "clock runs ahead": Situation(
        "clock-wrong",
        _told(datetime.now(UTC) - 2 * DAY),
        tls=lambda a: a.server(begins_in=-3 * DAY, ends_in=-DAY),
    ),
    "clock is behind": Situation(
        "clock-wrong",
        _told(datetime.now(UTC) + 2 * DAY),
        tls=lambda a: a.server(begins_in=DAY, ends_in=3 * DAY),
    ),
    "another name": Situation("certificate-host-name", tls=lambda a: a.server(host="mail.example.com")),
    "self-signed": Situation("certificate-self-signed", tls=lambda a: a.server(self_signed=True)),
    "unknown issuer": Situation("certificate-untrusted", tls=stranger),
    "for another purpose": Situation(
        "certificate-unusable", tls=lambda a: a.server(purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
    ),
    "wants a certificate": Situation("client-certificate", tls=wants_certificate),
    "plain http": Situation("not-encrypted", raw.answers(b"", "400 Bad Request"), tls=None),
    "old TLS": Situation("encryption-old", tls=old),
    "no common cipher": Situation("encryption-failed", tls=no_cipher),
    "hangs up in the handshake": Situation("encryption-failed", raw.DEAF_TO_TLS, tls=None),
}

# --- proxies ---

PROXIES: dict[str, Situation] = {
    "proxy wants a password": Situation("proxy-password", proxy="407 Proxy Authentication Required"),
    "proxy forbids": Situation("proxy-refused", proxy="403 Forbidden"),
    "proxy finds no server": Situation("proxy-refused", proxy="502 Bad Gateway"),
    "proxy is overloaded": Situation("proxy-refused", proxy="503 Service Unavailable"),
    "proxy hangs up": Situation("proxy-failed", proxy=HANGS_UP),
}

# --- the worker process, and this computer ---

WORKERS: dict[str, Situation] = {
    "worker crashes": Situation("worker-failed", worker=odd.CRASHES),
    "worker floods": Situation("worker-failed", worker=odd.FLOODS),
    "worker floods parts": Situation("worker-failed", worker=odd.FLOODS_PARTS),
    "worker babbles": Situation("worker-failed", worker=odd.BABBLES),
    "worker writes half a message": Situation("worker-failed", worker=odd.HALF),
    "worker stumbles": Situation("worker-failed", worker=odd.STUMBLES),
    "worker hangs": Situation("timed-out", worker=odd.HANGS, slow=True),
    "name not found": Situation("name-not-found", worker=odd.KNOWS_NO_NAMES),
    "no password": Situation("no-password", password=None),
}

# --- the account itself: nothing is sent ---

ACCOUNTS: dict[str, Situation] = {
    "no host": Situation("server-address", account={"server": "https://"}),
    "another protocol": Situation("server-address", account={"server": "ftp://mail.example.com"}),
    "no mail address": Situation("server-address", account={"address": "anna"}),
    "http": Situation("insecure-address", account={"server": "http://mail.example.com"}),
    "Exchange Online": Situation("exchange-online", account={"server": "outlook.office365.com"}),
    "no file of authorities": Situation("ca-file", account={"ca_file": "/does/not/exist.pem"}),
}

# What a connection that works can fall into, and come out of again.
PASSING: dict[str, Situation] = {**SERVERS, **ENCRYPTION, **PROXIES, **WORKERS}
SITUATIONS: dict[str, Situation] = {**PASSING, **ACCOUNTS}


class World:
    """A server, a proxy before it if there has to be one, and a worker: all working, until they are told."""

    def __init__(self, folder: Path, server: RawServer, authority: Authority, proxy: Proxy | None) -> None:
        self._folder = folder
        self.server = server
        self._authority = authority
        self._tls = server.tls
        self.proxy = proxy
        if proxy is not None:
            proxy.target = ("127.0.0.1", server.port)
        self._ways = folder / "what-the-worker-does"
        self.passwords = Passwords()
        self.worker = ExchangeWorker(command=odd_command, environment=self._environment, grace=3600)
        self.recover()

    def _environment(self) -> Mapping[str, str]:
        names = [name for name in os.environ if name.lower().endswith("_proxy")]
        found = {name: value for name, value in child_environment().items() if name not in names}
        if self.proxy is not None:
            found["HTTPS_PROXY"] = self.proxy.url
        return found | {"ODD_WORKER": str(self._ways)}

    def account(self, situation: Situation) -> Account:
        """Anna's account, as the situation wants it."""
        host = "mail.example.com" if self.proxy is not None else "localhost"
        usual = self.server.account(server=self.server.url(host), ca_file=str(self._authority.file))
        return replace(usual, **situation.account)

    def enter(self, situation: Situation) -> None:
        """Let it go wrong."""
        self.passwords.password = situation.password
        self._ways.write_text(situation.worker)
        if self.proxy is not None:
            self.proxy.says = situation.proxy
        elif situation.tls is not Authority.server:
            self.server.tls = situation.tls and situation.tls(self._authority)
        self.server.behaviour = situation.server

    def recover(self) -> None:
        """Let all work again."""
        self.passwords.password = Passwords().password
        self._ways.write_text(odd.WORKS)
        if self.proxy is not None:
            self.proxy.says = ""
        self.server.tls = self._tls
        self.server.behaviour = WORKING


@asynccontextmanager
async def world(folder: Path, *, proxied: bool = False) -> AsyncIterator[World]:
    """A world whose worker process runs already."""
    authority = Authority(folder)
    context = authority.server(host="mail.example.com" if proxied else "localhost")
    with ExitStack() as stack:
        server = stack.enter_context(RawServer(WORKING, context))
        proxy = stack.enter_context(Proxy().running()) if proxied else None
        made = World(folder, server, authority, proxy)
        try:
            assert name_of(await outcome_of(made.account(Situation("")), made.worker)) == "fine"
            yield made
        finally:
            made.recover()
            await made.worker.close()
