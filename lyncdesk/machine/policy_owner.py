r"""Windows: a policy file counts only where administrators, or the system, own it.

Everybody may make files below ``C:\ProgramData``, and a policy that names a server and an authority would be
given the passwords of whoever else works on the computer. Who owns a file is asked of advapi32.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import byref, c_void_p, c_wchar_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import PolicyFile
from lyncdesk.client.policy_values import policy_problem
from lyncdesk.machine.sensors import UnavailableError
from lyncdesk.machine.windows import dll
from lyncdesk.presence.message import Message

_FILE, _OWNER = 1, 1  # SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION
# Well-known SIDs: the group Administrators, SYSTEM, and the installer of Windows.
ADMINISTRATORS: Final = frozenset(
    {
        "S-1-5-32-544",
        "S-1-5-18",
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
    }
)


def owner_of(path: Path, library: Callable[[str], Any] = dll) -> str:
    """The SID of who owns the file.

    Raises:
        OSError: nobody says.
    """
    sid, descriptor, text = c_void_p(), c_void_p(), c_wchar_p()
    try:
        security, kernel = library("advapi32"), library("kernel32")
    except UnavailableError as error:
        raise OSError(str(error)) from error
    failed = security.GetNamedSecurityInfoW(
        str(path), _FILE, _OWNER, byref(sid), None, None, None, byref(descriptor)
    )
    if failed:
        raise OSError(f"error {failed} of GetNamedSecurityInfo")
    try:
        if not security.ConvertSidToStringSidW(sid, byref(text)):
            raise OSError("no SID")
        return text.value or ""
    finally:
        for made in (text, descriptor):
            if made.value is not None:
                kernel.LocalFree(made)


@dataclass(frozen=True, slots=True)
class AdministratorsFile:
    """A policy file of which nothing is used unless it is an administrator's."""

    file: PolicyFile
    owner: Callable[[Path], str] = owner_of

    @property
    def path(self) -> Path:
        """As an administrator finds it."""
        return self.file.path

    def read(self) -> Policy:
        """The policy as the file is now, or the problem that it is somebody else's."""
        policy = self.file.read()
        if not policy.path:
            return policy
        try:
            owner = self.owner(self.path)
        except OSError as error:
            owner = str(error)
        if owner in ADMINISTRATORS:
            return policy
        what = Message.of(
            "it belongs to no administrator ({owner}), so nothing of it is used. Everybody can make files"
            " there; have the group Administrators own it, or use Group Policy",
            owner=owner,
        )
        return Policy(policy.path, problems=(policy_problem(policy.path, what, key="-"),))
