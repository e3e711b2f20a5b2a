"""Whether this computer can sign in with Kerberos; loads nothing."""

from __future__ import annotations

import sys
from importlib.util import find_spec


def has_kerberos() -> bool:
    """Whether Negotiate can be more than NTLM here: Windows can, elsewhere it takes the extra."""
    return sys.platform == "win32" or all(find_spec(name) is not None for name in ("gssapi", "krb5"))
