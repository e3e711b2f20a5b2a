"""The steps of Test connection: their names and words, and what is said about what came back. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from lyncdesk.client.problems import PROBLEMS, Problem
from lyncdesk.client.session import ConnectionStep, StepResult
from lyncdesk.client.words import N_
from lyncdesk.presence.message import Message

if TYPE_CHECKING:
    from lyncdesk.exchange.certificates import Seen
    from lyncdesk.exchange.translate import Translated

_MOST_NAMES: Final = 6
EXPIRES_SOON: Final = timedelta(days=14)

# What is tried on the way to one server, in order.
TRIED: Final[dict[str, str]] = {
    "name": N_("Looking up {host}"),
    "connection": N_("Connecting to {host}"),
    "encryption": N_("Checking the certificate of {host}"),
    "service": N_("Asking {host} for Exchange Web Services, and how one signs in"),
    "sign-in": N_("Signing in as {login}"),
    "version": N_("Asking for the version of Exchange"),
    "mailbox": N_("Looking for the mailbox"),
    "calendar": N_("Reading the calendar"),
    "details": N_("Looking for kinds and subjects of the items"),
    "free-busy": N_("Asking for free/busy information"),
    "working-hours": N_("Asking for working hours"),
    "out-of-office": N_("Asking for automatic replies"),
    "time-zones": N_("Asking for the server's time zones"),
}
# What is missed where a step is not done that a check can do without.
WITHOUT: Final[dict[str, str]] = {
    "free-busy": N_("Your calendar is shown all the same; the usual working hours are taken."),
    "working-hours": N_("The usual working hours are taken."),
    "out-of-office": N_("Out of Office is not shown while your automatic replies are on."),
    "time-zones": N_("Nothing is missed: LyncDesk asks for all times in UTC."),
}
_VERSIONS: Final = (
    ((15, 2, 2562), "Server SE"),
    ((15, 2, 0), "2019"),
    ((15, 1, 0), "2016"),
    ((15, 0, 0), "2013"),
    ((14, 0, 0), "2010"),
    ((8, 0, 0), "2007"),
)


@dataclass(frozen=True, slots=True)
class Came:
    """What came back; ``limited`` if something is missing, with a remedy where there is one."""

    message: Message
    limited: bool = False
    remedy: Message | None = None


@dataclass(slots=True)
class Details:
    """How many items came, and how many lack something that a person sees."""

    items: int = 0
    without_kind: int = 0
    without_subject: int = 0
    without_show_as: int = 0
    without_privacy: int = 0

    @property
    def delivered(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.without_kind and not self.without_subject

    @property
    def proven(self) -> bool:
        """Whether there was an item to see it by."""
        return self.delivered and self.items > 0


def begun(name: str, tried: Message | None = None, **values: str | Message) -> ConnectionStep:
    """A step that runs; without words those of the table."""
    return ConnectionStep(name, tried or Message.of(TRIED[name], **values), StepResult.RUNNING)


def ended(step: ConnectionStep, came: Came) -> ConnectionStep:
    """The step, done."""
    result = StepResult.LIMITED if came.limited else StepResult.OK
    return replace(step, result=result, came_back=came.message, remedy=came.remedy)


def nothing(step: ConnectionStep, came_back: Message) -> ConnectionStep:
    """The step, one of several ways, which led nowhere."""
    return replace(step, result=StepResult.NOTHING, came_back=came_back)


def failed(step: ConnectionStep, found: Translated) -> ConnectionStep:
    """The step, with the problem in its way."""
    return replace(step, result=StepResult.FAILED, problem=Problem.of(found.problem, **found.values))


def left_out(step: ConnectionStep) -> ConnectionStep:
    """The step, not done."""
    return replace(step, result=StepResult.SKIPPED)


def missed(name: str, found: Translated) -> Came:
    """What came of a step that a check can do without."""
    title, code = Message.of(PROBLEMS[found.problem].title), found.values.get("code", "")
    words = Message.of("{title} ({code})", title=title, code=code) if code else title
    return Came(words, limited=True, remedy=Message.of(WITHOUT[name]))


def told_details(details: Details | None) -> Came:
    """Whether the items came with their details."""
    if details is None:
        words = N_("not told: only free/busy information is open, so meetings are shown as Busy")
        return Came(Message.of(words), limited=True)
    if not details.items:
        return Came(Message.of("there is no item in these days to see it by"))
    if details.delivered and not details.without_show_as and not details.without_privacy:
        return Came(Message.of("kinds and subjects come: meetings are told from appointments"))
    lacking = [
        Message.of(words, n=number, m=details.items)
        for words, number in (
            (N_("{n} of {m} items without their kind, so meetings are shown as Busy"), details.without_kind),
            (N_("{n} of {m} items without subject"), details.without_subject),
            (N_("{n} of {m} items without Show As, which count as nothing"), details.without_show_as),
            (N_("{n} of {m} items without their privacy, which count as private"), details.without_privacy),
        )
        if number
    ]
    told = lacking[0]
    for more in lacking[1:]:
        told = Message.of("{one}; {other}", one=told, other=more)
    if details.delivered:
        return Came(told, limited=True)
    words = N_(
        "Another address of the server often cures this. Those that are found are compared below; if none"
        " delivers more, ask your administrator."
    )
    return Came(told, limited=True, remedy=Message.of(words))


def told_certificate(version: str, certificate: Seen, now: datetime) -> Came:
    """What a certificate says; one that is about to expire is a limit."""
    came = Message.of(
        "{version}; the certificate is for {names}, issued by {issuer}, valid until {day}",
        version=version,
        names=", ".join(certificate.names[:_MOST_NAMES]) or "-",
        issuer=certificate.issuer,
        day=f"{certificate.ends:%Y-%m-%d}",
    )
    if certificate.ends - now >= EXPIRES_SOON:
        return Came(came)
    words = N_("Tell the administrator of the server: it has to be renewed before that day.")
    return Came(came, limited=True, remedy=Message.of(words))


def told_version(build: str, version: str) -> Came:
    """Which Exchange it is."""
    if not build:
        return Came(Message.of("it does not tell; asked as {version}", version=version), limited=True)
    name = version_name(build)
    words = Message.of(
        "Exchange {name}, build {build}; asked as {version}", name=name, build=build, version=version
    )
    return Came(
        words if name else Message.of("build {build}; asked as {version}", build=build, version=version)
    )


def version_name(build: str) -> str:
    """What people call the Exchange of a build, "" if that is not known."""
    numbers = tuple(int(part) for part in build.split(".") if part.isdecimal())
    for least, name in _VERSIONS:
        if numbers >= least and numbers[:1] == least[:1]:
            return name
    return ""


def told_view(events: int | None, merged: bool, kind: str) -> Came:
    """What free/busy information came: ``events`` (None: no list), whether ``merged``, ``kind`` of view."""
    if not merged:
        words = N_("events: {n}, and no merged free/busy ({kind}): this server does not work it out")
        return Came(Message.of(words, n=events or 0, kind=kind or "-"), limited=True)
    if events is None:
        return Came(Message.of("merged free/busy without events ({kind})", kind=kind or "-"))
    return Came(Message.of("events: {n}, with merged free/busy ({kind})", n=events, kind=kind or "-"))


def written(scheme: str) -> str:
    """A way of signing in as people write it."""
    return {"ntlm": "NTLM", "negotiate": "Negotiate", "basic": "Basic"}.get(scheme, scheme[:30].capitalize())


def counted(items: list[dict[str, str | None]], flag: Any, private: Any) -> Details:
    """What items lack, by how a server told them; one that is private may lack what is private."""
    details = Details(len(items))
    for told in items:
        hidden = private(told.get("Sensitivity")) is True
        details.without_kind += not hidden and flag(told.get("IsMeeting")) is None
        details.without_subject += not hidden and told.get("Subject") is None
        details.without_show_as += told.get("LegacyFreeBusyStatus") is None
        details.without_privacy += told.get("Sensitivity") is None
    return details
