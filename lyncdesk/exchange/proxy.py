"""The proxy that the account names, for as long as one request of the worker takes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

NONE = "none"


@contextmanager
def by_way_of(proxy: str) -> Iterator[None]:
    """Let everything that asks for proxies find this one; NONE: no proxy, "": what the computer is set to.

    All that asks (requests, and urllib behind it on each system) looks into the environment first, and into
    the system's settings only where that says nothing.
    """
    if not proxy:
        yield
        return
    kept = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    for name in kept:
        del os.environ[name]
    mine = {"no_proxy": "*"} if proxy == NONE else {"http_proxy": proxy, "https_proxy": proxy}
    os.environ.update(mine)
    try:
        yield
    finally:
        for name in mine:
            del os.environ[name]
        os.environ.update(kept)
