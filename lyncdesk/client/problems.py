"""Everything that a person can act on, one row each: what happened, why, what to do, is it retried.

Adapters translate an error once, where it enters, into a row of :data:`PROBLEMS`; nobody else invents words
for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lyncdesk.presence.message import Message, Value


class Retry(StrEnum):
    """What the client does about a problem by itself."""

    YES = "yes"  # again, with back-off
    NO = "no"  # at the regular check only
    NEVER = "never"  # not before the person acts


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One row: ``title`` (one line), ``cause`` (why), ``remedy`` (what to do and who can), retry or not."""

    name: str
    title: str
    cause: str
    remedy: str
    retry: Retry = Retry.YES


# In the order in which they are shown: a person with two problems is told the first.
PROBLEMS: dict[str, ProblemRow] = {
    row.name: row
    for row in (
        ProblemRow(
            "refused-password",
            "Exchange refused your password.",
            "The server {server} did not accept the user name and password. LyncDesk sent them once"
            " and stopped, so"
            " that your account is not locked.",
            "Enter your password again. If it is right, check the user name in Options > Account;"
            " after many wrong"
            " attempts elsewhere, ask your help desk whether the account is locked.",
            Retry.NEVER,
        ),
        ProblemRow(
            "account-locked",
            "Your account is locked.",
            "{server} says that your account is locked, or may not sign in. LyncDesk stopped, so that it "
            "does not make things worse.",
            "Ask your help desk to unlock your account, then enter your password again.",
            Retry.NEVER,
        ),
        ProblemRow(
            "account-disabled",
            "Your account is switched off.",
            "{server} says that your account is disabled. LyncDesk stopped, so that it does not make things "
            "worse.",
            "Ask your help desk to enable your account, then enter your password again.",
            Retry.NEVER,
        ),
        ProblemRow(
            "password-expired",
            "Your password has expired.",
            "{server} wants a new password before it lets you in.",
            "Change your password as you do for your other programs, then enter the new one here.",
            Retry.NEVER,
        ),
        ProblemRow(
            "no-password",
            "Your password is needed.",
            "No password for this account is kept on this computer.",
            "Enter your password.",
            Retry.NEVER,
        ),
        ProblemRow(
            "sign-in-method",
            "Exchange wants another way of signing in.",
            "{server} offers {code}, and not the way of signing in that LyncDesk is set to.",
            "Choose Automatic in Options > Account. If that does not help, ask your Exchange administrator"
            " to allow NTLM or basic authentication for Exchange Web Services.",
            Retry.NEVER,
        ),
        ProblemRow(
            "kerberos-missing",
            "Signing in with Kerberos needs another part of LyncDesk.",
            "{server} lets people in by Negotiate with Kerberos only, and LyncDesk's part for that is not "
            "installed. Your password was not sent.",
            "Ask whoever installed LyncDesk to add it: lyncdesk[negotiate]. Or ask your Exchange "
            "administrator to allow NTLM for Exchange Web Services.",
            Retry.NEVER,
        ),
        ProblemRow(
            "server-address",
            "The server address cannot be used.",
            "{server} is not a complete address of Exchange Web Services: {code}.",
            "Correct the server address in Options > Account; it looks like "
            "https://mail.example.com/EWS/Exchange.asmx.",
            Retry.NEVER,
        ),
        ProblemRow(
            "insecure-address",
            "The server address is not encrypted.",
            "The address of {server} begins with http:, so your password would travel readable to others. "
            "Nothing was sent.",
            "Use an address that begins with https:.",
            Retry.NEVER,
        ),
        ProblemRow(
            "exchange-online",
            "Exchange Online no longer accepts this kind of connection.",
            "The server {server} belongs to Exchange Online, which has blocked Exchange Web Services for most"
            " organisations since October 2026.",
            "Use an Exchange Server of your own organisation, or ask your administrator whether"
            " LyncDesk may be listed.",
            Retry.NEVER,
        ),
        ProblemRow(
            "server-not-found",
            "No Exchange server was found for your address.",
            "{server} tells of no Exchange server, in none of the ways that Exchange has for it"
            " (Autodiscover).",
            "Check the e-mail address, or enter the server address in Options > Account. Your"
            " administrator or help desk knows it.",
            Retry.NO,
        ),
        ProblemRow(
            "server-elsewhere",
            "Your organisation refers to a server of somebody else.",
            "{domain} refers to {server}, which is not one of its own names. Your password was not sent"
            " there.",
            "If you know that {server} keeps your organisation's mail, enter"
            " https://{server}/autodiscover/autodiscover.xml as server address in Options > Account."
            " Otherwise ask your administrator.",
            Retry.NO,
        ),
        ProblemRow(
            "ca-file",
            "The file of trusted certificates cannot be used.",
            "The certificate authority file for {server} was not read: {code}. Nothing was sent.",
            "Check the file in Options > Account, or tell your administrator (policy TrustedCaFile).",
        ),
        ProblemRow(
            "certificate-expired",
            "The server's certificate has expired.",
            "The certificate of {server} is not valid today, so the connection is not safe. Nothing"
            " was sent.",
            "Ask the administrator of the server to renew it. Check that this computer's date is right.",
        ),
        ProblemRow(
            "certificate-host-name",
            "The server's certificate is for another name.",
            "The certificate of {server} was issued for another host. Nothing was sent.",
            "Check the server address in Options > Account, or ask the administrator of the server.",
        ),
        ProblemRow(
            "certificate-untrusted",
            "The server's certificate is not trusted.",
            "This computer does not know who issued the certificate of {server}. Nothing was sent.",
            "Ask your administrator for the organisation's certificate authority file (policy"
            " TrustedCaFile).",
        ),
        ProblemRow(
            "not-encrypted",
            "The server does not speak TLS there.",
            "{server} answered without encryption on a port where encryption was expected.",
            "Check the port in the server address in Options > Account.",
        ),
        ProblemRow(
            "encryption-failed",
            "No safe connection could be agreed.",
            "{server} and this computer found no common way to encrypt: {code}. Nothing was sent.",
            "Tell the administrator of the server; it may need an update to TLS 1.2 or newer.",
        ),
        ProblemRow(
            "proxy-failed",
            "The proxy does not let LyncDesk through.",
            "The way to {server} leads through a proxy that refused or did not answer.",
            "Check the proxy settings of this computer, or ask your administrator.",
        ),
        ProblemRow(
            "name-not-found",
            "The server's name could not be found.",
            "No address is known for {server}.",
            "Check the network or VPN, then the server address in Options > Account.",
        ),
        ProblemRow(
            "connection-refused",
            "The server does not accept connections.",
            "{server} could not be reached, or refused or closed the connection.",
            "Nothing to do at once: LyncDesk tries again. If it lasts, tell your administrator.",
        ),
        ProblemRow(
            "timed-out",
            "Exchange did not answer.",
            "{server} did not answer in time.",
            "Nothing to do at once: LyncDesk tries again. If it lasts, check the network or tell your"
            " administrator.",
        ),
        ProblemRow(
            "server-busy",
            "Exchange is busy.",
            "{server} asked to be left alone for a while.",
            "Nothing to do: LyncDesk waits as long as the server asked, then tries again.",
        ),
        ProblemRow(
            "server-error",
            "Exchange reported an error.",
            "{server} answered with an error of its own: {code}.",
            "Nothing to do at once: LyncDesk tries again. If it lasts, tell your administrator the code.",
        ),
        ProblemRow(
            "not-exchange",
            "The address does not lead to Exchange Web Services.",
            "{server} answered with something else: {code}.",
            "Check the server address in Options > Account; it usually ends in /EWS/Exchange.asmx.",
        ),
        ProblemRow(
            "access-denied",
            "You may not read this calendar.",
            "{server} knows you, but does not let you read the calendar this way.",
            "Ask your Exchange administrator whether Exchange Web Services are allowed for your mailbox.",
        ),
        ProblemRow(
            "no-mailbox",
            "There is no mailbox for this address.",
            "{server} has no mailbox for your address.",
            "Check the address in Options > Account.",
            Retry.NO,
        ),
        ProblemRow(
            "mailbox-moved",
            "Your mailbox is being moved.",
            "{server} says that the mailbox is moving to another server.",
            "Nothing to do: LyncDesk tries again.",
        ),
        ProblemRow(
            "broken-answer",
            "Exchange's answer was damaged.",
            "The answer of {server} was cut off or could not be read, so it was not used: {code}.",
            "Nothing to do at once: LyncDesk tries again. If it lasts, a proxy may be in the way.",
        ),
        ProblemRow(
            "too-many-items",
            "The calendar is too full to be read whole.",
            "{server} holds more than {limit} items for these days; the answer would have been incomplete.",
            "Remove items, or tell the authors of LyncDesk.",
            Retry.NO,
        ),
        ProblemRow(
            "worker-failed",
            "The part that talks to Exchange stopped.",
            "The helper process ended or did not answer: {code}. It was replaced.",
            "Nothing to do: LyncDesk starts it again. If it lasts, send a report from Configuration"
            " information.",
        ),
        ProblemRow(
            "details-missing",
            "Exchange sends no details of your items.",
            "{server} does not tell which items are meetings. They are shown as Busy, never as In a"
            " meeting, and"
            " contacts see no subject.",
            "Another server address often cures this. Test connection in Options > Account asks every"
            " address that it finds, and names one that delivers them; otherwise ask your administrator.",
        ),
        ProblemRow(
            "contacts-not-read",
            "Your contacts' calendars could not be read.",
            "Reading them ended with: {why} What is shown of your contacts is what was last known.",
            "Nothing to do at once: LyncDesk tries again. Check calendar now tries at once.",
        ),
        ProblemRow(
            "item-changed",
            "The item was changed by somebody else.",
            "It is not as it was at the last calendar check, so its Show As was left alone: nothing was"
            " written to {server}.",
            "Look at it as it is now, then pick again.",
            Retry.NO,
        ),
        ProblemRow(
            "item-gone",
            "The item is not in the calendar any more.",
            "It was deleted or moved after the last calendar check. Nothing was written to {server}.",
            "Nothing to do: the calendar is read anew.",
            Retry.NO,
        ),
        ProblemRow(
            "write-denied",
            "You may not change this item.",
            "{server} lets you read it, but not change it. Nothing was written.",
            "Change it in Outlook, or ask your Exchange administrator whether Exchange Web Services may"
            " change your calendar.",
            Retry.NO,
        ),
        ProblemRow(
            "unknown-contact",
            "Nobody is known by this address.",
            "The directory has no entry for {address}.",
            "Check the address.",
            Retry.NEVER,
        ),
        ProblemRow(
            "too-many-contacts",
            "Your contact list is full.",
            "It may hold {limit} people.",
            "Remove somebody first, or ask your administrator (policy MaximumNumberOfContacts).",
            Retry.NEVER,
        ),
        ProblemRow(
            "settings-broken",
            "Your settings could not be read.",
            "{where}: {what}.",
            "Defaults are used. The file was kept aside as {kept}; correct it, or set your options anew.",
            Retry.NEVER,
        ),
        ProblemRow(
            "settings-not-saved",
            "Your settings could not be saved.",
            "{where}: {what}.",
            "They hold until LyncDesk ends. Make room on the disk, or let LyncDesk write there, and change"
            " them again.",
            Retry.NEVER,
        ),
        ProblemRow(
            "policy-invalid",
            "The policy file has a mistake.",
            "{where}: {what}.",
            "Tell your administrator.",
            Retry.NEVER,
        ),
        ProblemRow(
            "keyring-missing",
            "Passwords cannot be kept on this computer.",
            "No keyring answers: {code}.",
            "Your password is kept for this run only. Install or unlock a keyring (GNOME Keyring,"
            " KWallet) to keep it.",
            Retry.NEVER,
        ),
    )
}

