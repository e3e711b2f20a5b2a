"""A server that says exactly what a test wants it to say, well-formed or not, over plain or TLS."""

import socket
import ssl
from collections.abc import Callable
from threading import Event, Thread
from types import TracebackType
from typing import Self

from lyncdesk.client.options import Account
from tests.ports import kept

Behaviour = Callable[["Visit"], None]

ENVELOPE = b"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"
 xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"
 xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"
 xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">
<s:Header><t:ServerVersionInfo MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6"
/></s:Header><s:Body>%s</s:Body></s:Envelope>"""

ITEM = b"""<t:CalendarItem><t:ItemId Id="AAMk" ChangeKey="DwAA"/><t:Subject>Budget</t:Subject>
<t:Sensitivity>Normal</t:Sensitivity><t:Start>2026-03-02T09:00:00Z</t:Start><t:End>2026-03-02T10:00:00Z</t:End>
<t:IsAllDayEvent>false</t:IsAllDayEvent><t:LegacyFreeBusyStatus>Busy</t:LegacyFreeBusyStatus>
<t:Location>Room 1</t:Location><t:IsCancelled>false</t:IsCancelled><t:IsMeeting>true</t:IsMeeting>
<t:MyResponseType>Accept</t:MyResponseType></t:CalendarItem>"""

OOF_OFF = b"""<m:GetUserOofSettingsResponse><m:ResponseMessage ResponseClass="Success">
<m:ResponseCode>NoError</m:ResponseCode></m:ResponseMessage><t:OofSettings><t:OofState>Disabled</t:OofState>
</t:OofSettings></m:GetUserOofSettingsResponse>"""


def found(*items: bytes, last: bytes = b"true") -> bytes:
    """A FindItem answer with these items."""
    return ENVELOPE % (
        b"<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass='Success'>"
        b"<m:ResponseCode>NoError</m:ResponseCode><m:RootFolder TotalItemsInView='%d' "
        b"IncludesLastItemInRange='%s'><t:Items>%s</t:Items></m:RootFolder></m:FindItemResponseMessage>"
        b"</m:ResponseMessages></m:FindItemResponse>" % (len(items), last, b"".join(items))
    )


def failed(operation: bytes, code: bytes, detail: bytes = b"") -> bytes:
    """A row with an error."""
    return ENVELOPE % (
        b"<m:%sResponse><m:ResponseMessages><m:%sResponseMessage ResponseClass='Error'><m:MessageText>No."
        b"</m:MessageText><m:ResponseCode>%s</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>%s"
        b"</m:%sResponseMessage></m:ResponseMessages></m:%sResponse>"
        % (operation, operation, code, detail, operation, operation)
    )


def fault(code: bytes, values: bytes = b"") -> bytes:
    """A SOAP fault with a response code."""
    return ENVELOPE % (
        b"<s:Fault><faultcode>a:%s</faultcode><faultstring>No.</faultstring><detail><e:ResponseCode>%s"
        b"</e:ResponseCode><e:Message>No.</e:Message><t:MessageXml>%s</t:MessageXml></detail></s:Fault>"
        % (code, code, values)
    )


class Visit:
    """One request on a connection: what came, and ways to answer."""

    def __init__(self, connection: socket.socket, request: bytes, over: Event) -> None:
        self.connection = connection
        self.request = request
        self.over = over

    def says(self, raw: bytes) -> None:
        """Send these bytes."""
        self.connection.sendall(raw)

    def answers(self, body: bytes, status: str = "200 OK", *headers: str) -> None:
        """Send a complete HTTP answer."""
        lines = [f"HTTP/1.1 {status}", "Content-Type: text/xml; charset=utf-8", *headers]
        self.says("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)

    def is_about(self, operation: str) -> bool:
        """Whether the request calls this operation."""
        return f":{operation}".encode() in self.request


def DEAF(visit: Visit) -> None:
    """Nobody comes so far as to hear this."""
    visit.connection.close()


def DEAF_TO_TLS(visit: Visit) -> None:
    """Hang up when anything comes, which is the beginning of a TLS handshake."""
    visit.connection.close()


def hangs(visit: Visit) -> None:
    """Say nothing until the server ends, or behaves in another way."""
    visit.over.wait()


def answers(body: bytes, status: str = "200 OK", *headers: str) -> Behaviour:
    """A server with one answer to everything."""
    return lambda visit: visit.answers(body, status, *headers)


def refuses(*offers: str, body: bytes = b"") -> Behaviour:
    """A server that lets nobody in, and offers these ways to sign in."""
    return answers(body, "401 Unauthorized", *(f"WWW-Authenticate: {offer}" for offer in offers))


REFUSES = refuses('Basic realm="x"')


def calendar(*items: bytes, oof: bytes = ENVELOPE % OOF_OFF) -> Behaviour:
    """A server that works: these items, and automatic replies."""
    return lambda visit: visit.answers(found(*items) if visit.is_about("FindItem") else oof)


class RawServer:
    """Serves one connection at a time on loopback with a behaviour that can be exchanged; counts requests.

    So can the TLS of the connections to come. Where the behaviour is DEAF, nothing listens at all.
    """

    def __init__(self, behaviour: Behaviour, tls: ssl.SSLContext | None = None) -> None:
        self._way = behaviour, Event()
        self.requests: list[bytes] = []
        self.tls = tls
        self._secure = tls is not None
        self._stopping = False
        self._keeper = kept()  # of the port while nothing listens
        self._port = int(self._keeper.getsockname()[1])
        self._socket = socket.create_server(("127.0.0.1", self._port))
        self._thread: Thread | None = None

    @property
    def behaviour(self) -> Behaviour:
        """How it behaves; a new behaviour ends one that waits."""
        return self._way[0]

    @behaviour.setter
    def behaviour(self, behaviour: Behaviour) -> None:
        (before, over), self._way = self._way, (behaviour, Event())
        over.set()
        if behaviour is DEAF:
            self._stop()
        elif before is DEAF:
            self._socket = socket.create_server(("127.0.0.1", self._port))
            self._start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._port

    def url(self, host: str = "127.0.0.1") -> str:
        scheme = "https" if self._secure else "http"
        return f"{scheme}://{host}:{self.port}/EWS/Exchange.asmx"

    @property
    def attempts(self) -> int:
        """How many requests came with credentials."""
        return sum(b"\r\nAuthorization: " in request for request in self.requests)

    def account(self, **fields: str) -> Account:
        """Anna's account on this server, which is not asked first how to sign in."""
        usual = {"address": "anna@example.com", "server": self.url(), "authentication": "basic"}
        return Account(**{**usual, **fields})

    def __enter__(self) -> Self:
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._way[1].set()
        self._stop()
        self._keeper.close()

    def _start(self) -> None:
        self._stopping = False
        self._thread = Thread(target=self._serve, name="raw-server")
        self._thread.start()

    def _stop(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        self._stopping = True
        with socket.create_connection(("127.0.0.1", self.port)):
            pass  # wakes accept()
        thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._stopping:
                connection.close()
                return
            connection.settimeout(20)
            try:
                if (tls := self.tls) is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                while request := _read(connection):
                    # Before the request can be seen: whoever waits for it may then exchange the behaviour.
                    behaviour, over = self._way
                    if not _is_tls_greeting(request):
                        self.requests.append(request)
                    behaviour(Visit(connection, request, over))
            except OSError:
                pass  # the client went away, which some tests want
            finally:
                connection.close()


def _read(connection: socket.socket) -> bytes:
    """One HTTP request, b"" at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return b""
        data += more
        if _is_tls_greeting(data):
            return data
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        ),
        0,
    )
    while len(body) < length:
        more = connection.recv(65536)
        if not more:
            return b""  # a worker was killed while it asked
        body += more
    return head + b"\r\n\r\n" + body


def _is_tls_greeting(data: bytes) -> bool:
    return data[:1] == b"\x16"
