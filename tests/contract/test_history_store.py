"""The history: one suite for the store in memory and for the SQLite file, then what the file alone does."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lyncdesk.client.history import (
    LONGEST,
    LONGEST_TEXT,
    MOST_SPANS,
    Alive,
    Began,
    Checked,
    Ended,
    Entry,
    Past,
    PastItem,
    Shown,
    Stopped,
    shown_at,
)
from lyncdesk.client.ports import HistoryStore, ProblemError
from lyncdesk.client.words import Words, catalogue
from lyncdesk.machine import history_file, history_memory, history_queries
from lyncdesk.machine.history_memory import MemoryHistory
from lyncdesk.machine.history_store import SqliteHistory
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.message import Message
from lyncdesk.presence.reasons import Reason, Source, Verdict
from lyncdesk.presence.states import AVAILABLE, BUSY, IN_A_MEETING, Presence
from tests.unit.client.driving import Driven, meeting

ANNA, BEN = "anna@litware.example", "ben@litware.example"
TEN = datetime(2026, 11, 26, 10, tzinfo=UTC)
HOUR, MINUTE, DAY = timedelta(hours=1), timedelta(minutes=1), timedelta(days=1)
FREE = Shown(Presence(AVAILABLE), Source.NOTHING)


def in_meeting(subject: str = "Budget review") -> Shown:
    said = Message.of(
        "{subject}, {kind}, {start} to {end}, {left}",
        subject=f"“{subject}”",
        kind=Message.of("a meeting"),
        start=TEN,
        end=TEN + HOUR,
        left=timedelta(minutes=25),
        n=3,
    )
    reason = Reason(
        Source.CALENDAR, said, Verdict.WON, Message.of("A meeting marked Busy makes you In a meeting.")
    )
    item = PastItem(subject, TEN, TEN + HOUR, ShowAs.BUSY, Kind.MEETING, private=True)
    presence = Presence(BUSY, IN_A_MEETING, out_of_office=True)
    return Shown(
        presence,
        Source.CALENDAR,
        (reason,),
        item,
        stale=True,
        reset_waiting=True,
        problem="timed-out",
        lync=(said,),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "history.sqlite"


@pytest.fixture
async def file(path: Path) -> AsyncIterator[SqliteHistory]:
    store = SqliteHistory(path, lambda: TEN)
    yield store
    await store.close()


@pytest.fixture(params=["file", "memory"])
async def store(request: pytest.FixtureRequest, file: SqliteHistory) -> HistoryStore:
    return file if request.param == "file" else MemoryHistory()


def beside(path: Path) -> dict[str, bytes]:
    """The files of the folder, by name."""
    return {one.name: one.read_bytes() for one in path.parent.iterdir()} if path.parent.exists() else {}


def modes(path: Path) -> set[int]:
    """The modes of the files of the folder."""
    return {stat.S_IMODE(one.stat().st_mode) for one in path.parent.iterdir()}


def block(path: Path) -> Callable[[], None]:
    """Put a text where the path is; what is returned takes it away again."""
    path.unlink(missing_ok=True)
    path.write_text("in the way")
    return path.unlink


def damage(path: Path) -> None:
    """Write nonsense over everything but the first page."""
    size = path.stat().st_size
    with path.open("r+b") as opened:
        opened.seek(4096)
        opened.write(b"\x55" * (size - 4096))


async def all_of(store: HistoryStore, account: str = ANNA) -> Past:
    return await store.read(account, TEN - 400 * DAY, TEN + 400 * DAY)


def told(past: Past) -> list[tuple[float, float, int, str]]:
    """Each span in minutes after TEN, with the number that was shown and how it ended."""
    return [
        (
            (span.start - TEN) / MINUTE,
            (span.end - TEN) / MINUTE,
            span.shown.presence.availability,
            span.ended.value,
        )
        for span in past.spans
    ]


def begin(minutes: float, shown: Shown = FREE) -> Entry:
    return Began(TEN + minutes * MINUTE, shown)


# Every store


async def test_an_empty_store_knows_nothing(store: HistoryStore) -> None:
    assert await all_of(store) == Past()


async def test_what_was_shown_comes_back_whole(store: HistoryStore) -> None:
    shown = in_meeting("Zürich {n} 😀 \udce4")
    await store.keep(ANNA, [begin(0, shown), Alive(TEN + MINUTE)])
    (span,) = (await all_of(store)).spans
    assert span.shown == shown


async def test_a_span_lasts_until_the_next_or_the_last_sign_of_life(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(0), begin(30, in_meeting())])
    await store.keep(ANNA, [Alive(TEN + 41 * MINUTE)])
    past = await all_of(store)
    assert told(past) == [(0, 30, AVAILABLE, ""), (30, 41, BUSY, "")]
    assert past.since == TEN


@pytest.mark.parametrize("how", [Ended.EXIT, Ended.OFF])
async def test_how_it_ended_is_kept(store: HistoryStore, how: Ended) -> None:
    await store.keep(ANNA, [begin(0), Stopped(TEN + 20 * MINUTE, how)])
    await store.keep(ANNA, [Alive(TEN + HOUR)])  # nothing is shown that could still be
    assert told(await all_of(store)) == [(0, 20, AVAILABLE, how.value)]


async def test_a_clock_that_is_set_back_keeps_the_order_and_shortens_nothing(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(0), Alive(TEN + 50 * MINUTE), Alive(TEN - 10 * MINUTE)])
    await store.keep(ANNA, [begin(-5, in_meeting()), Alive(TEN + 2 * MINUTE)])
    assert told(await all_of(store)) == [(0, 50, AVAILABLE, ""), (-5, 2, BUSY, "")]


async def test_a_clock_that_jumps_ahead_by_years_claims_nothing_of_them(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(0), Alive(TEN + MINUTE), Alive(TEN + 3 * 365 * DAY)])
    await store.keep(ANNA, [Began(TEN + 3 * 365 * DAY, in_meeting())])
    past = await store.read(ANNA, TEN - DAY, TEN + 4 * 365 * DAY)
    assert [(span.end - span.start) for span in past.spans] == [MINUTE, timedelta()]


async def test_a_computer_that_slept_over_the_weekend_was_shown_as_it_was(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(0), Alive(TEN + MINUTE), begin(60 * 62, in_meeting())])
    assert told(await all_of(store))[0] == (0, 60 * 62, AVAILABLE, "")


async def test_accounts_are_kept_apart(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(0), Checked(TEN), Stopped(TEN + MINUTE, Ended.OFF)])
    await store.keep(BEN, [begin(1, in_meeting()), Alive(TEN + 9 * MINUTE)])
    assert told(await all_of(store, ANNA)) == [(0, 1, AVAILABLE, "off")]
    assert told(await all_of(store, BEN)) == [(1, 9, BUSY, "")]
    assert (await all_of(store, BEN)).checks == ()


async def test_only_what_was_asked_for_is_read_with_the_span_before_it(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(minutes) for minutes in (0, 10, 20, 30, 40)])
    past = await store.read(ANNA, TEN + 25 * MINUTE, TEN + 35 * MINUTE)
    assert [start for start, *_ in told(past)] == [10, 20, 30]
    assert past.since == TEN


async def test_checks_are_kept_with_their_outcome(store: HistoryStore) -> None:
    await store.keep(
        ANNA, [Checked(TEN), Checked(TEN + 30 * MINUTE, "timed-out"), Checked(TEN + 31 * MINUTE)]
    )
    checks = (await all_of(store)).checks
    assert [(check.first, check.problem, check.count) for check in checks] == [
        (TEN, "", 1),
        (TEN + 30 * MINUTE, "timed-out", 1),
        (TEN + 31 * MINUTE, "", 1),
    ]


async def test_checks_of_every_second_become_a_row_a_minute(store: HistoryStore) -> None:
    await store.keep(ANNA, [Checked(TEN + timedelta(seconds=second)) for second in range(150)])
    await store.keep(BEN, [Checked(TEN + timedelta(seconds=10))])
    checks = (await all_of(store)).checks
    assert [(check.count, (check.first - TEN).total_seconds()) for check in checks] == [
        (60, 0),
        (60, 60),
        (30, 120),
    ]
    assert [check.last for check in checks][:2] == [TEN + timedelta(seconds=59), TEN + timedelta(seconds=119)]


async def test_checks_of_two_days_before_are_there_to_tell_when_the_calendar_was_read(
    store: HistoryStore,
) -> None:
    await store.keep(ANNA, [Checked(TEN - 3 * DAY), Checked(TEN - DAY), Checked(TEN + DAY)])
    past = await store.read(ANNA, TEN, TEN + HOUR)
    assert [check.first for check in past.checks] == [TEN - DAY]


async def test_what_is_too_old_goes_when_the_program_ends(store: HistoryStore) -> None:
    old = TEN - LONGEST - HOUR
    await store.keep(ANNA, [Began(old, FREE), Checked(old), Stopped(old + MINUTE)])
    await store.keep(ANNA, [begin(0), Checked(TEN)])
    assert len((await all_of(store)).spans) == 2  # a clock that is wrong at the start costs nothing
    await store.keep(ANNA, [Stopped(TEN + MINUTE)])
    past = await all_of(store)
    assert told(past) == [(0, 1, AVAILABLE, "exit")]
    assert len(past.checks) == 1
    assert past.since == TEN


async def test_what_is_too_old_goes_also_while_the_program_runs(store: HistoryStore) -> None:
    old = TEN - LONGEST - HOUR
    await store.keep(ANNA, [Began(old, FREE), Stopped(old + MINUTE), begin(0)])
    for minute in range(600):
        await store.keep(ANNA, [Alive(TEN + minute * MINUTE)])
    assert told(await all_of(store)) == [(0, 599, AVAILABLE, "")]


async def test_of_too_many_the_oldest_go_first(store: HistoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (history_queries, history_memory):
        monkeypatch.setattr(module, "MOST_SPANS", 5)
        monkeypatch.setattr(module, "MOST_CHECKS", 3)
    entries = [entry for minute in range(9) for entry in (begin(minute), Checked(TEN + minute * MINUTE))]
    await store.keep(ANNA, [*entries, Stopped(TEN + 9 * MINUTE)])
    past = await all_of(store)
    assert [start for start, *_ in told(past)] == [4, 5, 6, 7, 8]
    assert [(check.first - TEN) / MINUTE for check in past.checks] == [6, 7, 8]


async def test_forgetting_one_account_leaves_the_others(store: HistoryStore) -> None:
    await store.keep(BEN, [begin(0), Checked(TEN), Stopped(TEN + MINUTE, Ended.OFF)])
    await store.keep(ANNA, [begin(2, in_meeting()), Checked(TEN), Stopped(TEN + 3 * MINUTE)])
    await store.forget(ANNA)
    assert await all_of(store, ANNA) == Past()
    past = await all_of(store, BEN)
    assert (told(past), len(past.checks)) == ([(0, 1, AVAILABLE, "off")], 1)


async def test_after_deleting_what_is_shown_is_kept_from_there_on(store: HistoryStore) -> None:
    await store.keep(ANNA, [begin(0, in_meeting())])
    await store.forget()
    assert await all_of(store) == Past()
    await store.keep(ANNA, [Alive(TEN + 10 * MINUTE), Alive(TEN + 11 * MINUTE)])
    assert told(await all_of(store)) == [(10, 11, BUSY, "")]
    assert (await all_of(store)).spans[0].shown == in_meeting()


async def test_what_a_client_shows_comes_back_in_another_language(store: HistoryStore) -> None:
    client = Driven().signed_in()
    client.answer(meeting(-5, 60, "Über " + "x" * 2000))
    shown = shown_at(client.state, client.now)
    await store.keep(ANNA, [Began(client.now, shown), Alive(client.now + MINUTE)])
    (span,) = (await all_of(store)).spans
    assert span.shown == shown
    won = next(reason for reason in span.shown.reasons if reason.verdict is Verdict.WON)
    assert "Über" in Words(catalogue("de"), "de")(won.said)
    assert "eine Besprechung" in Words(catalogue("de"), "de")(won.said)
    assert span.shown.item is not None
    assert len(span.shown.item.subject) == LONGEST_TEXT
    assert len(Words()(won.said)) < 2 * LONGEST_TEXT


# The file alone


async def test_it_outlives_the_program(path: Path) -> None:
    first = SqliteHistory(path, lambda: TEN)
    await first.keep(ANNA, [begin(0, in_meeting()), Alive(TEN + MINUTE)])
    await first.close()
    second = SqliteHistory(path, lambda: TEN)
    try:
        assert told(await all_of(second)) == [(0, 1, BUSY, "")]
        await second.keep(ANNA, [Alive(TEN + HOUR)])
        assert told(await all_of(second)) == [(0, 1, BUSY, "")]  # another run's span does not go on
    finally:
        await second.close()


async def test_only_its_owner_may_read_it(file: SqliteHistory, path: Path) -> None:
    before = os.umask(0)
    try:
        await file.keep(ANNA, [begin(0)])
    finally:
        os.umask(before)
    assert set(beside(path)) >= {"history.sqlite", "history.sqlite-wal"}
    assert modes(path) == {0o600}


async def test_reading_makes_no_file(file: SqliteHistory, path: Path) -> None:
    assert await all_of(file) == Past()
    assert beside(path) == {}


GARBAGE: dict[str, tuple[Callable[[Path], None], str]] = {}


def garbage(what: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    def register(make: Callable[[Path], None]) -> Callable[[Path], None]:
        GARBAGE[make.__name__] = make, what
        return make

    return register


@garbage("it is not a history of LyncDesk")
def no_database(path: Path) -> None:
    path.write_bytes(b"My diary. " * 1000)


@garbage("it is not a history of LyncDesk")
def of_another_program(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    other.close()


@garbage("it was made by a newer LyncDesk")
def newer(path: Path) -> None:
    _filled(path)
    with sqlite3.connect(path) as ours:
        ours.execute(f"PRAGMA user_version = {history_file.VERSION + 1}")
    ours.close()


@garbage("it is damaged")
def damaged(path: Path) -> None:
    _filled(path)
    data = bytearray(path.read_bytes())
    data[4096 : 4096 * 6] = b"\x55" * (4096 * 5)
    path.write_bytes(data)


@garbage("it is damaged")
def cut_off(path: Path) -> None:
    _filled(path)
    path.write_bytes(path.read_bytes()[: 4096 * 3])


def made_by(make: Callable[[Path], None], path: Path) -> None:
    path.parent.mkdir()
    make(path)


def _filled(path: Path) -> None:
    made = history_file.HistoryFile(path, lambda: TEN)
    made.keep(ANNA, [Began(TEN + minute * MINUTE, in_meeting()) for minute in range(100)])
    made.close()


async def test_one_run_with_a_clock_years_ahead_does_not_cost_the_history(
    file: SqliteHistory, path: Path
) -> None:
    await file.keep(ANNA, [begin(0), Stopped(TEN + HOUR)])
    await file.close()
    odd = SqliteHistory(path, lambda: TEN)
    await odd.keep(ANNA, [Began(TEN + 9 * 365 * DAY, FREE), Stopped(TEN + 9 * 365 * DAY + HOUR)])
    await odd.close()
    right = SqliteHistory(path, lambda: TEN)
    try:
        await right.keep(ANNA, [begin(120), Stopped(TEN + 3 * HOUR)])
        assert told(await all_of(right)) == [(0, 60, AVAILABLE, "exit"), (120, 180, AVAILABLE, "exit")]
    finally:
        await right.close()


async def test_after_a_long_absence_the_second_time_believes_the_clock(
    file: SqliteHistory, path: Path
) -> None:
    await file.keep(ANNA, [begin(0), Stopped(TEN + HOUR)])
    await file.close()
    for day in (200, 201):
        later = SqliteHistory(path, lambda: TEN)
        await later.keep(ANNA, [Began(TEN + day * DAY, FREE), Stopped(TEN + day * DAY + HOUR)])
        spans = (await all_of(later)).spans
        await later.close()
        assert len(spans) == 2
    assert spans[0].start == TEN + 200 * DAY


@pytest.mark.parametrize("kind", GARBAGE)
async def test_a_file_that_cannot_be_used_is_put_aside_whole(
    kind: str, file: SqliteHistory, path: Path
) -> None:
    make, what = GARBAGE[kind]
    made_by(make, path)
    before = beside(path)["history.sqlite"]
    (problem,) = await file.keep(ANNA, [begin(0)])
    assert problem.name == "history-broken"
    assert what in Words()(problem.cause)
    (aside,) = (name for name in beside(path) if ".broken-" in name and not name.endswith(("-wal", "-shm")))
    assert beside(path)[aside] == before
    assert aside in Words()(problem.remedy)
    assert await file.keep(ANNA, [Alive(TEN + MINUTE)]) == ()
    assert told(await all_of(file)) == [(0, 1, AVAILABLE, "")]


def test_who_is_killed_while_a_file_is_put_aside_tells_of_it_the_next_time(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_by(damaged, path)
    broken = path.read_bytes()

    class Killed(BaseException):
        pass

    real = Path.rename
    moves: list[Path] = []

    def rename(old: Path, new: Path) -> Path:
        if moves:
            raise Killed
        moves.append(new)
        return real(old, new)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", rename)
        with pytest.raises(Killed):
            history_file.HistoryFile(path, lambda: TEN).keep(ANNA, [begin(0)])
    again = history_file.HistoryFile(path, lambda: TEN)
    assert [problem.name for problem in again.keep(ANNA, [begin(1)])] == ["history-broken"]
    again.close()
    assert [data for name, data in beside(path).items() if ".broken-" in name] == [broken]


async def test_a_file_that_is_damaged_while_it_is_used_is_put_aside(file: SqliteHistory, path: Path) -> None:
    # More than SQLite keeps in memory, so that it has to look into the file.
    await file.keep(ANNA, [Began(TEN + minute * MINUTE, in_meeting("x" * 450)) for minute in range(4000)])
    damage(path)
    await all_of(file)
    problems = await file.keep(ANNA, [begin(5000), Alive(TEN + 5001 * MINUTE)])
    assert [problem.name for problem in problems] == ["history-broken"]
    assert told(await all_of(file)) == [(5000, 5001, AVAILABLE, "")]


async def test_a_second_program_is_told_and_the_first_goes_on(file: SqliteHistory, path: Path) -> None:
    await file.keep(ANNA, [begin(0)])
    second = SqliteHistory(path, lambda: TEN)
    try:
        with pytest.raises(ProblemError) as caught:
            await second.keep(ANNA, [begin(1)])
        assert "another program uses it" in Words()(caught.value.problem.cause)
        await file.keep(ANNA, [begin(2)])
        await file.close()
        await second.keep(ANNA, [begin(3), Alive(TEN + 4 * MINUTE)])
        assert told(await all_of(second)) == [
            (0, 2, AVAILABLE, ""),
            (2, 2, AVAILABLE, ""),
            (3, 4, AVAILABLE, ""),
        ]
    finally:
        await second.close()


async def test_a_folder_that_cannot_be_written_is_told_and_tried_again(
    file: SqliteHistory, path: Path
) -> None:
    in_the_way = block(path.parent)
    with pytest.raises(ProblemError) as caught:
        await file.keep(ANNA, [begin(0)])
    assert caught.value.problem.name == "history-not-kept"
    assert str(path) in Words()(caught.value.problem.cause)
    in_the_way()
    assert await file.keep(ANNA, [begin(1), Alive(TEN + 2 * MINUTE)]) == ()
    assert told(await all_of(file)) == [(1, 2, AVAILABLE, "")]


async def test_a_full_disk_is_told_keeps_what_is_there_and_is_tried_again(
    file: SqliteHistory, path: Path
) -> None:
    """A limit of the size of files stands in for the disk: the next byte is refused by the system."""
    import resource
    import signal

    await file.keep(ANNA, [begin(0)])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    largest = path.with_name(path.name + "-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, before[1]))
    try:
        with pytest.raises(ProblemError) as caught:
            await file.keep(ANNA, [begin(1, in_meeting("x" * 9000))])
        assert caught.value.problem.name == "history-not-kept"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    await file.keep(ANNA, [begin(2)])
    assert [start for start, *_ in told(await all_of(file))] == [0, 2]


async def test_the_file_has_a_largest_size_and_then_the_oldest_go(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_file, "LARGEST", 40 * 4096)
    file = SqliteHistory(path, lambda: TEN)
    try:
        for minute in range(400):
            assert await file.keep(ANNA, [begin(minute, in_meeting(f"{minute} " + "x" * 400))]) == ()
        await file.keep(ANNA, [Alive(TEN + 400 * MINUTE)])
        spans = told(await all_of(file))
    finally:
        await file.close()
    assert len(beside(path)["history.sqlite"]) <= 40 * 4096
    assert spans[-1][:2] == (399, 400)
    first = int(spans[0][0])
    assert 0 < first < 399
    assert [start for start, *_ in spans] == list(range(first, 400))


async def test_the_largest_number_fits_into_the_largest_file() -> None:
    """The documented numbers go together: a typical row takes about a kilobyte."""
    client = Driven().signed_in()
    client.answer(meeting(-5, 60))
    from lyncdesk.client.history_text import text_of

    row = len(text_of(shown_at(client.state, client.now)))
    assert MOST_SPANS * row * 1.2 < history_file.LARGEST


async def test_a_file_that_somebody_took_away_is_made_anew(file: SqliteHistory, path: Path) -> None:
    await file.keep(ANNA, [begin(0)])
    block(path)()
    await file.keep(ANNA, [Alive(TEN + 5 * MINUTE), Alive(TEN + 6 * MINUTE)])
    assert "history.sqlite" in beside(path)
    assert told(await all_of(file)) == [(5, 6, AVAILABLE, "")]


async def test_deleting_leaves_nothing(file: SqliteHistory, path: Path) -> None:
    made_by(no_database, path)
    block(path.with_name("contacts.json"))
    await file.keep(ANNA, [begin(0, in_meeting("Secret merger"))])
    assert len(beside(path)) > 3
    await file.forget()
    assert list(beside(path)) == ["contacts.json"]
    await file.forget()  # nothing to delete is no mistake
    assert list(beside(path)) == ["contacts.json"]


@pytest.mark.parametrize("others", [True, False])
async def test_no_byte_of_a_forgotten_account_is_left(file: SqliteHistory, path: Path, others: bool) -> None:
    if others:
        await file.keep(BEN, [begin(0), Stopped(TEN + MINUTE, Ended.OFF)])
    await file.keep(ANNA, [Began(TEN + n * MINUTE, in_meeting(f"Secret merger {n}")) for n in range(300)])
    await file.keep(ANNA, [Stopped(TEN + HOUR, Ended.OFF)])
    assert any(b"Secret merger" in data for data in beside(path).values())
    await file.forget(ANNA)
    left = b"".join(beside(path).values())
    assert b"Secret" not in left
    assert ANNA.encode() not in left
    assert bool(beside(path)) is others


async def test_no_byte_is_left_of_what_became_too_old(file: SqliteHistory, path: Path) -> None:
    await file.keep(ANNA, [Began(TEN + n * MINUTE, in_meeting(f"Secret merger {n}")) for n in range(300)])
    later = TEN + LONGEST + 10 * DAY
    await file.keep(ANNA, [Began(later, FREE), Stopped(later + HOUR)])
    await file.close()
    assert not any(b"Secret" in data for data in beside(path).values())


async def test_what_cannot_be_deleted_is_told(
    file: SqliteHistory, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await file.keep(ANNA, [begin(0)])

    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(ProblemError) as caught:
        await file.forget()
    assert caught.value.problem.name == "history-not-deleted"


async def test_a_row_that_says_nothing_is_passed_over(file: SqliteHistory, path: Path) -> None:
    await file.keep(ANNA, [begin(0), begin(1, in_meeting()), begin(2), Alive(TEN + 3 * MINUTE)])
    await file.close()
    with sqlite3.connect(path) as raw:
        raw.execute('UPDATE shown SET what = \'{"availability": "x"}\' WHERE id = 2')
        raw.execute("UPDATE shown SET until = 9223372036854775807 WHERE id = 3")
    raw.close()
    assert [start for start, *_ in told(await all_of(file))] == [0]


async def test_everything_or_nothing_of_what_is_given_together(file: SqliteHistory, path: Path) -> None:
    await file.keep(ANNA, [begin(0)])
    odd = replace(FREE, presence=Presence("x"))  # type: ignore[arg-type]
    broken = Checked(TEN, None)  # type: ignore[arg-type]
    with pytest.raises(ProblemError):
        await file.keep(ANNA, [begin(1, odd), broken])
    await file.keep(ANNA, [Alive(TEN + 5 * MINUTE)])
    assert told(await all_of(file)) == [(0, 5, AVAILABLE, "")]
