"""The composition root: the only module that names concrete classes and wires them to the ports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from lyncdesk import __version__
from lyncdesk.client.found import Found, found_from
from lyncdesk.client.live import LiveSession
from lyncdesk.client.options import Options
from lyncdesk.client.parts import Beside, Parts, Row
from lyncdesk.client.policy import Policy
from lyncdesk.client.problems import Problem
from lyncdesk.client.settings import options_from
from lyncdesk.client.views.common import EXCHANGE_ALONE
from lyncdesk.client.words import Words, catalogue, shipped
from lyncdesk.machine import clock
from lyncdesk.machine.files import private_folder
from lyncdesk.machine.installed import installed
from lyncdesk.machine.language import system_language
from lyncdesk.machine.paths import Paths, paths
from lyncdesk.machine.policies import persons_policy, system_policy
from lyncdesk.machine.program_files import ProgramFiles
from lyncdesk.machine.settings_store import FileSettingsStore
from lyncdesk.machine.zone import LocalTime, local_zone
from lyncdesk.presence.message import Message
from lyncdesk.starting import program_command

if TYPE_CHECKING:
    from lyncdesk.calendars.account import ExchangeAccounts
    from lyncdesk.client.ports import CredentialStore, HistoryStore
    from lyncdesk.machine.logs import Logs
    from lyncdesk.machine.start_at_login import SystemStart
    from lyncdesk.simulation.session import SampleSession
    from lyncdesk.simulation.world import Length, World


# In the sample organisation the next check can be three real seconds away, or thirty, and time holds for as
# long as a worker needs to start.
SAMPLE_GRACE = 60.0
MakeBeside = Callable[[LiveSession], Beside]


def control_path(*, demo: bool) -> Path:
    """Where the running client listens."""
    return paths(demo).socket


def words_for(options: Options, zone: tzinfo) -> Words:
    """The person's language, and times in the person's zone."""
    language = shipped(options.language or system_language())
    return Words(catalogue(language), language, zone=zone)


def start_command(*, minimised: bool) -> tuple[str, ...]:
    """How this program is started again, for the start with the computer."""
    return program_command(*(("--minimised",) if minimised else ()))


def start_at_login() -> SystemStart:
    """The start with the computer, as this system has it."""
    from lyncdesk.machine.start_at_login import SystemStart

    return SystemStart(lambda minimised: start_command(minimised=minimised))


# The desktop client and the sample organisation


def live_session(place: Paths, beside: MakeBeside, logs: Logs) -> LiveSession:
    """The client of a person with an Exchange account."""
    from lyncdesk.exchange.releases import ask_newest
    from lyncdesk.machine.credentials import KeyringStore
    from lyncdesk.machine.profile_store import FileProfiles
    from lyncdesk.machine.senses import machine_probe
    from lyncdesk.pools.exchange_alone import ExchangeAlonePool
    from lyncdesk.pools.exchange_people import ExchangePeople

    policy = system_policy()
    probe = machine_probe()
    exchange = exchange_accounts(local_zone())
    system_clock = clock.SystemClock()
    pool = ExchangeAlonePool(ExchangePeople(exchange.latest), system_clock, FileProfiles(place.contacts))
    return LiveSession(
        Parts(
            store=FileSettingsStore(place.settings, clock.now),
            read_policy=persons_policy,
            credentials=KeyringStore(),
            exchange=exchange,
            pool=pool,
            contacts=pool,
            clock=system_clock,
            zone=local_zone,
            pool_name=EXCHANGE_ALONE,
            wait=asyncio.sleep,
            probe=probe,
            autostart=start_at_login(),
            environment=lambda found: environment(place, policy.told(found), exchange, probe.limits()),
            beside=beside,
            secret=logs.register_secret,
            log_lines=logs.lines,
            sign_in_limits=sign_in_limits,
            history=lambda: kept_history(place),
            history_place=Message.of("{path}", path=str(place.history)),
            ask_newest=ask_newest,
            installed=installed,
            replaced=ProgramFiles().replaced,
        )
    )


def sample_world(speed: float, lessons: Iterable[Path] = ()) -> World:
    """The sample organisation, not yet started; ``lessons`` are folders of a trainer's own."""
    from lyncdesk.simulation.organisation_file import sample_organisation
    from lyncdesk.simulation.world import World

    return World(
        sample_organisation(),
        real_now=clock.now(),
        monotonic=clock.monotonic,
        speed=speed,
        lessons=(paths(demo=False).lessons, *lessons),
    )


