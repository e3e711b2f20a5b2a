"""A world of names for tests: hosts that are real servers on loopback, and a real name server for SRV.

A worker that lives in it believes that ``mail.corp.example:443`` is wherever a test put it. No other name
exists there, and nothing it does reaches the network.
"""

import json
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Self

import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from lyncdesk.client.options import Account
from lyncdesk.exchange.process import ExchangeWorker
from lyncdesk.starting import child_environment
from tests.exchange.client.certificates import Authority
from tests.exchange.client.discovery_servers import ADDRESS
from tests.exchange.client.raw_server import Behaviour, RawServer

VARIABLE = "LYNCDESK_TEST_WORLD"


class NameServer:
    """Answers for SRV on a UDP port of loopback; ``queries`` are the names that were asked for.

    ``records`` maps a name to lines such as "0 5 443 mail.corp.example."; an absent name does not exist.
    """

    def __init__(self, records: Mapping[str, list[str]] | None = None) -> None:
        self.records = dict(records or {})
        self.queries: list[str] = []
        self.silent = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = Thread(target=self._serve, name="name-server")

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            data, sender = self._socket.recvfrom(4096)
            if not data:
                return
            query = dns.message.from_wire(data)
            name = query.question[0].name
            self.queries.append(name.to_text(omit_final_dot=True))
            if self.silent:
                continue
            answer = dns.message.make_response(query)
            lines = self.records.get(name.to_text(omit_final_dot=True))
            if lines is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            elif lines:
                kinds = (dns.rdataclass.IN, dns.rdatatype.SRV)
                answer.answer.append(dns.rrset.from_text_list(name, 60, *kinds, lines))
            self._socket.sendto(answer.to_wire(), sender)


class World:
    """Which "host:port" are which ports of loopback, in a file that workers look into."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "world.json"
        self.show({}, 1)

    def show(self, hosts: Mapping[str, int], names: int) -> None:
        """Let these be the hosts, and this the port of the name server, from now on."""
        self.file.write_text(json.dumps({"hosts": dict(hosts), "names": names}))

    @asynccontextmanager
    async def warm_worker(self) -> AsyncIterator[ExchangeWorker]:
        """A worker that runs already, so that no test that shares it is blamed for it."""
        worker = self.worker()
        call = {"endpoint": "http://127.0.0.1:1/", "address": ADDRESS, "login": "anna", "password": "x"}
        await worker.request("discover", call, {"start": "http://127.0.0.1:1/", "prefer": ""}, deadline=60)
        assert worker.pid is not None
        try:
            yield worker
        finally:
            await worker.close()

    def worker(self) -> ExchangeWorker:
        """A worker that lives here, and stays a while."""
        return ExchangeWorker(
            command=lambda: (sys.executable, "-P", "-m", "tests.exchange.client.small_world"),
            environment=lambda: {**child_environment(), VARIABLE: str(self.file)},
            grace=3600,  # however slow the machine is
        )


class Organisation:
    """Hosts that exist (by name, on port 443 unless another is said), and what they say."""

    def __init__(self, folder: Path, world: World, worker: ExchangeWorker) -> None:
        self._stack = ExitStack()
        self.world = world
        self.worker = worker
        self.authority = Authority(folder)
        self.names = self._stack.enter_context(NameServer())
        self.ports: dict[str, int] = {}
        self.servers: dict[str, RawServer] = {}
        world.show({}, self.names.port)

    def host(self, name: str, behaviour: Behaviour, *, port: int = 443, certified: str = "") -> RawServer:
        """Add a host; on port 80 it speaks plain http. ``certified``: its certificate is for that name."""
        tls = None if port == 80 else self.authority.server(host=certified or name)
        server = self._stack.enter_context(RawServer(behaviour, tls))
        self.ports[f"{name}:{port}"] = server.port
        self.servers[f"{name}:{port}"] = server
        self.world.show(self.ports, self.names.port)
        return server

    def requests(self) -> list[bytes]:
        """Every request that reached any host."""
        return [request for server in self.servers.values() for request in server.requests]

    def account(self, **fields: str) -> Account:
        usual = {"address": ADDRESS, "authentication": "basic", "ca_file": str(self.authority.file)}
        return Account(**{**usual, **fields})

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def _live_in(file: Path) -> None:
    import dns.resolver

    real = socket.getaddrinfo

    def look_up(host: object, port: object, *more: object, **named: object) -> object:
        hosts = json.loads(file.read_text())["hosts"]
        if host in ("127.0.0.1", "localhost", "::1"):
            return real(host, port, *more, **named)  # type: ignore[arg-type]
        if f"{host}:{port}" in hosts:
            here = ("127.0.0.1", hosts[f"{host}:{port}"])
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", here)]
        if any(known.partition(":")[0] == host for known in hosts):
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 1))]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    def resolver() -> dns.resolver.Resolver:
        made = dns.resolver.Resolver(configure=False)
        made.nameservers = ["127.0.0.1"]
        made.port = json.loads(file.read_text())["names"]
        return made

    socket.getaddrinfo = look_up  # type: ignore[assignment]
    dns.resolver.get_default_resolver = resolver


if __name__ == "__main__":
    import os

    _live_in(Path(os.environ[VARIABLE]))
    from lyncdesk.exchange.worker import main

    main()
