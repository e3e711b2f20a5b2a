"""The EWS operations that the worker uses: exchangelib's services, with LyncDesk's reading of the answers.

The only module that imports exchangelib; it is itself imported in the worker process alone.

Requests ask in version Exchange2013, the oldest that knows "Working elsewhere"; every later server accepts
it. A server of 2010 or 2007 refuses it once, is asked in its own version, and that version is remembered for
later requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any, Final

import tzlocal
from exchangelib import (
    DELEGATE,
    Account,
    Build,
    Configuration,
    FailFast,
    Mailbox,
    Version,
)
from exchangelib import UTC as EWS_UTC
from exchangelib.errors import (
    ErrorInvalidServerVersion,
    ErrorSchemaValidation,
    EWSError,
    ResponseMessageError,
    SOAPError,
)
from exchangelib.ewsdatetime import EWSDateTime
from exchangelib.fields import FieldPath
from exchangelib.items import ID_ONLY, SHALLOW, CalendarItem
from exchangelib.properties import (
    CalendarView,
    DaylightTime,
    DistinguishedFolderId,
    FreeBusyViewOptions,
    MailboxData,
    StandardTime,
    TimeWindow,
    TimeZone,
)
from exchangelib.properties import Email as AvailabilityAddress
from exchangelib.protocol import BaseProtocol, CachingProtocol
from exchangelib.services import FindItem, GetUserAvailability, GetUserOofSettings
from exchangelib.transport import AUTH_TYPE_MAP
from exchangelib.util import TNS
from exchangelib.winzone import CLDR_TO_MS_TIMEZONE_MAP

import lyncdesk
from lyncdesk.exchange import reading, transport
from lyncdesk.exchange.signing_in import SigningIn

VERSIONS: Final = ("Exchange2013", "Exchange2010", "Exchange2007_SP1")
MERGED_MINUTES: Final = 15
_CONNECT_SECONDS = 15.0
_OURS = "lyncdesk"  # what exchangelib is told as the way to sign in
_BUILD = Build(
    15, 0
)  # what exchangelib believes of the server until told otherwise; decides only what it sends

_FIELDS = (
    "subject",
    "location",
    "start",
    "end",
    "legacy_free_busy_status",
    "sensitivity",
    "is_all_day",
    "is_cancelled",
    "is_meeting",
    "my_response_type",
    "type",
    "uid",
)

# What exchangelib's parsing raises when an answer lacks an element that it takes for granted.
_ODD = (AttributeError, TypeError, KeyError, ValueError, IndexError)


class TruncatedError(Exception):
    """The server has more items than it sent."""


class OneTry(FailFast):  # type: ignore[misc]
    """No retries, ever; a refusal keeps its status, its Retry-After and the ways to sign in."""

    def raise_response_errors(self, response: Any) -> None:
        """Let SOAP through, which a server may send with status 500; refuse the rest."""
        if response.status_code == 200:
            return
        if response.status_code == 500 and b"Envelope" in response.content[:2000]:
            return
        raise transport.HttpAnswerError.of(response)


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


class _FindItem(Careful, FindItem):  # type: ignore[misc]
    """One page, and whether it was all."""

    complete = True

    def _get_page(self, message: Any) -> tuple[Any, None]:
        page = self._get_element_container(message=message, name=self.paging_container_name)
        if isinstance(page, Exception):
            return page, None
        self.complete = reading.flag(page.get("IncludesLastItemInRange")) is not False
        if page.find(self.element_container_name) is None:
            if int(page.get("TotalItemsInView") or 0):
                raise reading.DamagedAnswerError("the items are missing")
            return None, None
        return page, None

    def _elem_to_obj(self, elem: Any) -> dict[str, str | None]:
        return reading.told_by(elem)


class _GetOof(Careful, GetUserOofSettings):  # type: ignore[misc]
    def _elem_to_obj(self, elem: Any) -> Any:
        return reading.out_of_office(elem)


class _GetAvailability(Careful, GetUserAvailability):  # type: ignore[misc]
    """Each mailbox's own answer or its own error: one that errs does not lose the others."""

    ERRORS_TO_CATCH_IN_RESPONSE = (EWSError,)

    def _elem_to_obj(self, elem: Any) -> Any:
        return elem


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
        self._account = Account(
            primary_smtp_address=call.address, access_type=DELEGATE, config=config, default_timezone=EWS_UTC
        )
        self._account.protocol.TIMEOUT = (_CONNECT_SECONDS, call.timeout)
        self._account.protocol.RETRY_WAIT = 0  # would be passed off as the server's wish to be left alone

    def close(self) -> None:
        """Close the connection."""
        self._account.protocol.close()
        CachingProtocol.clear_cache()

    def find_items(self, start: datetime, end: datetime, limit: int) -> list[dict[str, str | None]]:
        """All items of the calendar that overlap the window, as told by the server.

        Raises:
            TruncatedError: if there are more than ``limit``, or than the server gives.
        """
        items, complete = self._find(start, end, limit)
        if not complete:
            raise TruncatedError(str(len(items)))
        return items

    def find_one(self, start: datetime, end: datetime) -> None:
        """Ask for at most one item, only to see whether the calendar answers."""
        self._find(start, end, 1)

    def page(self, offset: int, size: int) -> tuple[list[dict[str, str | None]], bool]:
        """So many items of the calendar by themselves, masters of series included; and whether it was all."""
        service = self._service(_FindItem, account=self._account, page_size=size)
        return self._items(service, None, size, offset), service.complete

    def _find(self, start: datetime, end: datetime, limit: int) -> tuple[list[dict[str, str | None]], bool]:
        service = self._service(_FindItem, account=self._account)
        view = CalendarView(start=_ews(start), end=_ews(end), max_items=limit)
        return self._items(service, view, limit), service.complete

    def _items(self, service: Any, view: Any, limit: int, offset: int = 0) -> list[dict[str, str | None]]:
        calendar = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address=self.address))
        answer = service.call(
            folders=[calendar],
            additional_fields=[
                FieldPath(field=CalendarItem.get_field_by_fieldname(name)) for name in _FIELDS
            ],
            restriction=None,
            order_fields=None,
            shape=ID_ONLY,
            query_string=None,
            depth=SHALLOW,
            calendar_view=view,
            max_items=limit,
            offset=offset,
        )
        return list(_all(answer))

    def out_of_office(self) -> Any:
        """The person's automatic replies, None if they are off."""
        service = self._service(_GetOof, account=self._account, timeout=(_CONNECT_SECONDS, 10.0))
        [settings] = _all(service.call(mailbox=Mailbox(email_address=self.address)))
        return settings

    def availability(self, addresses: Iterable[str], start: datetime, end: datetime) -> list[Any]:
        """One FreeBusyView element, or one exception, for each address, in order."""
        never = {"time": time(0), "occurrence": 1, "weekday": "Sunday", "bias": 0}  # the changes of UTC
        service = self._service(_GetAvailability, protocol=self._account.protocol)
        answer = service.call(
            tzinfo=EWS_UTC,
            mailbox_data=[
                MailboxData(
                    email=AvailabilityAddress(email_address=address),
                    attendee_type="Required",
                    exclude_conflicts=False,
                )
                for address in addresses
            ],
            timezone=TimeZone(
                bias=0,
                standard_time=StandardTime(iso_month=11, **never),
                daylight_time=DaylightTime(iso_month=3, **never),
            ),
            free_busy_view_options=FreeBusyViewOptions(
                time_window=TimeWindow(start=_ews(start), end=_ews(end)),
                merged_free_busy_interval=MERGED_MINUTES,
                requested_view="DetailedMerged",
            ),
        )
        return list(_guarded(answer))

    def ask(self, service: Any, **arguments: Any) -> list[Any]:
        """Call a :class:`Careful` service of the account; an error in its answer is raised."""
        return list(_all(self._service(service, account=self._account).call(**arguments)))

    def ask_each(self, service: Any, **arguments: Any) -> list[Any]:
        """Call a :class:`Careful` service that leaves the error of a row in its place."""
        return list(_guarded(self._service(service, account=self._account).call(**arguments)))

    def _service(self, service: Any, **kwargs: Any) -> Any:
        made = service(**kwargs)
        made.heard = self.heard
        return made


