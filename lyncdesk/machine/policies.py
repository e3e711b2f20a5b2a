"""Where this system's administrator can put a policy, and what all these places say together.

What is set for the computer counts before what is set for the person, and what the system's own management
(Group Policy, a configuration profile) says before the file. In each layer: a default in the registry never
overrides a mandatory key in the file.

Source: the project's presence rules, section 9.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Protocol

from lyncdesk.client.policy import Policy
from lyncdesk.client.policy_file import PolicyFile
from lyncdesk.client.sign_in_names import SignedIn, for_person
from lyncdesk.machine.paths import policy_file, sandboxed
from lyncdesk.presence.message import Message

# Inside Flatpak /etc is the runtime's. An administrator's file comes by the extension that the manifest
# names, or, where they let the program see the computer's /etc, from there.
FLATPAK_FILES = (Path("/app/etc/lyncdesk/policy.toml"), Path("/run/host/etc/lyncdesk/policy.toml"))


class Place(Protocol):
    """One place where a policy can be."""

    @property
    def path(self) -> object:
        """As an administrator finds it."""

    def read(self) -> Policy:
        """What is there now; never raises."""


@dataclass(frozen=True, slots=True)
class SystemPolicy:
    """The places of one system, strongest first."""

    places: tuple[Place, ...]

    def read(self) -> Policy:
        """What they say together, as they are now."""
        return reduce(Policy.over, (place.read() for place in self.places))

    def where(self) -> str:
        """All the places where a policy can stand."""
        return "; ".join(str(place.path) for place in self.places)

    def told(self, found: Policy) -> Message:
        """Where the policy that was found here stands, or where one could."""
        if found.path:
            return Message.of("{path}", path=found.path)
        return Message.of("{path} (none)", path=self.where())


def _windows() -> tuple[Place, ...]:
    from lyncdesk.machine.policy_registry import PolicyRegistry
    from lyncdesk.machine.windows_owner import not_an_administrators

    registry = (PolicyRegistry("HKEY_LOCAL_MACHINE"), PolicyRegistry("HKEY_CURRENT_USER"))
    return (*registry, PolicyFile(policy_file(), not_an_administrators))


def _macos() -> tuple[Place, ...]:
    import os
    import pwd

    from lyncdesk.machine.policy_preferences import managed_preferences

    return (*managed_preferences(pwd.getpwuid(os.getuid()).pw_name), PolicyFile(policy_file()))


def _elsewhere() -> tuple[Place, ...]:
    if sandboxed():
        return tuple(PolicyFile(path) for path in FLATPAK_FILES)
    return (PolicyFile(policy_file()),)


_SYSTEMS: dict[str, Callable[[], tuple[Place, ...]]] = {"win32": _windows, "darwin": _macos}


def system_policy(platform: str = sys.platform) -> SystemPolicy:
    """The places of this system."""
    return SystemPolicy(_SYSTEMS.get(platform, _elsewhere)())


def persons_policy(trial: Path | None = None) -> Policy:
    """The policy as it is now for the person who runs this program, or what a ``trial`` would be."""
    if trial is None:
        found = system_policy().read()
    else:
        from lyncdesk.machine.policy_trial import trial_policy

        found = trial_policy(trial)
    return for_person(found, _signed_in)


def _signed_in() -> SignedIn:
    from lyncdesk.machine.sign_in_name import signed_in  # most policies do without

    return signed_in()
