"""A stand-in for the service of known vulnerabilities, on a real socket of this computer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.ports import kept


class Asked(list[str]):
    """The packages that were asked about; ``url`` is where."""

    url: str = ""


def advisory(name: str, package: str, fixed: str | None, *aliases: str) -> dict[str, Any]:
    """One, in the service's own form."""
    events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
    affected = {
        "package": {"name": package, "ecosystem": "PyPI"},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
    }
    return {
        "id": name,
        "aliases": list(aliases),
        "summary": "It can be made to.",
        "affected": [affected],
        "schema_version": "1.6.0",
        "modified": "2026-11-01T00:00:00Z",
        "published": "2026-11-01T00:00:00Z",
    }


@contextmanager
def osv(known: Mapping[str, dict[str, Any]] | None = None, status: int = 200) -> Iterator[Asked]:
    """Serve what is known of which package; a status other than 200 is a service in trouble."""
    asked = Asked()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(query["package"]["name"])
            found = (known or {}).get(query["package"]["name"])
            body = json.dumps({"vulns": [found]} if found else {}).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is theirs
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = False
    asked.url = f"http://127.0.0.1:{server.server_port}/v1/query"
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def nobody() -> Iterator[str]:
    """An address of this computer where nobody listens."""
    with kept() as keeper:
        yield f"http://127.0.0.1:{keeper.getsockname()[1]}/v1/query"
