"""Test connection, the worker's part: find the server if it has to be found, examine it, and compare it with
every other address of the mailbox.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lyncdesk.client.problems import PROBLEMS
from lyncdesk.client.session import ConnectionStep
from lyncdesk.exchange import doctor_steps as steps
from lyncdesk.exchange.address import domain_of, server_name
from lyncdesk.exchange.asking import Asker
from lyncdesk.exchange.autodiscover import Tree
from lyncdesk.exchange.discovery import Part, found_part, problem_part, what_is_wrong
from lyncdesk.exchange.doctor_steps import Came, Details
from lyncdesk.exchange.examining import FailedError, Server
from lyncdesk.exchange.finding import Search
from lyncdesk.exchange.finding_result import MOST_ADDRESSES, Finding
from lyncdesk.exchange.gate import OF_THE_WAY, REFUSALS
from lyncdesk.exchange.link import Call, Link
from lyncdesk.exchange.steps import SEARCH, encode_step
from lyncdesk.exchange.translate import Translated, translate
from lyncdesk.exchange.transport import Counter
from lyncdesk.presence.message import Message

# What another address of the same mailbox may cure, beside missing details.
_CURABLE: Final = frozenset(
    {
        "name-not-found",
        "connection-refused",
        "timed-out",
        "not-exchange",
        "web-page",
        "version-mismatch",
        "not-encrypted",
        "encryption-old",
        "encryption-failed",
        "client-certificate",
        "certificate-expired",
        "certificate-early",
        "certificate-host-name",
        "certificate-untrusted",
        "certificate-self-signed",
        "certificate-unusable",
        "not-allowed",
        "sign-in-method",
        "kerberos-missing",
        "no-ticket",
        "ticket-refused",
        "no-mailbox",
        "mailbox-moved",
        "access-denied",
        "server-error",
        "broken-answer",
    }
)


def doctor(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """Parts ``step`` as they happen; then ``found`` for an account whose server is to be found, ``refused``
    where the password was refused (an address, or SEARCH, and the problem with it), and ``problem`` if the
    connection does not work.
    """
    examination = Examination(link.call, link.counter, arguments)
    for step in examination.run():
        yield {"step": encode_step(step)}
    yield from examination.results()


class Examination:
    """One run over an account. ``arguments``: ``server`` (its address, "" = to be found), ``start`` (an
    address of Autodiscover, or ""), ``search`` (whether to look for other addresses where the one that was
    set lacks something), ``closed`` (the problem of each address, casefolded, that is known to refuse the
    password), ``from``, ``to`` and ``limit`` of a check, and ``now``.
    """

    def __init__(self, call: Call, counter: Counter, arguments: dict[str, Any]) -> None:
        self._call = call
        self._counter = counter
        self._server: str = arguments["server"]
        self._start: str = arguments["start"]
        self._may_search: bool = arguments["search"]
        self._closed: dict[str, str] = arguments["closed"]
        self._window = datetime.fromisoformat(arguments["from"]), datetime.fromisoformat(arguments["to"])
        self._limit: int = arguments["limit"]
        self._now = datetime.fromisoformat(arguments["now"])
        self._asker = Asker(call, counter)
        self._finding = Finding()
        self._found: Part = {}
        self._refused: Part = {}
        self._problem: Translated | None = None

    def results(self) -> Iterator[Part]:
        """What is known afterwards."""
        if self._found:
            yield self._found
        if self._refused:
            yield self._refused
        if self._problem is not None:
            yield problem_part(self._problem)

    def run(self) -> Iterator[ConnectionStep]:
        """Go through everything."""
        main, details = self._server, None
        try:
            if not main:
                main = yield from self._find()
            server = self._at(main)
            yield from server.examine()
            details = server.details
        except FailedError as error:
            self._problem = error.problem
            self._mark(main or SEARCH, error.problem)
            if not self._server or error.problem.problem not in _CURABLE:
                return
        lacking = details is None or not details.delivered
        if self._server and self._may_search and lacking:
            yield from self._look_for_others()
        others = [url for url in self._others(main) if url.casefold() not in self._closed]
        if others:
            delivering = yield from self._ask(others)
            yield from self._advise(main, details, delivering)

    def _mark(self, at: str, problem: Translated) -> bool:
        """Whether the password itself was refused there, and not only the way in which it would be sent."""
        refused = problem.problem in REFUSALS - OF_THE_WAY
        if refused:
            self._refused = {"refused": [at, problem.problem, problem.values]}
        return refused

    def _at(self, url: str) -> Server:
        call = replace(self._call, endpoint=url)
        return Server(call, self._counter, self._window, self._limit, self._now)

    def _find(self) -> Generator[ConnectionStep, None, str]:
        """The address to examine, of those that are found for the mail address."""
        search = Search(self._asker, self._call.address, self._start, thorough=True)
        yield from search.run()
        finding = self._finding = search.finding
        problem = finding.problem
        if problem is None and finding.hosts is None and not self._start:
            yield from search.hosts(domain_of(self._call.address))
        step = steps.begun("find", Message.of("Finding the server"))
        yield step
        for url in finding.addresses:
            refusal = self._closed.get(url.casefold())
            wrong = (
                what_is_wrong(self._asker, url)
                if refusal is None
                else Translated(refusal, {"server": server_name(url)})
            )
            if wrong is None:
                self._found = found_part(finding, url)
                told = Message.of("{server}, told by {via}", server=url, via=finding.via)
                yield steps.ended(step, Came(told))
                return url
            problem = problem or wrong
        problem = problem or Translated("server-not-found")
        yield steps.left_out(step) if finding.told else steps.failed(step, problem)
        for name in steps.TRIED:
            host = Message.of("the server")
            yield steps.left_out(steps.begun(name, host=host, login=self._call.login))
        raise FailedError(problem)

    def _look_for_others(self) -> Iterator[ConnectionStep]:
        """Where else the mailbox may be reached, as the address that was set lacks something."""
        search = Search(self._asker, self._call.address, thorough=True)
        yield from search.run()
        finding = self._finding = search.finding
        refused = finding.problem is not None and self._mark(SEARCH, finding.problem)
        if not refused and finding.hosts is None:
            yield from search.hosts(domain_of(self._call.address))

    def _others(self, main: str) -> list[str]:
        """Addresses of Exchange Web Services beside the one that was examined."""
        tree = Tree((domain_of(self._call.address),))
        hosts = (
            record.host if record.port == 443 else f"{record.host}:{record.port}"
            for record in self._finding.hosts or ()
            if tree.holds(record.host)
        )
        told = [*self._finding.external, *self._finding.internal]
        every = dict.fromkeys([*told, *(f"https://{host}/EWS/Exchange.asmx" for host in hosts)])
        return [url for url in every if url.casefold() != main.casefold()][:MOST_ADDRESSES]

    def _ask(self, others: list[str]) -> Generator[ConnectionStep, None, list[str]]:
        """Which of them deliver details. None is given a password that another one refused."""
        delivering = []
        for number, url in enumerate(others, 1):
            step = steps.begun(f"other-{number}", Message.of("Asking {server} for details, too", server=url))
            yield step
            if self._refused:
                yield steps.left_out(step)
                continue
            details = self._details_at(url)
            if isinstance(details, Details):
                if details.proven:
                    delivering.append(url)
                yield steps.ended(step, Came(steps.told_details(details).message))
            else:
                title = Message.of(PROBLEMS[details.problem].title)
                yield steps.ended(step, Came(Message.of("not from here: {title}", title=title)))
        return delivering

    def _details_at(self, url: str) -> Details | Translated:
        wrong = what_is_wrong(self._asker, url)
        if wrong is not None:
            return wrong
        try:
            return self._at(url).deliver()
        except Exception as error:  # noqa: BLE001  translating every error is what this place is for
            found = translate(error, url)
            self._mark(url, found)
            return found

    def _advise(self, main: str, details: Details | None, delivering: list[str]) -> Iterator[ConnectionStep]:
        """Which address delivers details, and what to do about it."""
        step = steps.begun("choice", Message.of("Comparing the addresses"))
        yield step
        if details is not None and details.delivered:
            yield steps.ended(step, Came(Message.of("{server} delivers all that is needed", server=main)))
        elif not delivering:
            yield steps.ended(step, Came(Message.of("none of the others delivers kinds and subjects")))
        elif self._server:
            better = delivering[0]
            came = Message.of("{server} delivers kinds and subjects", server=better)
            remedy = Message.of("Enter {server} as server address.", server=better)
            yield steps.ended(step, Came(came, limited=True, remedy=remedy))
        else:
            self._found = found_part(self._finding, delivering[0])
            came = Message.of(
                "{server} delivers kinds and subjects, and is used from now on", server=delivering[0]
            )
            yield steps.ended(step, Came(came))
