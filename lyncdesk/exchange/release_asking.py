"""The worker's one request that has nothing to do with Exchange: which version a place names.

It tells the place nothing: no account, no cookie, and not even the version that runs, as both are compared
here. Needs no exchangelib.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from packaging.version import InvalidVersion, Version

from lyncdesk.client.releases import Compared
from lyncdesk.client.secure_places import is_place
from lyncdesk.exchange import transport

MOST: Final = 64 * 1024  # bytes of an answer, unpacked; one is about a hundred
LONGEST: Final = 20.0  # seconds from a request's first byte to its answer's last
_TIMEOUT: Final = (5.0, 15.0)  # seconds to connect, and of silence
_MOST_REDIRECTS: Final = 3
_LONGEST_VERSION: Final = 60  # characters


class ReleaseError(Exception):
    """What came is not what was asked for: a name of :data:`lyncdesk.client.releases.WHY`, and a code after a
    space where its words want one.
    """

    def __init__(self, why: str, code: str = "") -> None:
        super().__init__(f"{why} {code}".strip())


def ask(url: str, ca_file: str, running: str) -> Iterator[dict[str, object]]:
    """Ask a place once, and say what it names and how that stands to the version that runs.

    Raises:
        ReleaseError: it says nothing of use.
        Exception: what the network or TLS makes of it, for ``translate``.
    """
    yield {"newest": read(fetch(url, ca_file), running)}


def fetch(url: str, ca_file: str) -> bytes:
    """What lies at an address, by one GET and what redirects it takes on the same host.

    Raises:
        ReleaseError: there is nothing, too much, or another host is to be asked.
        Exception: as :func:`ask`.
    """
    counter = transport.Counter()
    session = requests.Session()
    session.headers = requests.structures.CaseInsensitiveDict(
        {"User-Agent": "LyncDesk", "Accept": "application/json"}
    )
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    context = transport.tls_context(ca_file)
    session.mount("https://", transport.adapter_class(context, counter, LONGEST, MOST)())
    try:
        for _ in range(_MOST_REDIRECTS + 1):
            if not is_place(url):
                raise ReleaseError("server-address", "https://")
            status, content, location = _get(session, url)
            if status not in (301, 302, 303, 307, 308) or not location:
                break
            url = _same_host(url, location)
        else:
            raise ReleaseError("redirects")
    finally:
        session.close()
    if status != 200:
        raise ReleaseError("status", f"HTTP {status}")
    return content


def _get(session: requests.Session, url: str) -> tuple[int, bytes, str]:
    # Without "auth" requests would look into .netrc.
    response = session.get(url, auth=lambda it: it, allow_redirects=False, timeout=_TIMEOUT, stream=True)
    try:
        return response.status_code, response.content, response.headers.get("Location", "")
    except transport.AnswerTooLargeError as error:
        raise ReleaseError("too-large") from error
    finally:
        response.close()


def _same_host(url: str, location: str) -> str:
    target = urljoin(url, location)
    if not is_place(target) or _who(target) != _who(url):
        raise ReleaseError("elsewhere", urlsplit(target).hostname or "-")
    return target


def _who(url: str) -> tuple[str | None, int]:
    parts = urlsplit(url)
    return parts.hostname, parts.port or 443


def read(content: bytes, running: str) -> Mapping[str, object]:
    """What a place says, compared to the version that runs. All but the version may be missing.

    Raises:
        ReleaseError: it names no version.
    """
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ReleaseError("no-json") from error
    if not isinstance(told, dict):
        raise ReleaseError("no-json")
    if not isinstance(said := told.get("version"), str):
        raise ReleaseError("no-version")
    try:
        version, own = Version(said[: _LONGEST_VERSION + 1]), Version(running)
    except (InvalidVersion, ValueError) as error:
        raise ReleaseError("odd-version") from error
    if len(said) > _LONGEST_VERSION:
        raise ReleaseError("odd-version")
    newer, same = version > own, version == own
    compared = Compared.NEWER if newer else Compared.SAME if same else Compared.OLDER
    return {
        "version": str(version),
        "compared": compared.value,
        "preview": version.is_prerelease,
        "date": _day(told.get("date")),
        "page": page if isinstance(page := told.get("page"), str) and is_place(page) else "",
    }


def _day(said: Any) -> str | None:
    try:
        return date.fromisoformat(said).isoformat()
    except (TypeError, ValueError):
        return None
