"""What a Debian package says of itself: its version, its maintainer and its changelog."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

from lyncdesk_packaging.changelog import Part, Release, released
from lyncdesk_packaging.work import Work

_WIDTH = 79
# Who made the package, for those who have to ask; Debian's tools have two variables for it. Without them the
# address is plainly none: nobody ever has such a domain (RFC 2606).
_NAME, _ADDRESS = "The LyncDesk contributors", "maintainers@lyncdesk.invalid"


def maintainer() -> str:
    """Who answers for the package: ``DEBFULLNAME`` and ``DEBEMAIL`` if given, as for Debian's own tools."""
    return f"{os.environ.get('DEBFULLNAME') or _NAME} <{os.environ.get('DEBEMAIL') or _ADDRESS}>"


def debian_version(version: str) -> str:
    """The version as dpkg orders it: what comes before a release is ``~``, as in ``0.2.0~rc1``."""
    for mark in (".dev", "rc", "b", "a"):
        head, found, tail = version.partition(mark)
        if found:
            return f"{head}~{found.lstrip('.')}{tail}"
    return version


def changelog_text(work: Work) -> str:
    """The changelog in Debian's form (policy 4.4), each released version an entry."""
    return "\n".join("\n".join(_entry(release)) for release in released(work.root, work.version()))


def _entry(release: Release) -> Iterator[str]:
    assert release.date is not None  # noqa: S101 - released() sees to it
    yield f"lyncdesk ({debian_version(release.version)}) unstable; urgency=medium"
    yield ""
    if release.words:
        yield from _wrapped(release.words, "  * ")
    for part in release.parts:
        yield from _part(part)
    moment = datetime(release.date.year, release.date.month, release.date.day, 12, tzinfo=UTC)
    yield ""
    yield f" -- {maintainer()}  {format_datetime(moment)}"
    yield ""


def _part(part: Part) -> Iterator[str]:
    if part.title:
        yield ""
        yield f"  [ {part.title} ]"
    for entry in part.entries:
        yield from _wrapped(entry, "  * ")


def _wrapped(text: str, mark: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=" " * len(mark),
        break_long_words=False,
        break_on_hyphens=False,
    )
