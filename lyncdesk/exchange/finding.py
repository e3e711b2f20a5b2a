"""Finding the server of a mailbox by its address, in the order that Exchange has: the worker's part.

The ways: https at the domain, https at ``autodiscover.`` before it, a redirect that the latter gives over
plain http, and the hosts that the domain names in DNS. Each host is first asked without a password; only one
that belongs to the organisation, proves it (TLS), and asks for a password is given one. A refusal ends
everything.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

from lyncdesk.client.exchange_online import is_online_address, is_online_server
from lyncdesk.client.found import How
from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.session import ConnectionStep
from lyncdesk.client.value_kinds import is_address
from lyncdesk.exchange import srv
from lyncdesk.exchange.address import domain_of, server_name
from lyncdesk.exchange.autodiscover import (
    Protocol,
    Says,
    Told,
    Tree,
    Way,
    joined,
    protocol_of,
    read,
    usable,
    way_to,
)
from lyncdesk.exchange.certificates import explained
from lyncdesk.exchange.doctor_steps import Came, begun, ended, failed, nothing
from lyncdesk.exchange.finding_result import FINAL, Finding, Misses, not_found
from lyncdesk.exchange.reading import DamagedAnswerError, NotSoapError
from lyncdesk.exchange.translate import Translated, translate
from lyncdesk.presence.message import Message

if TYPE_CHECKING:
    from lyncdesk.exchange.asking import Asker

MOST_REDIRECTS: Final = 10
Steps: TypeAlias = Generator[ConnectionStep, None, bool]


class _OverError(Exception):
    """The search has ended: something was found, or nothing more may be sent."""


class _OtherAddressError(Exception):
    """The mailbox goes by another address, for which everything begins again."""


class Search:
    """One search for one mailbox; ``finding`` is the result. ``start`` is an address of Autodiscover that a
    person or an administrator named: it alone is asked, and its host counts as the organisation's own.
    ``thorough``: both questions are put to a host that answers.
    """

    def __init__(self, asker: Asker, address: str, start: str = "", *, thorough: bool = False) -> None:
        self._asker = asker
        self._address = address
        self._start = start
        self._thorough = thorough
        own = (urlsplit(start).hostname or "",) if start else ()
        self._tree = Tree((domain_of(address), *own))
        self._redirects = 0
        self._asked: set[tuple[str, str]] = set()
        self._number = 0
        self._misses = Misses()
        self.finding = Finding()

    def run(self) -> Iterator[ConnectionStep]:
        """Search, step by step."""
        try:
            while True:
                try:
                    yield from self._ways(domain_of(self._address))
                    break
                except _OtherAddressError:
                    continue
        except _OverError:
            pass
        if not self.finding.addresses and self.finding.problem is None:
            self.finding.problem = self._misses.what_to_tell(self._tree.domains[0])

    def _ways(self, domain: str) -> Iterator[ConnectionStep]:
        if self._start:
            start, self._start = self._start, ""
            yield from self._host(How.GIVEN, [start])
            return
        if not domain:
            return
        for how, host in ((How.DOMAIN, domain), (How.AUTODISCOVER, f"autodiscover.{domain}")):
            yield from self._host(how, [protocol.at(host) for protocol in Protocol])
        yield from self._plain(f"autodiscover.{domain}")
        for record in (yield from self.hosts(domain)):
            host = record.host if record.port == 443 else f"{record.host}:{record.port}"
            way = way_to(f"https://{host}/", self._tree)
            if way is Way.FOLLOW:
                yield from self._host(How.SRV, [protocol.at(host) for protocol in Protocol])
            else:
                step = self._step(Message.of("Asking {host} for your server", host=host))
                yield from self._not_followed(step, way, f"https://{host}/")

    def _host(self, how: How, urls: Iterable[str]) -> Iterator[ConnectionStep]:
        """Ask one host, in one way after the other."""
        for url in urls:
            reached = yield from self._ask(how, url)
            if not reached or (self.finding.addresses and not self._thorough):
                break
        if self.finding.addresses:
            raise _OverError

    def _plain(self, host: str) -> Iterator[ConnectionStep]:
        """The redirect over plain http: no password, and nothing of the answer but where it leads."""
        url = f"http://{host}/autodiscover/autodiscover.xml"
        step = self._step(Message.of("Asking {host} without encryption where to go", host=host))
        yield step
        try:
            reply = self._asker.get(url)
        except Exception as error:  # noqa: BLE001  any of them says that this way leads nowhere
            yield from self._nothing(step, How.DOMAIN, translate(error, url))
            return
        if not reply.is_redirect:
            self._misses.add(not_found(host, "no redirect"))
            yield nothing(step, Message.of("no redirect"))
        elif (yield from self._may_follow(step, joined(url, reply.location))):
            yield from self._host(How.REDIRECT, [joined(url, reply.location)])

    def hosts(self, domain: str) -> Generator[ConnectionStep, None, list[srv.Record]]:
        """Look up the hosts that the domain names in DNS."""
        name = f"_autodiscover._tcp.{domain}"
        step = self._step(Message.of("Looking up {name} in DNS", name=name))
        yield step
        self.finding.hosts = []
        try:
            records = srv.in_order(srv.look_up(name), lambda most: random.randint(0, most))  # noqa: S311
        except OSError as error:
            yield nothing(step, Message.of("no answer: {error}", error=str(error)))
            return []
        self.finding.hosts = records
        told = ", ".join(f"{r.host}:{r.port} ({r.priority}, {r.weight})" for r in records)
        if told:
            yield ended(step, Came(Message.of("{hosts} (priority, weight)", hosts=told)))
        else:
            yield nothing(step, Message.of("no entry"))
        return records

    def _ask(self, how: How, url: str) -> Steps:
        """Ask at one address, and at those to which it redirects; False if the host cannot be reached."""
        while (url, self._address) not in self._asked:
            self._asked.add((url, self._address))
            host, kind = server_name(url), protocol_of(url).value
            step = self._step(Message.of("Asking {host} for your server ({kind})", host=host, kind=kind))
            yield step
            try:
                answer = self._look(url)
            except Exception as error:  # noqa: BLE001  translating every error is what this place is for
                found = translate(error, url)
                # The certificate of a web server that has nothing to do with Exchange is not worth a look.
                yield from self._nothing(step, how, found if how is How.DOMAIN else explained(found, url))
                return False
            match answer:
                case Translated():
                    yield from self._nothing(step, how, answer)
                    break
                case Told(Says.NOTHING):
                    yield from self._nothing(step, how, not_found(host, answer.code))
                    break
                case Told(Says.SERVERS):
                    yield from self._servers(step, how, url, answer)
                    break
                case Told(Says.ADDRESS):
                    yield from self._other_address(step, answer.target)
                    break
            target = joined(url, answer.target)
            if not (yield from self._may_follow(step, target)):
                break
            url = target
        return True

    def _look(self, url: str) -> Told | Translated:
        """What one address says: first without a password, then with it if it is wanted."""
        body = protocol_of(url).request(self._address, url)
        reply = self._asker.post(url, body)
        if reply.status == 401:
            reply = self._asker.sign(url, body, reply.schemes)
        if reply.is_redirect:
            return Told(Says.URL, target=reply.location)
        if reply.status not in (200, 500):
            return translate(reply.refusal, url)
        try:
            return read(reply.content)
        except (DamagedAnswerError, NotSoapError) as error:
            return translate(reply.refusal if reply.status == 500 else error, url)

    def _servers(self, step: ConnectionStep, how: How, url: str, told: Told) -> Iterator[ConnectionStep]:
        """Take the addresses of an answer that may be used."""
        finding, online = self.finding, ""
        before = len(finding.addresses)
        for urls, kept in ((told.internal, finding.internal), (told.external, finding.external)):
            for one in filter(None, map(usable, urls)):
                if is_online_server(one):
                    online = one
                elif one not in kept:
                    kept.append(one)
        if not finding.addresses:
            if online:
                yield from self._stop(step, Translated("exchange-online", {"server": server_name(online)}))
            yield from self._nothing(step, how, not_found(server_name(url), "no address with https"))
            return
        if not before:
            finding.how, finding.via = how, url
        yield ended(step, Came(Message.of("it names {servers}", servers=", ".join(finding.addresses))))

    def _may_follow(self, step: ConnectionStep, target: str) -> Steps:
        """Whether to go where a redirect leads; says so either way."""
        way = way_to(target, self._tree)
        if way is not Way.FOLLOW:
            yield from self._not_followed(step, way, target)
            return False
        self._redirects += 1
        if self._redirects > MOST_REDIRECTS:
            found = not_found(server_name(target), "too many redirects")
            yield from self._nothing(step, How.REDIRECT, found)
            raise _OverError
        if (target, self._address) in self._asked:
            yield ended(step, Came(Message.of("it redirects to {url}, which was asked already", url=target)))
            return False
        yield ended(step, Came(Message.of("it redirects to {url}", url=target)))
        return True

    def _not_followed(self, step: ConnectionStep, way: Way, target: str) -> Iterator[ConnectionStep]:
        if way is Way.ONLINE:
            yield from self._stop(step, Translated("exchange-online", {"server": server_name(target)}))
        if way is Way.ELSEWHERE:
            values: dict[str, str | int] = {"server": server_name(target), "domain": self._tree.domains[0]}
            self._misses.add(Translated("server-elsewhere", values))
            came_back = Message.of("it leads to {url}, which was not asked", url=target)
            remedy = Problem.of("server-elsewhere", **values).remedy
            yield ended(step, Came(came_back, limited=True, remedy=remedy))
            return
        self._misses.add(not_found(server_name(target), way.value))
        if way is Way.INSECURE:
            yield nothing(step, Message.of("it leads to an address without encryption, which was not asked"))
        else:
            yield nothing(step, Message.of("it leads to no address"))

    def _other_address(self, step: ConnectionStep, address: str) -> Iterator[ConnectionStep]:
        """The mailbox goes by another address: search for that one, within the same rules."""
        domain = domain_of(address)
        self._redirects += 1
        if is_online_address(address):
            yield from self._stop(step, Translated("exchange-online", {"server": domain}))
        if not is_address(address) or not domain or self._redirects > MOST_REDIRECTS:
            yield from self._nothing(step, How.REDIRECT, not_found(domain or "-", "too many redirects"))
            raise _OverError
        if not self._tree.holds(domain):
            yield from self._not_followed(step, Way.ELSEWHERE, f"https://{domain}/")
            return
        self._address = address
        yield ended(step, Came(Message.of("it redirects to the address {address}", address=address)))
        raise _OtherAddressError

    # steps and problems

    def _step(self, tried: Message) -> ConnectionStep:
        self._number += 1
        return begun(f"find-{self._number}", tried)

    def _nothing(self, step: ConnectionStep, how: How, found: Translated) -> Iterator[ConnectionStep]:
        """This way led to nothing, which is no failure while others are left; some things end the search."""
        if found.problem in FINAL:
            yield from self._stop(step, found)
        self._misses.add(found, how)
        title = Message.of(PROBLEMS[found.problem].title)
        code = found.values.get("code", "")
        if code:
            yield nothing(step, Message.of("nothing there: {title} ({code})", title=title, code=code))
        else:
            yield nothing(step, Message.of("nothing there: {title}", title=title))

    def _stop(self, step: ConnectionStep, found: Translated) -> Iterator[ConnectionStep]:
        self.finding.problem, self.finding.told = found, True
        yield failed(step, found)
        raise _OverError
