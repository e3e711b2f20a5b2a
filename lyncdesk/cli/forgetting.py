"""``lyncdesk forget``: everything that LyncDesk keeps of a person on this computer goes, after a question."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from lyncdesk.cli.exits import DONE, NOT_SO, WRONG_USE, fail, warn
from lyncdesk.client.words import N_

if TYPE_CHECKING:
    from pathlib import Path

    from lyncdesk.client.options import Account
    from lyncdesk.client.words import Words
    from lyncdesk.machine.paths import Paths
    from lyncdesk.machine.traces import Trace

# Where the start with the computer is no file, or not only one.
_NO_FILES = frozenset({"win32", "darwin"})
_YES = frozenset({"y", "yes", "j", "ja"})
_PASSWORDS = N_("passwords of LyncDesk in this computer's keyring")


def add_forget(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its options."""
    forget = commands.add_parser(
        "forget", help="take away everything that LyncDesk keeps of you on this computer"
    )
    forget.add_argument("--yes", action="store_true", help="do not ask")
    forget.set_defaults(run=_forget)


def _forget(arguments: argparse.Namespace) -> int:
    from lyncdesk import bootstrap
    from lyncdesk.machine.paths import paths
    from lyncdesk.machine.traces import traces
    from lyncdesk.machine.zone import LocalTime

    options, _, _ = bootstrap.options_in_force()
    words = bootstrap.words_for(options, LocalTime())
    runs = {"": paths(False), " --demo": paths(True)}
    with ExitStack() as held:
        for option, place in runs.items():
            if not held.enter_context(_alone(place, "lyncdesk-demo" if option else "lyncdesk")):
                return fail(
                    words(
                        "LyncDesk is running; end it first with “{command}”", command=f"lyncdesk quit{option}"
                    ),
                    WRONG_USE,
                )
        found = traces(runs.values(), _at_login())
        if not arguments.yes:
            _list(found, words)
            if not sys.stdin.isatty():
                return fail(words("nothing was taken away; add --yes to do it without a question"), WRONG_USE)
            if not _agrees(words):
                print(words("Nothing was taken away."))
                return NOT_SO
        whole = _passwords(options.account, words) & _files(found, words) & _end_start(words)
    return _tell_the_rest(tuple(runs.values()), words) if whole else NOT_SO


@contextmanager
def _alone(place: Paths, name: str) -> Iterator[bool]:
    """Whether no such program runs; none can begin meanwhile."""
    from lyncdesk.control.client import listens

    if listens(place.socket):
        yield False
        return
    if not place.runtime.is_dir():
        yield True
        return
    try:
        from lyncdesk.ui.instance import Instance
    except ImportError:  # without Qt no window runs either
        yield True
        return
    instance = Instance(place.runtime, name)
    try:
        yield instance.claim()
    finally:
        instance.release()


def _at_login() -> tuple[Path, ...]:
    """The person's own entries for the start with the computer, where those are files."""
    from lyncdesk.machine.autostart import autostart
    from lyncdesk.machine.xdg_autostart import XdgAutostart

    if sys.platform in _NO_FILES:
        return ()
    start = autostart(("lyncdesk",))
    return start.own_entries() if isinstance(start, XdgAutostart) else ()


def _list(found: Iterable[Trace], words: Words) -> None:
    print(words("This goes from this computer, for good:"))
    for trace in found:
        print(f"  {words(trace.kind)}: {trace.path}")
    print(f"  {words(_PASSWORDS)}")
    print(words("Your mailbox and your calendar stay as they are."))


def _agrees(words: Words) -> bool:
    print(words("Take all of it away? [y/N]"), end=" ", flush=True)
    return sys.stdin.readline().strip().casefold() in _YES


def _passwords(account: Account, words: Words) -> bool:
    import asyncio

    from lyncdesk.client.passwords import password_key
    from lyncdesk.client.ports import ProblemError
    from lyncdesk.client.refusals import mark_key
    from lyncdesk.machine.credentials import REASONS, KeyringStore
    from lyncdesk.presence.message import Message

    key = password_key(account)
    try:
        number = asyncio.run(KeyringStore().empty(key, mark_key(key)))
    except ProblemError as error:
        code = dict(error.problem.values).get("code", "-")
        if code == Message.of(REASONS["none"]):
            print(words("No password was looked for: {reason}.", reason=code))
            return True
        cause = words(error.problem.cause)
        warn(words("the passwords stay: {cause} Remove what is called LyncDesk there yourself", cause=cause))
        return False
    print(words.plural("Gone: 1 entry of the keyring.", "Gone: {n} entries of the keyring.", number))
    return True


def _files(found: Iterable[Trace], words: Words) -> bool:
    from lyncdesk.machine.traces import remove

    whole = True
    for trace in found:
        try:
            remove(trace)
        except OSError as error:
            whole = False
            said = error.strerror or str(error)
            warn(words("{path} stays: {error}; remove it yourself", path=str(trace.path), error=said))
        else:
            print(words("Gone: {path}", path=str(trace.path)))
    return whole


def _end_start(words: Words) -> bool:
    """Windows and macOS keep the start with the computer in places of their own."""
    if sys.platform not in _NO_FILES:
        return True
    from lyncdesk import bootstrap
    from lyncdesk.client.ports import ProblemError
    from lyncdesk.machine.autostart import autostart

    start = autostart(bootstrap.start_command(minimised=True))
    try:
        if start.enabled():
            start.set(False)
    except ProblemError as error:
        warn(f"{words(error.problem.title)} {words(error.problem.cause)}")
        return False
    return True


def _tell_the_rest(places: tuple[Paths, ...], words: Words) -> int:
    from lyncdesk.machine.installed import installed
    from lyncdesk.machine.traces import remove_folders

    for path in remove_folders(places):
        print(words("This stays, it is not LyncDesk's: {path}", path=str(path)))
    print(words("The program itself stays. {how}", how=installed().removal))
    return DONE
