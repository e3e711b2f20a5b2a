"""Every step to one server, for Test connection: its name, its certificate, what it wants and delivers.

A step that fails ends the way; what comes after it is left out. What a check can do without is a limit and no
failure. Steps tell counts and names of servers: never a subject, never a password.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from lyncdesk.client.problems import Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.client.words import N_
from lyncdesk.exchange import doctor_steps as steps
from lyncdesk.exchange import looking, reading, services
from lyncdesk.exchange.address import server_name
from lyncdesk.exchange.asking import Asker
from lyncdesk.exchange.certificates import explained
from lyncdesk.exchange.discovery import is_service
from lyncdesk.exchange.doctor_services import time_zones
from lyncdesk.exchange.doctor_steps import Came, Details
from lyncdesk.exchange.expanding import expanded
from lyncdesk.exchange.gate import REFUSALS
from lyncdesk.exchange.http_answers import HttpAnswerError
from lyncdesk.exchange.link import Call, Link, refused
from lyncdesk.exchange.own_view import own_view
from lyncdesk.exchange.signing_in import chosen
from lyncdesk.exchange.translate import Translated, translate
from lyncdesk.exchange.transport import Counter
from lyncdesk.exchange.working_hours import working_hours
from lyncdesk.presence.message import Message


class FailedError(Exception):
    """A step failed and has said so; nothing after it makes sense."""

    def __init__(self, problem: Translated) -> None:
        super().__init__(problem.problem)
        self.problem = problem


class Server:
    """One server under examination; ``details`` is what its items told, None while that is not known.

    ``window`` is what a check asks for, ``limit`` its most items, ``now`` the day for certificates.
    """

    def __init__(
        self, call: Call, counter: Counter, window: tuple[datetime, datetime], limit: int, now: datetime
    ) -> None:
        self._call = call
        self._url = call.endpoint
        self._counter = counter
        self._window = window
        self._limit = limit
        self._now = now
        self._asker = Asker(call, counter)
        self._seen: list[str] = []
        self.details: Details | None = None

    def examine(self) -> Iterator[ConnectionStep]:
        """Every step.

        Raises:
            FailedError: where one fails; the rest has been left out then.
        """
        try:
            yield from self._way()
            link = Link(self._call)
            try:
                yield from self._sign_in(link)
                yield from self._calendar(link)
                yield from self._beside(link)
            finally:
                self._counter.requests += link.counter.requests
                link.close()
        except FailedError:
            for name in steps.TRIED:
                if name not in self._seen:
                    yield steps.left_out(self._begin(name))
            raise

    def deliver(self) -> Details:
        """What the items of this server tell, without any step.

        Raises:
            Exception: for ``translate``.
        """
        link = Link(self._call)
        try:
            return _details(services.find_items(link, *self._window, self._limit))
        finally:
            self._counter.requests += link.counter.requests
            link.close()

    # without a password

    def _way(self) -> Iterator[ConnectionStep]:
        target = looking.Target.of(self._url)
        places: list[looking.Place] = []

        def name() -> Came:
            places.extend(looking.look_up(target))
            if target.proxy:
                told = looking.shown(places)
                return Came(
                    Message.of("by the proxy {proxy}: {addresses}", proxy=target.proxy_name, addresses=told)
                )
            return Came(Message.of("{addresses}", addresses=looking.shown(places)))

        def connection() -> Came:
            address, port = looking.connect(places), target.next_hop[1]
            return Came(Message.of("{address}, port {port}", address=address, port=port))

        yield from self._needed("name", name)
        yield from self._needed("connection", connection)
        yield from self._encryption(target)
        yield from self._needed("service", self._service)

    def _encryption(self, target: looking.Target) -> Iterator[ConnectionStep]:
        step = self._begin("encryption")
        yield step
        if not target.secure:
            yield steps.ended(step, Came(Message.of("not encrypted: this server is on this computer")))
            return
        if target.proxy and not target.is_plain_proxy:
            yield steps.ended(step, Came(Message.of("looked at by each request, behind the proxy")))
            return
        try:
            version, certificate = looking.handshake(target, self._call.ca_file)
        except Exception as error:
            problem = self._problem(error)
            yield steps.failed(step, problem)
            raise FailedError(problem) from error
        yield steps.ended(step, steps.told_certificate(version, certificate, self._now))

    def _service(self) -> Came:
        reply = self._asker.get(self._url)
        if not is_service(reply):
            if reply.status == 200:
                reading.envelope(reply.content)  # says so of a page for people, as a check does
            raise reply.refusal
        if reply.status != 401:
            return Came(Message.of("it answers without asking who one is"))
        way = chosen(self._call.authentication, reply.schemes)
        if way is None:
            raise HttpAnswerError(401, schemes=reply.schemes, tried="")
        offered = ", ".join(map(steps.written, sorted(reply.schemes))) or "-"
        words = N_("it offers {schemes}; LyncDesk takes {way}")
        return Came(Message.of(words, schemes=offered, way=steps.written(way)))

    # with a password

    def _sign_in(self, link: Link) -> Iterator[ConnectionStep]:
        """The first request with the password: it proves the sign-in, whatever else is answered."""
        step = self._begin("sign-in")
        yield step
        denied: Exception | None = None
        try:
            services.find_one(link, *self._window)
        except Exception as error:
            # An answer of Exchange itself, even a no, is given to somebody whom it knows.
            problem = self._problem(error)
            if problem.problem in REFUSALS or not refused(error):
                yield steps.failed(step, problem)
                raise FailedError(problem) from error
            denied = error
        way = steps.written(link.signing_in.way) or "-"
        yield steps.ended(step, Came(Message.of("accepted ({way})", way=way)))

        def mailbox() -> Came:
            if denied is not None and not _closed(denied):
                raise denied
            return Came(Message.of("{address} is there", address=self._call.address))

        heard = link.heard
        yield from self._needed("version", lambda: steps.told_version(heard.build, heard.versions[0]))
        yield from self._needed("mailbox", mailbox)

    def _calendar(self, link: Link) -> Iterator[ConnectionStep]:
        """Read the items as a check does, and see whether they come with their details."""

        def calendar() -> Came:
            try:
                told = services.find_items(link, *self._window, self._limit)
                items = expanded(link, told, *self._window, self._limit)
                details = self.details = _details(items.items)
            except Exception as error:
                if not _closed(error):
                    raise
                own_view(link, *self._window, error)
                words = N_("free/busy only: the calendar itself may not be opened")
                return Came(Message.of(words), limited=True, remedy=Problem.of("access-denied").remedy)
            if items.limits:
                limit = Message.of(items.limits[0])
                return Came(Message.of("items: {n}. {limit}", n=details.items, limit=limit), limited=True)
            return Came(Message.of("items: {n}", n=details.items))

        yield from self._needed("calendar", calendar)
        yield from self._needed("details", lambda: steps.told_details(self.details))

    def _beside(self, link: Link) -> Iterator[ConnectionStep]:
        """What a check can do without."""
        views: list[Any] = []

        def free_busy() -> Came:
            view = own_view(link, *self._window)
            views.append(view)
            events = view.find(f"{reading.TYPES}CalendarEventArray")
            merged = (view.findtext(f"{reading.TYPES}MergedFreeBusy") or "").strip()
            kind = (view.findtext(f"{reading.TYPES}FreeBusyViewType") or "").strip()
            return steps.told_view(len(events) if events is not None else None, bool(merged), kind[:30])

        def hours() -> Came:
            if not views:
                raise reading.DamagedAnswerError("no free/busy information came")
            zone = str(working_hours(views[0], self._window[0].year)["zone"])
            return Came(Message.of("they come, in the zone {zone}", zone=zone))

        def replies() -> Came:
            off = services.out_of_office(link) is None
            return Came(Message.of("switched off") if off else Message.of("switched on, or planned"))

        def zones() -> Came:
            names = time_zones(link)
            if not names:
                raise reading.DamagedAnswerError("it names none")
            return Came(Message.of("zones: {n}", n=len(names)))

        yield from self._optional("free-busy", free_busy)
        yield from self._optional("working-hours", hours)
        yield from self._optional("out-of-office", replies)
        yield from self._optional("time-zones", zones)

    # steps

    def _problem(self, error: Exception) -> Translated:
        return explained(translate(error, self._url), self._url)

    def _begin(self, name: str) -> ConnectionStep:
        self._seen.append(name)
        return steps.begun(name, host=server_name(self._url), login=self._call.login)

    def _needed(self, name: str, work: Callable[[], Came]) -> Iterator[ConnectionStep]:
        """A step that everything after it needs."""
        step = self._begin(name)
        yield step
        try:
            came = work()
        except Exception as error:
            problem = self._problem(error)
            yield steps.failed(step, problem)
            raise FailedError(problem) from error
        yield steps.ended(step, came)

    def _optional(self, name: str, work: Callable[[], Came]) -> Iterator[ConnectionStep]:
        """A step that a check can do without. Only a refused password ends everything."""
        step = self._begin(name)
        yield step
        try:
            came = work()
        except Exception as error:
            problem = self._problem(error)
            if problem.problem in REFUSALS:
                yield steps.failed(step, problem)
                raise FailedError(problem) from error
            came = steps.missed(name, problem)
        yield steps.ended(step, came)


def _details(items: list[dict[str, str | None]]) -> Details:
    return steps.counted(items, reading.flag, reading.sensitivity_is_private)


def _closed(error: Exception) -> bool:
    """Whether Exchange itself says that the calendar may not be opened."""
    return refused(error) and translate(error).problem == "access-denied"