# What a calendar check can end with: the rows about the way to Exchange come first, this one is the last.
OF_CHECKS = tuple(PROBLEMS)[: tuple(PROBLEMS).index("details-missing") + 1]


@dataclass(frozen=True, slots=True)
class Problem:
    """One occurrence: a row's name and the values that its words need. Carries no secret and no subject.

    Raises:
        KeyError: for a name that the table does not hold.
    """

    name: str
    values: tuple[tuple[str, Value], ...] = ()

    def __post_init__(self) -> None:
        PROBLEMS[self.name]

    @classmethod
    def of(cls, name: str, **values: Value) -> Problem:
        """Make a problem; missing values show as "the server" and the like."""
        return cls(name, tuple(sorted(values.items())))

    @property
    def row(self) -> ProblemRow:
        """The table row."""
        return PROBLEMS[self.name]

    def _message(self, template: str) -> Message:
        given = dict(self.values)
        defaults: dict[str, Value] = {"server": Message.of("the server"), "code": "-"}
        return Message.of(template, **{**defaults, **given})

    @property
    def title(self) -> Message:
        """One line."""
        return self._message(self.row.title)

    @property
    def cause(self) -> Message:
        """Why."""
        return self._message(self.row.cause)

    @property
    def remedy(self) -> Message:
        """What to do, and who can."""
        return self._message(self.row.remedy)


_ORDER = {name: position for position, name in enumerate(PROBLEMS)}


def first_problem(problems: frozenset[Problem] | tuple[Problem, ...]) -> Problem | None:
    """The problem to show: the first in the order of the table."""
    return min(problems, key=lambda problem: _ORDER[problem.name], default=None)
