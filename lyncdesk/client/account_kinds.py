"""What a policy may say of accounts: texts in which the person's sign-in stands, and a proxy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lyncdesk.client.value_kinds import NotAllowedError, Text, is_address, web_address
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message

# The placeholders of a policy, and names that stand for anybody's where a text is looked at.
SAMPLE_NAMES: Mapping[str, str] = MappingProxyType({"user": "anna", "upn": "anna@example.org"})


@dataclass(frozen=True, slots=True)
class Pattern(Text):
    """One line of text in which {user} and {upn} stand for the person's sign-in; see ``sign_in_names``.

    ``allowed`` is about the text with them filled in.
    """

    @property
    def range(self) -> Message:
        """What is allowed."""
        return Message.of(self.words, user="{user}", upn="{upn}")

    def read(self, raw: object) -> str:
        """See :class:`Kind`."""
        if not isinstance(raw, str):
            raise NotAllowedError
        filled = raw
        for name, sample in SAMPLE_NAMES.items():
            filled = filled.replace(f"{{{name}}}", sample)
        if not self.fits(filled):
            raise NotAllowedError
        return raw

    def fits(self, text: str) -> bool:
        """Whether a text without placeholders is allowed."""
        return text.isprintable() and "{" not in text and "}" not in text and self.allowed(text)


def _proxy(text: str) -> bool:
    if (parts := web_address(text)) is None:
        return text in ("", "none")
    plain = parts.scheme == "http" and parts.path in ("", "/") and not (parts.query or parts.fragment)
    # Without a name and a password: a policy is no place for them.
    return plain and bool(parts.port) and "@" not in parts.netloc


ADDRESS_PATTERN = Pattern(
    N_("an e-mail address; {user} in it is the person's sign-in name, {upn} that with its domain"),
    lambda text: not text or is_address(text),
)
USER_NAME_PATTERN = Pattern(
    N_("a user name; {user} in it is the person's sign-in name, {upn} that with its domain")
)
PROXY = Text(
    N_('"none", or a proxy with its port such as "http://proxy.example.org:8080", without a password'), _proxy
)
