"""What people are told of versions: which one runs, whether there is a newer one, and how it would come."""

from __future__ import annotations

from typing import Any

from lyncdesk.client.installed import Installed
from lyncdesk.client.releases import Compared, Newest
from lyncdesk.client.words import N_, Words

_SAID = {
    Compared.NEWER: N_("There is a newer version: LyncDesk {newest}. This is {running}."),
    Compared.SAME: N_("This is the newest version: LyncDesk {newest}."),
    Compared.OLDER: N_("There is nothing newer: {newest} is older than this LyncDesk, {running}."),
}


def own_version(running: str, installed: Installed, words: Words) -> str:
    """The version that runs, and what it is."""
    return words("LyncDesk {running}, installed as: {kind}.", running=running, kind=installed.kind)


def newest_lines(newest: Newest, running: str, installed: Installed, words: Words) -> tuple[str, ...]:
    """What a place said, a sentence each; of a newer version also how it would come."""
    lines = [words(_SAID[newest.compared], newest=newest.version, running=running)]
    if newest.compared is not Compared.NEWER:
        return tuple(lines)
    if newest.preview:
        lines.append(words("It is one to try, and not finished."))
    if newest.date is not None:
        day = f"{words.date(newest.date)} {newest.date.year}"
        lines.append(words("It came out on {day}.", day=day))
    lines.append(words(installed.update))
    if newest.page:
        lines.append(words("More about it: {page}", page=newest.page))
    return tuple(lines)


def newest_json(newest: Newest, running: str, installed: Installed, words: Words) -> dict[str, Any]:
    """The same for programs; ``words`` are English ones."""
    return {
        **running_json(running, installed, words),
        "newer": newest.compared is Compared.NEWER,
        "newest": newest.version,
        "compared": newest.compared.value,
        "preview": newest.preview,
        "date": newest.date.isoformat() if newest.date is not None else None,
        "page": newest.page,
    }


def running_json(running: str, installed: Installed, words: Words) -> dict[str, Any]:
    """What is known without asking anybody."""
    return {"running": running, "installed": installed.way.value, "update": words(installed.update)}
