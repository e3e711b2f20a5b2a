"""The helper process of :mod:`lyncdesk.machine.credentials`: one request in, one answer out, as JSON.

It is a process of its own because a keyring may wait for its unlock dialog for ever, which no thread can be
called back from, and because its libraries would cost the tray a third of its memory.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from typing import Any

_MOST = 1000  # entries of LyncDesk

# Keyrings that keep passwords readable, or none at all.
REFUSED = ("keyrings.alt.", "keyring.backends.null", "keyring.backends.fail")


def safe(backends: list[Any]) -> list[Any]:
    """The keyrings that keep passwords safely, best first."""
    kept = [backend for backend in backends if not type(backend).__module__.startswith(REFUSED)]
    return sorted(kept, key=lambda backend: backend.priority, reverse=True)


def _backend() -> tuple[Any, str]:
    """The keyring to use, or None and why there is none."""
    import keyring

    # What the person configured, or what keyring finds best; several are joined in a chain.
    chosen = keyring.get_keyring()
    all_ = list(getattr(chosen, "backends", [chosen]))
    usable = safe(all_)
    if usable:
        return usable[0], ""
    unsafe = any(type(backend).__module__.startswith("keyrings.alt.") for backend in all_)
    return None, "unsafe" if unsafe else "none"


def _emptied(backend: Any, service: str, accounts: list[str]) -> int:
    """Remove these entries of the service, then every other: without a name a keyring gives whichever it
    likes, or none if it cannot.
    """
    known = [account for account in accounts if backend.get_password(service, account) is not None]
    for account in known:
        backend.delete_password(service, account)
    for number in range(_MOST):
        found = backend.get_credential(service, None)
        if found is None:
            return len(known) + number
        backend.delete_password(service, found.username)
    raise RuntimeError(f"there are more than {_MOST} entries")


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Do what the request says for each account that it names; ``failed`` names why it could not be done."""
    from keyring import errors

    backend, why_not = _backend()
    if backend is None:
        return {"failed": why_not}
    service, accounts = request["service"], request["accounts"]
    try:
        match request["do"]:
            case "get":
                return {"passwords": [backend.get_password(service, account) for account in accounts]}
            case "set":
                for account in accounts:
                    backend.set_password(service, account, request["password"])
            case "forget":
                for account in accounts:
                    if backend.get_password(service, account) is not None:
                        backend.delete_password(service, account)
            case "empty":
                return {"removed": _emptied(backend, service, accounts)}
    except (errors.KeyringLocked, errors.InitError):
        return {"failed": "locked"}
    except errors.NoKeyringError:
        return {"failed": "none"}
    except Exception as error:  # noqa: BLE001 - each backend has errors of its own; all mean the same here
        said = f"{type(error).__name__}: {error}"
        secret = request.get("password", "")
        return {"failed": "error", "error": type(error).__name__ if secret and secret in said else said}
    return {}


def main() -> int:
    """Read, do, answer."""
    request = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):  # a chatty backend must not spoil the answer
        result = answer(request)
    json.dump(result, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
