"""Servers of Autodiscover for tests: what they say, and who may ask."""

import base64
from collections.abc import Iterable

from tests.exchange.client.raw_server import REFUSES, Behaviour, Visit
from tests.exchange.client.sessions import PASSWORD

ADDRESS = "anna@corp.example"


def basic(login: str = ADDRESS, password: str = PASSWORD) -> bytes:
    """The header of a request with these credentials."""
    return b"Authorization: Basic " + base64.b64encode(f"{login}:{password}".encode())


def signed(requests: Iterable[bytes]) -> list[bytes]:
    """The requests that carried credentials."""
    return [request for request in requests if b"\r\nAuthorization:" in request]


def behind_a_password(behaviour: Behaviour, credentials: bytes | None = None) -> Behaviour:
    """As Exchange: nobody is answered without the right credentials."""
    right = credentials if credentials is not None else basic()

    def serve(visit: Visit) -> None:
        if right in visit.request:
            behaviour(visit)
        else:
            REFUSES(visit)

    return serve


def sends_to(url: str, status: str = "302 Found") -> Behaviour:
    """A redirect of HTTP."""
    return lambda visit: visit.answers(b"", status, f"Location: {url}")


def nothing(visit: Visit) -> None:
    """A web server without Exchange."""
    visit.answers(b"<html>Not found</html>", "404 Not Found")


def soap(*, internal: str = "", external: str = "") -> bytes:
    """An answer of autodiscover.svc with addresses."""
    settings = "".join(
        f'<UserSetting i:type="StringSetting"><Name>{name}</Name><Value>{value}</Value></UserSetting>'
        for name, value in (("InternalEwsUrl", internal), ("ExternalEwsUrl", external))
        if value
    )
    return soap_user("NoError", f"<RedirectTarget i:nil='true'/><UserSettings>{settings}</UserSettings>")


def soap_user(code: str, more: str) -> bytes:
    """An answer of autodiscover.svc about one user."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>
<GetUserSettingsResponseMessage xmlns="http://schemas.microsoft.com/exchange/2010/Autodiscover"
 xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><Response><ErrorCode>NoError</ErrorCode><ErrorMessage/>
<UserResponses><UserResponse><ErrorCode>{code}</ErrorCode><ErrorMessage>No.</ErrorMessage>{more}</UserResponse>
</UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>""".encode()


def pox(*protocols: tuple[str, str]) -> bytes:
    """An answer of autodiscover.xml with protocols by type and address of Exchange Web Services."""
    told = "".join(
        f"<Protocol><Type>{kind}</Type><Server>s</Server><ASUrl>{url}</ASUrl><EwsUrl>{url}</EwsUrl></Protocol>"
        for kind, url in protocols
    )
    return pox_account(f"<AccountType>email</AccountType><Action>settings</Action>{told}")


def pox_account(inner: str) -> bytes:
    """An answer of autodiscover.xml about an account."""
    return f"""<?xml version="1.0" encoding="utf-8"?>
<Autodiscover xmlns="http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006">
<Response xmlns="http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a">
<User><DisplayName>Anna</DisplayName></User><Account>{inner}</Account></Response></Autodiscover>""".encode()


def by_path(**behaviours: Behaviour) -> Behaviour:
    """``svc``, ``xml`` and ``ews`` (their absence is 404)."""
    paths = {
        "/autodiscover/autodiscover.svc": "svc",
        "/autodiscover/autodiscover.xml": "xml",
        "/ews/exchange.asmx": "ews",
    }

    def serve(visit: Visit) -> None:
        path = visit.request.split(b" ", 2)[1].decode().casefold()
        behaviours.get(paths.get(path, ""), nothing)(visit)

    return serve
