"""The embedded Exchange as a program of its own in a user's session."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.user_session import LYNCDESK, UserSession
from tests.waiting import wait_for


@contextmanager
def exchange(
    session: UserSession, folder: Path, people: str, command: Sequence[str] = LYNCDESK
) -> Iterator[str]:
    """Serve these people as long as the block lasts; its address. ``command``: how LyncDesk is called."""
    org, ready = folder / "org.toml", folder / "ready"
    org.write_text(people, encoding="utf-8")
    serve = [*command, "exchange-server", "--org", str(org), "--ready-file", str(ready)]
    with session.program(serve):
        yield str(wait_for(lambda: ready.exists() and ready.read_text().strip(), "the server"))
