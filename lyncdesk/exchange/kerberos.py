"""What Kerberos says before anything is sent to the server. Loads its libraries where it has to ask them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import Final

_LONGEST: Final = 200  # characters of its own words


class KerberosError(Exception):
    """Kerberos has no ticket for the person; its own words."""


class KdcRefusedError(KerberosError):
    """The domain refused the password."""


class KdcLockedError(KerberosError):
    """The domain says that the account is locked or may not sign in."""


class KdcExpiredError(KerberosError):
    """The domain wants a new password."""


# What a KDC says of the person (RFC 4120, section 7.5.9; the numbers are MIT's and Heimdal's). Anything else,
# such as a realm that it does not know, says nothing about the password.
_OF_THE_PERSON: Final[dict[int, type[KerberosError]]] = {
    -1765328360: KdcRefusedError,  # KDC_ERR_PREAUTH_FAILED
    -1765328353: KdcRefusedError,  # KRB_AP_ERR_BAD_INTEGRITY: not the key of the password
    -1765328366: KdcLockedError,  # KDC_ERR_CLIENT_REVOKED
    -1765328383: KdcLockedError,  # KDC_ERR_NAME_EXP
    -1765328361: KdcExpiredError,  # KDC_ERR_KEY_EXPIRED
}


def has_kerberos() -> bool:
    """Whether Negotiate can be more than NTLM here: Windows can, elsewhere it takes the extra."""
    return sys.platform == "win32" or all(find_spec(name) is not None for name in ("gssapi", "krb5"))


def ask_for_ticket(login: str, password: str, host: str) -> bool:
    """Whether there is a ticket for ``host``, or the password gets one; if not, NTLM may try the password.

    Negotiate by itself would go on with NTLM after the KDC refused the password, and so have the same wrong
    password refused twice. Windows does this by itself, and is not asked.

    Raises:
        KerberosError: if the KDC refused the person; without a password also where there is no ticket.
    """
    if sys.platform == "win32":
        return True
    import spnego

    try:
        spnego.client(
            login if password else None, password or None, hostname=host, service="HTTP", protocol="kerberos"
        ).step()
    except Exception as error:
        # The libraries have many kinds of errors; what counts is the number in one of them.
        kind = _OF_THE_PERSON.get(_number(error), KerberosError)
        if kind is KerberosError and password:
            return False
        raise kind(_words(error)) from error
    return True


def _number(error: BaseException) -> int:
    """The error's number as Kerberos counts; GSSAPI gives it without the sign."""
    cause = getattr(error, "base_error", None) or error
    number = getattr(cause, "err_code", None) or getattr(cause, "min_code", None) or 0
    return number - (1 << 32) if number >= 1 << 31 else number


def _words(error: BaseException) -> str:
    """What went wrong in the library's words, without its numbers."""
    cause = getattr(error, "base_error", None) or error
    text = str(cause).rpartition("): ")[2].removesuffix(str(getattr(cause, "err_code", "")))
    return " ".join(text.split())[:_LONGEST] or type(cause).__name__
