"""``lyncdesk forget``: everything that LyncDesk keeps of a person on this computer goes, after a question."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from lyncdesk.cli.exits import DONE, NOT_SO, WRONG_USE, fail, in_full, warn
from lyncdesk.client.words import N_

if TYPE_CHECKING:
    from pathlib import Path

    from lyncdesk.client.options import Account, Options
    from lyncdesk.client.words import Words
    from lyncdesk.machine.paths import Paths
    from lyncdesk.machine.traces import Trace
    from lyncdesk.machine.xdg_autostart import XdgAutostart

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
            if sys.stdin is None or not sys.stdin.isatty():
                return fail(words("nothing was taken away; add --yes to do it without a question"), WRONG_USE)
            if not _agrees(words):
                print(words("Nothing was taken away."))
                return NOT_SO
        whole = _passwords(options.account, words) & _files(found, words) & _end_start(options, words)
    _tell_the_rest(tuple(runs.values()), words)
    return DONE if whole else NOT_SO


@contextmanager
def _alone(place: Paths, name: str) -> Iterator[bool]:
    """Whether no such program runs; none can begin meanwhile."""
    from lyncdesk.control.client import listens
    from lyncdesk.machine.files import private_folder

    if listens(place.socket):
        yield False
        return
    try:
        from lyncdesk.ui.instance import Instance
    except ImportError:  # without Qt no window runs either
        yield True
        return
    try:
        private_folder(place.runtime)
    except OSError:  # and where LyncDesk must not write, none begins
        yield True
        return
    instance = Instance(place.runtime, name)
    try:
        yield instance.claim()
    finally:
        instance.release()
        with suppress(OSError):  # something is in it
            place.runtime.rmdir()


def _at_login() -> tuple[Path, ...]:
    """The person's own entries for the start with the computer, where those are files."""
    start = _desktop_files()
    return start.own_entries() if start is not None else ()


def _desktop_files() -> XdgAutostart | None:
    from lyncdesk.machine.autostart import autostart
    from lyncdesk.machine.paths import sandboxed
    from lyncdesk.machine.xdg_autostart import XdgAutostart

    if sandboxed():
        return None
    start = autostart(("lyncdesk",))
    return start if isinstance(start, XdgAutostart) else None


def _list(found: Iterable[Trace], words: Words) -> None:
    print(words("This goes from this computer, for good:"))
    for trace in found:
        print(f"  {words(trace.kind)}: {trace.path}")
        if trace.leads_to is not None:
            stays = words("It is a link, and what it leads to stays: {path}", path=str(trace.leads_to))
            print(f"    {stays}")
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
        warn(
            words(
                "the passwords stay: {cause} Run “lyncdesk forget” again when it answers, or remove what is"
                " called LyncDesk there yourself",
                cause=cause,
            )
        )
        return False
    print(words.plural("Gone: 1 entry of the keyring.", "Gone: {n} entries of the keyring.", number))
    return True


def _files(found: Iterable[Trace], words: Words) -> bool:
    from lyncdesk.machine.traces import remove

    whole = True
    for trace in found:
        target = trace.leads_to
        try:
            remove(trace)
        except OSError as error:
            whole = False
            said = error.strerror or str(error)
            warn(words("{path} stays: {error}; remove it yourself", path=str(trace.path), error=said))
            continue
        print(words("Gone: {path}", path=str(trace.path)))
        if target is not None:
            whole = False
            why = words("{path} was a link to it", path=str(trace.path))
            warn(words("{path} stays: {error}; remove it yourself", path=str(target), error=why))
    return whole


def _end_start(options: Options, words: Words) -> bool:
    """End the start with the computer, wherever this system has it; also one that is set for everybody."""
    import asyncio

    from lyncdesk import bootstrap
    from lyncdesk.client.ports import ProblemError

    start = bootstrap.start_at_login()
    if start.enabled() is None and not options.start_with_computer:
        return True  # the desktop does not tell, and was never asked for it
    try:
        asyncio.run(start.set(False, minimised=False))
    except ProblemError as error:
        warn(in_full(error.problem, words))
        return False
    if sys.platform == "win32":
        from lyncdesk.machine.toast_identity import withdraw
        from lyncdesk.starting import DESKTOP_ID

        with suppress(OSError):  # a name for notices, and nothing of the person
            withdraw(DESKTOP_ID)
    files = _desktop_files()
    if files is not None and files.keeps_off():
        print(
            words("This stays, so that LyncDesk does not start when you log on: {path}", path=str(files.path))
        )
    return True


def _tell_the_rest(places: tuple[Paths, ...], words: Words) -> None:
    from lyncdesk.machine.installed import installed
    from lyncdesk.machine.traces import remove_folders

    for path in remove_folders(places):
        print(words("This stays, it is not LyncDesk's: {path}", path=str(path)))
    print(words("The program itself stays. {how}", how=installed().removal))