def zone_names() -> list[str]:
    """One zone for each kind of clock that Windows knows, the computer's own first."""
    try:
        own = [tzlocal.get_localzone_name()]
    except Exception:  # noqa: BLE001  whatever is wrong with this computer's zone, the list without it will do
        own = []
    return own + [name for name, (_, territory) in CLDR_TO_MS_TIMEZONE_MAP.items() if territory == "001"]


def refused(error: BaseException) -> bool:
    """Whether Exchange itself said no, with a response code (and not the network, or HTTP)."""
    return isinstance(error, ResponseMessageError)


# What passes by itself: then it is not that a server cannot do something.
_PASSING = ("ErrorInternalServer", "ErrorTimeoutExpired", "ErrorServerBusy")


def unable(error: BaseException) -> bool:
    """Whether Exchange said that it cannot do this, or not here, and not merely that it cannot now."""
    passing = type(error).__name__.startswith(_PASSING)
    return isinstance(error, ResponseMessageError | SOAPError) and not passing


def _guarded(answer: Iterator[Any]) -> Iterator[Any]:
    """Go through an answer; what exchangelib cannot make sense of is a damaged answer."""
    try:
        yield from answer
    except UnicodeError:
        raise
    except _ODD as error:
        raise reading.DamagedAnswerError(f"it has an unexpected shape ({type(error).__name__})") from error


def _all(answer: Iterator[Any]) -> Iterator[Any]:
    """Go through an answer; errors that stand in it as values are raised."""
    for value in _guarded(answer):
        if isinstance(value, Exception):
            raise value
        yield value


def _ews(moment: datetime) -> Any:
    return EWSDateTime(*moment.astimezone(UTC).timetuple()[:6], tzinfo=EWS_UTC)
