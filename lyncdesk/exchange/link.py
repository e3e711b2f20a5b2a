"""One conversation with an Exchange server, by way of exchangelib's services.

Requests ask in version Exchange2013, the oldest that knows "Working elsewhere"; every later server accepts
it. A server of 2010 or 2007 refuses it once, is asked in its own version, and that version is remembered for
later requests. Imported in the worker process alone, as everything that imports exchangelib.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from exchangelib import DELEGATE, Account, Build, Configuration, FailFast, Version
from exchangelib import UTC as EWS_UTC
from exchangelib.errors import (
    ErrorInvalidServerVersion,
    ErrorSchemaValidation,
    ResponseMessageError,
    SOAPError,
)
from exchangelib.protocol import BaseProtocol, CachingProtocol
from exchangelib.transport import AUTH_TYPE_MAP
from exchangelib.util import TNS

import lyncdesk
from lyncdesk.exchange import reading, transport
from lyncdesk.exchange.http_answers import HttpAnswerError
from lyncdesk.exchange.signing_in import SigningIn

VERSIONS: Final = ("Exchange2013", "Exchange2010", "Exchange2007_SP1")
CONNECT_SECONDS: Final = 15.0
_OURS = "lyncdesk"  # what exchangelib is told as the way to sign in
# What exchangelib believes of the server until told otherwise; decides only what it sends.
_BUILD = Build(15, 0)

# What exchangelib's parsing raises when an answer lacks an element that it takes for granted.
_ODD = (AttributeError, TypeError, KeyError, ValueError, IndexError)


class OneTry(FailFast):  # type: ignore[misc]
    """No retries, ever; a refusal keeps its status, its Retry-After and the ways to sign in."""

    def raise_response_errors(self, response: Any) -> None:
        """Let SOAP through, which a server may send with status 500; refuse the rest."""
        if response.status_code == 200:
            return
        if response.status_code == 500 and b"Envelope" in response.content[:2000]:
            return
        raise HttpAnswerError.of(response)


@dataclass(slots=True)
class Heard:
    """What the server told in passing: its build, its version of EWS, how long it wants peace."""

    versions: tuple[str, ...] = VERSIONS
    build: str = ""
    back_off: float | None = None


class Careful:
    """Added to a service of exchangelib: strict reading, our versions, nothing filled in."""

    heard: Heard

    def _api_versions_to_try(self) -> tuple[str, ...]:
        return self.heard.versions

    def _update_api_version(self, api_version: str, header: Any) -> None:
        self.heard.versions = (api_version, *(v for v in VERSIONS if v != api_version))
        info = header.find(f"{{{TNS}}}ServerVersionInfo")
        if info is not None:
            names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
            numbers = (info.get(name) or "0" for name in names)
            self.heard.build = ".".join(str(int(n)) for n in numbers if n.isdecimal())

    def _get_soap_messages(self, body: Any) -> Any:
        try:
            return super()._get_soap_messages(body)  # type: ignore[misc]
        except ErrorSchemaValidation as error:
            # A server that does not know our version finds its very name invalid.
            if VERSIONS[0] in str(error) or VERSIONS[1] in str(error):
                raise ErrorInvalidServerVersion(str(error)) from error
            raise

    def _get_soap_parts(self, response: Any) -> tuple[Any, Any]:
        root = reading.envelope(response.content)
        for value in root.iter(f"{{{TNS}}}Value"):
            if value.get("Name") == "BackOffMilliseconds" and (value.text or "").isdecimal():
                self.heard.back_off = int((value.text or "0")[:15]) / 1000 or None
        namespace = root.tag.rpartition("}")[0] + "}"
        body = root.find(f"{namespace}Body")
        if body is None:
            raise reading.NotSoapError("an envelope without a body")
        return root.find(f"{namespace}Header"), body


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to talk to and as whom. Lives in the worker only.

    A request ends after ``timeout`` seconds of silence, and after ``longest`` seconds in all. ``way`` is how
    the server let one sign in before: see :class:`~lyncdesk.exchange.signing_in.SigningIn`.
    """

    endpoint: str
    address: str
    login: str
    password: str = field(repr=False)
    ca_file: str = ""
    proxy: str = ""
    version: str = ""
    authentication: str = "automatic"
    way: str = ""
    timeout: float = 30.0
    longest: float = 45.0


class Link:
    """One conversation with a server: what a single operation needs, closed after it."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.heard = Heard(
            (call.version, *(v for v in VERSIONS if v != call.version)) if call.version else VERSIONS
        )
        self.counter = transport.Counter()
        secure = call.endpoint.startswith("https:")
        context = transport.tls_context(call.ca_file) if secure else None
        BaseProtocol.HTTP_ADAPTER_CLS = transport.adapter_class(context, self.counter, call.longest)
        BaseProtocol.USERAGENT = f"LyncDesk/{lyncdesk.__version__}"
        CachingProtocol.clear_cache()
        version = self.heard.versions[0]
        self.signing_in = SigningIn(call.login, call.password, call.authentication, call.way)
        AUTH_TYPE_MAP[_OURS] = lambda: self.signing_in
        config = Configuration(
            service_endpoint=call.endpoint,
            auth_type=_OURS,
            version=Version(build=_BUILD, api_version=version),
            retry_policy=OneTry(),
        )
        self.address = call.address
        self.account = Account(
            primary_smtp_address=call.address, access_type=DELEGATE, config=config, default_timezone=EWS_UTC
        )
        self.account.protocol.TIMEOUT = (CONNECT_SECONDS, call.timeout)
        self.account.protocol.RETRY_WAIT = 0  # would be passed off as the server's wish to be left alone

    def close(self) -> None:
        """Close the connection."""
        self.account.protocol.close()
        CachingProtocol.clear_cache()

    def ask(self, service: Any, **arguments: Any) -> list[Any]:
        """Call a :class:`Careful` service of the account; an error in its answer is raised."""
        return list(raising(self.service(service, account=self.account).call(**arguments)))

    def ask_each(self, service: Any, **arguments: Any) -> list[Any]:
        """Call a :class:`Careful` service that leaves the error of a row in its place."""
        return list(guarded(self.service(service, account=self.account).call(**arguments)))

    def service(self, service: Any, **kwargs: Any) -> Any:
        """Make a :class:`Careful` service, which tells this conversation what it hears in passing."""
        made = service(**kwargs)
        made.heard = self.heard
        return made


def refused(error: BaseException) -> bool:
    """Whether Exchange itself said no, with a response code (and not the network, or HTTP)."""
    return isinstance(error, ResponseMessageError)


# What passes by itself: then it is not that a server cannot do something.
_PASSING = ("ErrorInternalServer", "ErrorTimeoutExpired", "ErrorServerBusy")


def unable(error: BaseException) -> bool:
    """Whether Exchange said that it cannot do this, or not here, and not merely that it cannot now."""
    passing = type(error).__name__.startswith(_PASSING)
    return isinstance(error, ResponseMessageError | SOAPError) and not passing


def guarded(answer: Iterator[Any]) -> Iterator[Any]:
    """Go through an answer; what exchangelib cannot make sense of is a damaged answer."""
    try:
        yield from answer
    except UnicodeError:
        raise
    except _ODD as error:
        raise reading.DamagedAnswerError(f"it has an unexpected shape ({type(error).__name__})") from error


def raising(answer: Iterator[Any]) -> Iterator[Any]:
    """Go through an answer; errors that stand in it as values are raised."""
    for value in guarded(answer):
        if isinstance(value, Exception):
            raise value
        yield value