def sample_parts(world: World, place: Paths, beside: MakeBeside | None, logs: Logs) -> Parts:
    """What Anna Keller's client is made of, once her world runs; her calendar comes over real EWS."""
    from lyncdesk.calendars.account import ExchangeAccounts
    from lyncdesk.exchange.process import ExchangeWorker
    from lyncdesk.machine.credentials import MemoryStore
    from lyncdesk.machine.history_memory import MemoryHistory

    account = world.account
    zone = world.profile.zone
    exchange = ExchangeAccounts(
        now=world.clock.now,
        monotonic=clock.monotonic,
        zone=zone,
        worker=ExchangeWorker(grace=SAMPLE_GRACE),
    )
    return Parts(
        store=FileSettingsStore(place.settings, clock.now),
        read_policy=world.administrator.read,
        credentials=MemoryStore(),
        exchange=exchange,
        pool=world.pool(),
        clock=world.clock,
        zone=lambda: zone,
        pool_name="embedded",
        wait=world.administrator.wait,
        command_line={"account.address": account.address, "account.server": account.server},
        # Nothing of it is real, and it is gone with the program.
        defaults={**world.defaults, "keep_history": True},
        profile=world.profile,
        password=world.password,
        hold=world.hold,
        environment=lambda _: environment(place, Message.of("not used"), exchange, ()),
        secret=logs.register_secret,
        log_lines=logs.lines,
        others=world.recorded,
        is_simulation=True,
        beside=beside,
        history=MemoryHistory,
        installed=installed,
        history_place=Message.of("in memory only, until the sample organisation ends"),
    )


def kept_history(place: Paths) -> HistoryStore:
    """The person's local history."""
    from lyncdesk.machine.history_store import SqliteHistory

    return SqliteHistory(place.history, clock.now)


def sample_session(
    place: Paths,
    speed: float,
    beside: MakeBeside,
    logs: Logs,
    length: Length = None,
    over: Callable[[], object] = lambda: None,
    lessons: Iterable[Path] = (),
) -> SampleSession:
    """Anna Keller's client together with the world it lives in; ``over`` is called after ``length`` there."""
    from lyncdesk.simulation.session import SampleSession

    return SampleSession(
        sample_world(speed, lessons), lambda world: sample_parts(world, place, beside, logs), length, over
    )


def environment(
    place: Paths, policy: Message, exchange: ExchangeAccounts, limits: tuple[str, ...]
) -> tuple[Row, ...]:
    """Rows of Configuration information about this computer; ``policy`` tells where the policy stands."""
    told = exchange.report()
    running = Message.of("{version}, {kind}", version=__version__, kind=installed().kind)
    return (
        (Message.of("Version"), running),
        (Message.of("Policy"), policy),
        (Message.of("Settings file"), Message.of("{path}", path=str(place.settings))),
        (Message.of("Log file"), Message.of("{path}", path=str(place.log))),
        (
            Message.of("Exchange worker"),
            Message.of("starts: {n}, ended by force: {m}", n=told.starts, m=told.killed),
        ),
        *((Message.of("Limits"), Message.of(limit)) for limit in limits),
    )


def sign_in_limits() -> Mapping[str, Message]:
    """What ways of signing in to Exchange lack on this computer."""
    from lyncdesk.exchange.kerberos import has_kerberos

    if has_kerberos():
        return {}
    return {
        "negotiate": Message.of(
            "On this computer it is NTLM only: LyncDesk's part for Kerberos is not installed"
            " (lyncdesk[negotiate])."
        )
    }


# What the commands need


def prepare(place: Paths) -> Paths:
    """Make the folders of this kind of run, for the person alone."""
    for folder in (place.config, place.data, place.logs, place.runtime):
        private_folder(folder)
    return place


def options_in_force(
    *, demo: bool = False, trial: Path | None = None
) -> tuple[Options, Policy, tuple[Problem, ...]]:
    """What the settings file and the administrator's policy say, and what is wrong with the settings.

    ``trial`` is a policy that counts instead of this computer's.

    The file is only looked at: to keep a broken one aside, and to tell of it, is the running client's part.
    """
    policy = Policy() if demo else persons_policy(trial)
    values, problems = FileSettingsStore(paths(demo).settings, clock.now).peek()
    return options_from(values, policy, {})[0], policy, problems


def found_servers() -> tuple[Found, ...]:
    """The servers that earlier runs found."""
    return tuple(found_from(FileSettingsStore(paths(False).settings, clock.now).peek()[0]).values())


def this_computer(exchange: ExchangeAccounts, policy: Policy) -> tuple[Row, ...]:
    """Rows of Configuration information about this computer, for a command that found this policy."""
    return environment(paths(False), system_policy().told(policy), exchange, ())


def persons_zone(*, demo: bool) -> tzinfo:
    """The zone whose times are shown: this computer's, or that of the sample organisation's person."""
    if not demo:
        return LocalTime()
    from lyncdesk.simulation.organisation_file import sample_organisation

    return ZoneInfo(sample_organisation().me.profile.zone)


def exchange_accounts(zone: str) -> ExchangeAccounts:
    """A connection to Exchange of its own."""
    from lyncdesk.calendars.account import ExchangeAccounts

    return ExchangeAccounts(now=clock.now, monotonic=clock.monotonic, zone=zone)


def keyring() -> CredentialStore:
    """The system's keyring."""
    from lyncdesk.machine.credentials import KeyringStore

    return KeyringStore()
