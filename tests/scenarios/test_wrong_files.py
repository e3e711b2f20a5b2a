"""Each mistake of a scenario file is told with its line, the value as written, and what would be right."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lyncdesk.simulation.run import simulate
from lyncdesk.simulation.scenario_file import MAXIMUM_SIZE, WrongScenarioError, load, read
from lyncdesk.simulation.scenario_syntax import MOST_MISTAKES
from tests.scenarios.texts import RIGHT, after, with_line


def mistakes(text: str) -> list[str]:
    """What is said about a text, line by line."""
    with pytest.raises(WrongScenarioError) as caught:
        read(text, "day.toml")
    return [str(mistake) for mistake in caught.value.mistakes]


def test_the_text_that_the_others_vary_is_right() -> None:
    scenario = read(RIGHT, "day.toml")
    assert [person.who for person in scenario.people] == ["anna", "ben"]
    assert scenario.steps[0].line == 24
    assert scenario.expectations[0].checks[0].line == 34


SAID = {
    "an unknown key of the file": (
        with_line('until = "12:00"', 'untli = "12:00"'),
        5,
        '"untli" is no key of a scenario; did you mean "until"?',
    ),
    "an unknown key of a person": (
        with_line('signs_in = "09:05"', 'sign_in = "09:05"'),
        22,
        '"sign_in" is no key of [people.ben]; did you mean "signs_in"?',
    ),
    "an unknown key of an item": (
        with_line('location = "Room 4"', 'place = "Room 4"'),
        16,
        (
            '"place" is no key of [[people.anna.items]]; it takes all_day, start, end, subject, location,'
            " show_as, kind, private, cancelled, response"
        ),
    ),
    "an unknown key of a step": (
        after('do = "add"', 'note = "x"'),
        28,
        '"note" is no key of a step "add"; it takes at, who, do, item',
    ),
    "an unknown key of an expectation": (
        with_line('shows = "Busy"', 'show = "Busy"'),
        34,
        '"show" is no key of [[expect]]; did you mean "shows"?',
    ),
    "an unknown person": (
        with_line('viewer = "ben"', 'viewer = "bne"'),
        33,
        'viewer = "bne": no person of this scenario; did you mean "ben"?',
    ),
    "a relationship given to nobody": (
        with_line('gives = { ben = "Workgroup" }', 'gives = { carl = "Workgroup" }'),
        12,
        '"carl": no person of this scenario (one of "anna", "ben")',
    ),
    "an unknown relationship": (
        with_line('gives = { ben = "Workgroup" }', 'gives = { ben = "Friend and Family" }'),
        12,
        'ben = "Friend and Family": no relationship; did you mean "Friends and Family"?',
    ),
    "an unknown kind": (
        with_line('kind = "meeting"', 'kind = "meating"'),
        19,
        'kind = "meating": no kind; did you mean "meeting"?',
    ),
    "an unknown show-as": (
        after('kind = "meeting"', 'show_as = "Bsuy"'),
        20,
        'show_as = "Bsuy": no show-as; did you mean "Busy"?',
    ),
    "an unknown response": (
        after('kind = "meeting"', 'response = "decline"'),
        20,
        'response = "decline": no response; did you mean "declined"?',
    ),
    "an unknown step": (
        with_line('do = "add"', 'do = "ad"'),
        27,
        'do = "ad": no step; did you mean "add"?',
    ),
    "an unknown presence": (
        with_line('shows = "Busy"', 'shows = "In a meting"'),
        34,
        'shows = "In a meting": no presence; did you mean "In a meeting"?',
    ),
    "an unknown colour": (
        with_line('shows = "Busy"', 'colour = "orangs"'),
        34,
        'colour = "orangs": no colour; did you mean "orange"?',
    ),
    "an unknown problem": (
        with_line('do = "add"', 'do = "exchange_fails"\nproblem = "server-bussy"').replace(
            'item = { subject = "Call", start = "09:00", end = "09:45" }\n', ""
        ),
        28,
        'problem = "server-bussy": no problem of Exchange; did you mean "server-busy"?',
    ),
    "an unknown zone": (
        with_line('zone  = "Europe/Berlin"', 'zone  = "Europe/Berln"'),
        2,
        'zone = "Europe/Berln": no such zone; did you mean "Europe/Berlin"?',
    ),
    "a zone of a person that is unknown": (
        after('signs_in = "09:05"', 'zone = "Asia/Singapur"'),
        23,
        'zone = "Asia/Singapur": no such zone; did you mean "Asia/Singapore"?',
    ),
    "a journey to nowhere": (
        with_line('do = "add"', 'do = "travel"').replace(
            'item = { subject = "Call", start = "09:00", end = "09:45" }\n', ""
        ),
        24,
        'a step "travel" needs zone',
    ),
    "a missing date": (with_line("date  = 2026-03-02", ""), 1, "a scenario needs date"),
    "no people": (
        'date = 2026-03-02\nstart = "09:00"\n',
        1,
        "a scenario needs people: a table [people.NAME] for each",
    ),
    "a step without a time": (
        with_line('at = "09:05"', ""),
        24,
        "[[steps]] needs at",
    ),
    "a step without its item": (
        with_line('item = { subject = "Call", start = "09:00", end = "09:45" }', ""),
        24,
        'a step "add" needs item',
    ),
    "an item without an end": (
        with_line('end = "11:00"', ""),
        14,
        "[[people.anna.items]] needs end",
    ),
    "an expectation of nothing": (
        with_line('shows = "Busy"', ""),
        30,
        (
            "this expects nothing; give one of shows, colour, shape, availability, activity, subject,"
            " location, calendar, local_time, out_of_office, checks, reset_waiting, stale, problem, checked,"
            " next_check"
        ),
    ),
    "a time that is none": (
        with_line('at = "09:31"', 'at = "9:31"'),
        31,
        'at = "9:31": no time; write it as "09:30", "09:30:15", or with its day, 2026-03-02T09:30:00',
    ),
    "a time that no day has": (
        with_line('at = "09:31"', 'at = "09:61"'),
        31,
        'at = "09:61": no such time; a day goes from 00:00:00 to 23:59:59',
    ),
    "a time far off": (
        with_line('until = "12:00"', "until = 9999-12-31T23:59:59Z"),
        5,
        "until = 9999-12-31T23:59:59Z: scenarios play from 1970 to 2100",
    ),
    "a date far off": (
        after('kind = "meeting"', "all_day = true")
        .replace('end = "11:00"', "")
        .replace('start = "10:00"', "start = 0001-01-01"),
        17,
        "start = 0001-01-01: scenarios play from 1970 to 2100",
    ),
    "a date that is none": (
        with_line("date  = 2026-03-02", 'date  = "2 March"'),
        3,
        'date = "2 March": a date is needed here, like 2026-03-02',
    ),
    "an item that ends before it starts": (
        with_line('end = "11:00"', 'end = "09:00"'),
        18,
        ('end = "09:00": the item ends before it starts; give a full date-time if it ends on another day'),
    ),
    "a scenario that ends before it starts": (
        with_line('until = "12:00"', 'until = "08:00"'),
        5,
        'until = "08:00": the scenario ends before it starts',
    ),
    "an unknown array of tables, where it first is": (
        RIGHT + '[[exept]]\nat = "09:31"\n[[exept]]\nat = "09:32"\n',
        35,
        '"exept" is no key of a scenario; did you mean "expect"?',
    ),
    "a value of a policy that is nearly right": (
        after('WebServicePollInterval = "00:30:00"', 'MeetingDetailsTo = "Workgroups"'),
        9,
        (
            'MeetingDetailsTo = "Workgroups": it takes one of "Workgroup and Friends and Family",'
            ' "Workgroup"; did you mean "Workgroup"?'
        ),
    ),
    "a person who signs in before the start": (
        with_line('signs_in = "09:05"', 'signs_in = "08:05"'),
        22,
        'signs_in = "08:05": 08:05:00 on 2026-03-02 is before the start',
    ),
    "a step before the start": (
        with_line('at = "09:05"', 'at = "08:05"'),
        25,
        'at = "08:05": 08:05:00 on 2026-03-02 is before the start',
    ),
    "an expectation after the end": (
        with_line('at = "09:31"', 'at = "12:31"'),
        31,
        'at = "12:31": 12:31:00 on 2026-03-02 is after `until`',
    ),
    "text where a switch is": (
        with_line('name = "Anna Keller"', 'calendar = "yes"'),
        11,
        'calendar = "yes": true or false is needed here, without quotes',
    ),
    "a number where text is": (
        with_line('name = "Anna Keller"', "name = 3"),
        11,
        'name = 3: text is needed here, in quotes: "..."',
    ),
    "text where a number is": (
        with_line('shows = "Busy"', 'availability = "6500"'),
        34,
        'availability = "6500": a whole number is needed here',
    ),
    "a value where a table is": (
        with_line('item = { subject = "Call", start = "09:00", end = "09:45" }', 'item = "Call"'),
        28,
        'item = "Call": a table is needed here',
    ),
    "a table where an array of tables is": (
        with_line("[[steps]]", "[steps]"),
        24,
        "steps = [steps]: an array of tables is needed here",
    ),
    "a name with blanks": (
        after('signs_in = "09:05"', '[people."c d"]'),
        23,
        '"c d": a name has letters a to z, digits, "-" and "_" only',
    ),
    "two names that differ in case alone": (
        after('signs_in = "09:05"', "[people.Ben]"),
        23,
        '"Ben": this would be the same person as "ben"',
    ),
    "a person as one's own viewer": (
        with_line('viewer = "ben"', 'viewer = "anna"'),
        33,
        'viewer = "anna": this is the same person',
    ),
    "a question that only one's own client can answer": (
        with_line('shows = "Busy"', "checks = 2"),
        34,
        "checks = 2: only the person's own client knows this; leave out viewer",
    ),
    "a policy key that is unknown": (
        with_line('WebServicePollInterval = "00:30:00"', 'WebServicePolInterval = "00:30:00"'),
        8,
        '"WebServicePolInterval" is no key of [policy]; did you mean "WebServicePollInterval"?',
    ),
    "a policy value out of range": (
        with_line('WebServicePollInterval = "00:30:00"', 'WebServicePollInterval = "09:00:00"'),
        8,
        ('WebServicePollInterval = "09:00:00": it takes a duration from "00:00:01" to "08:00:00"'),
    ),
    "an item that is not there": (
        with_line('do = "add"', 'do = "remove"').replace(
            '{ subject = "Call", start = "09:00", end = "09:45" }', '{ subject = "Budget" }'
        ),
        28,
        'subject = "Budget": no item of anna has this subject then; did you mean "Budget review"?',
    ),
    "an item whose new end lies before its start": (
        with_line('do = "add"', 'do = "change"\nto = { end = "09:30" }').replace(
            '{ subject = "Call", start = "09:00", end = "09:45" }', '{ subject = "Budget review" }'
        ),
        28,
        ('end = "09:30": the item ends before it starts; give a full date-time if it ends on another day'),
    ),
    "a duration that is none": (
        with_line('do = "add"', 'do = "set_status"\nstatus = "Busy"\nfor = "soon"').replace(
            'item = { subject = "Call", start = "09:00", end = "09:45" }\n', ""
        ),
        29,
        'for = "soon": no duration; write it like "30m", "1h30m" or "00:30:00"',
    ),
    "a line that is no TOML": (
        with_line('until = "12:00"', "until = 12:00"),
        5,
        "until = 12:00: Expected newline or end of document after a statement",
    ),
    "a table that is there twice": (
        RIGHT + "[people.anna]\n",
        35,
        "[people.anna]: this table is there already",
    ),
    "a quotation mark that is missing": (
        with_line('at = "09:31"', 'at = "09:31'),
        31,
        'at = "09:31: a quotation mark is missing at the end of the text',
    ),
    "an item of days that ends on the day it starts": (
        after('kind = "meeting"', "all_day = true")
        .replace('end = "11:00"', "end = 2026-03-02")
        .replace('start = "10:00"', "start = 2026-03-02"),
        18,
        "end = 2026-03-02: the item ends before it starts; `end` is the day after its last day",
    ),
    "a switch of days that is none, which says nothing of start and end": (
        after('kind = "meeting"', 'all_day = "yes"').replace('end = "11:00"', ""),
        20,
        'all_day = "yes": true or false is needed here, without quotes',
    ),
    "an offset that is none": (
        with_line('at = "09:31"', 'at = "2026-03-02T09:31:00+25:00"'),
        31,
        'at = "2026-03-02T09:31:00+25:00": there is no such day, time or offset',
    ),
    "a time in a form that few would read": (
        with_line('at = "09:31"', 'at = "20260302T0931"'),
        31,
        (
            'at = "20260302T0931": no time; write it as "09:30", "09:30:15", or with its day,'
            " 2026-03-02T09:30:00"
        ),
    ),
    "people that are none": (
        "date = 2026-03-02\npeople = 8\n",
        2,
        "people = 8: a table is needed here",
    ),
    "a step that is no table": (
        "date = 2026-03-02\nsteps = [1]\n[people.anna]\n",
        2,
        "steps = 1: a table is needed here",
    ),
    "an item over several lines, which is one mistake": (
        with_line(
            'item = { subject = "Call", start = "09:00", end = "09:45" }',
            'item = { subject = "Call",\n  start = "09:00",\n  end = "09:45" }',
        ),
        28,
        'item = { subject = "Call",: Invalid initial character for a key part',
    ),
    "a header of a person that is no TOML, whose name is known all the same": (
        with_line("[people.ben]", "[people.ben"),
        21,
        "[people.ben: Expected ']' at the end of a table declaration",
    ),
    "what would tell the terminal something": (
        with_line('at = "09:31"', 'at = "\x1b[31m"'),
        31,
        "at = \"\\x1b[31m\": Illegal character '\\x1b'",
    ),
    "a key that is there twice": (
        after('shows = "Busy"', 'shows = "Available"'),
        35,
        'shows = "Available": this key is there already',
    ),
}


@pytest.mark.parametrize(("text", "line", "said"), SAID.values(), ids=list(SAID))
def test_a_mistake_is_told_with_its_line_and_the_value_as_written(text: str, line: int, said: str) -> None:
    assert mistakes(text) == [f"day.toml:{line}: {said}"]


def test_one_mistake_does_not_hide_another() -> None:
    text = RIGHT
    for old, new in (
        ('until = "12:00"', "until = 12:00"),
        ('kind = "meeting"', 'kind = "meating"'),
        ('at = "09:05"', 'at = "9:05"'),
        ('viewer = "ben"', 'viewer = "bne"'),
        ('shows = "Busy"', 'shwos = "Busy"'),
    ):
        text = with_line(old, new, text)
    assert [said.split(": ")[0] for said in mistakes(text)] == [
        "day.toml:5",
        "day.toml:19",
        "day.toml:25",
        "day.toml:33",
        "day.toml:34",
    ]


def test_an_item_that_ends_before_it_starts_is_told_beside_its_other_mistakes() -> None:
    text = with_line('end = "11:00"', 'end = "09:00"', with_line('kind = "meeting"', 'kind = "meating"'))
    assert [said.split(": ")[0] for said in mistakes(text)] == ["day.toml:18", "day.toml:19"]


def test_what_stood_on_a_line_that_is_no_toml_is_not_called_missing_as_well() -> None:
    assert mistakes(with_line('start = "09:00"', "start = 09:0")) == [
        "day.toml:4: start = 09:0: Expected newline or end of document after a statement"
    ]


REMOVED = '[[steps]]\nat = "09:40"\nwho = "anna"\ndo = "remove"\nitem = { subject = "Call" }\n'
CALL = 'item = { subject = "Call", start = "09:00", end = "09:45" }'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (CALL, CALL.replace("09:45", "25:00")),
        (CALL, CALL.replace(" }", ', kind = "call" }')),
        (CALL, f"{CALL}x"),
        ('who = "anna"\ndo', 'who = "ana"\ndo'),
        ('do = "add"', 'do = "ad"'),
        ('do = "add"', 'do = "insert"'),
        ('at = "09:05"', 'at = "9:05"'),
    ],
)
def test_an_item_that_could_not_be_read_is_not_called_missing_as_well(old: str, new: str) -> None:
    assert RIGHT.count(old) == 1
    assert len(read(RIGHT + REMOVED, "day.toml").steps) == 2
    assert len(mistakes(RIGHT.replace(old, new) + REMOVED)) == 1


def test_a_step_that_is_misspelt_and_a_change_of_nothing_hide_nothing() -> None:
    text = with_line('do = "add"', 'do = "set_statsu"\nstatus = "Bsuy"').replace(f"{CALL}\n", "")
    assert [said.split(": ")[0] for said in mistakes(text)] == ["day.toml:27", "day.toml:28"]
    text = with_line('do = "add"', 'do = "change"\nto = { kind = "meating", end = "9:00" }')
    text = text.replace(CALL, 'item = { subject = "Lunch" }')
    told = mistakes(text)
    assert [said.split(": ")[0] for said in told] == ["day.toml:28", "day.toml:28", "day.toml:29"]
    assert "ends before" not in "".join(mistakes(text.replace("9:00", "09:00")))


def test_very_many_mistakes_of_syntax_are_told_up_to_a_line_that_says_so() -> None:
    told = mistakes(RIGHT + "x = = 1\n" * 300)
    assert len(told) == MOST_MISTAKES + 1
    assert told[-1] == (
        f"day.toml:{34 + MOST_MISTAKES + 1}: there may be more mistakes below; they are looked for when those"
        " above are mended"
    )
    assert len(mistakes(RIGHT + "x = = 1\n" * 99)) == 99


def test_what_editors_put_before_a_text_and_at_the_end_of_lines_is_no_part_of_it(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    file.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert load(str(file)) == read(RIGHT, str(file))


def test_a_time_that_the_zone_skips_is_a_mistake_that_names_the_gap() -> None:
    text = with_line("date  = 2026-03-02", "date  = 2026-03-29").replace('"09:00"', '"00:00"')
    text = with_line('at = "09:05"', 'at = "02:30"', text)
    said = "Europe/Berlin skips this time (clocks go from 02:00 to 03:00); give another"
    assert mistakes(text) == [f'day.toml:25: at = "02:30": {said}']


def test_two_items_of_the_same_subject_cannot_be_told_apart() -> None:
    text = with_line(
        'item = { subject = "Call", start = "09:00", end = "09:45" }', 'item = { subject = "Call" }'
    )
    text = with_line('do = "add"', 'do = "remove"', text)
    same = '[[people.anna.items]]\nsubject = "Call"\nstart = "10:00"\nend = "11:00"\n'
    text = text.replace("[people.ben]", f"{same}{same}[people.ben]")
    assert mistakes(text) == ['day.toml:36: subject = "Call": 2 items of anna have this subject then']


def test_an_item_is_there_from_the_step_that_adds_it_whatever_the_order_in_the_file() -> None:
    removal = '[[steps]]\nat = "09:40"\nwho = "anna"\ndo = "remove"\nitem = { subject = "Call" }\n\n'
    read(RIGHT.replace("[[steps]]", removal + "[[steps]]", 1), "day.toml")
    too_early = removal.replace("09:40", "09:01")
    assert mistakes(RIGHT.replace("[[steps]]", too_early + "[[steps]]", 1)) == [
        'day.toml:28: subject = "Call": no item of anna has this subject then'
    ]


def test_a_file_that_is_not_there_is_told_without_a_line(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.toml")
    with pytest.raises(WrongScenarioError) as caught:
        load(missing)
    assert [str(mistake) for mistake in caught.value.mistakes] == [
        f"{missing}: cannot be read: No such file or directory"
    ]


def test_a_file_that_is_no_utf8_is_told_with_the_line(tmp_path: Path) -> None:
    file = tmp_path / "day.toml"
    file.write_bytes(b'title = "A day"\nzone = "\xff"\n')
    with pytest.raises(WrongScenarioError) as caught:
        load(str(file))
    assert [str(mistake) for mistake in caught.value.mistakes] == [f"{file}:2: this is not text in UTF-8"]


@pytest.mark.parametrize(
    "text", ["x = " + "[" * 5000, "x = " + "[" * 5000 + "]" * 5000, "#" * (MAXIMUM_SIZE + 1)]
)
def test_a_file_that_would_cost_too_much_is_refused(text: str) -> None:
    assert len(mistakes(text)) == 1


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no file without end")
def test_a_file_without_end_is_refused_and_not_read_to_its_end() -> None:
    with pytest.raises(WrongScenarioError, match="longer than"):
        load("/dev/zero")


def test_an_unfinished_text_is_told_at_the_end_of_the_file() -> None:
    assert mistakes('title = "x"\ndate = [')[0].startswith("day.toml:2: ")


def test_wrong_files_end_with_2_tell_all_mistakes_of_all_files_and_run_nothing(tmp_path: Path) -> None:
    right, wrong, worse = (tmp_path / name for name in ("right.toml", "wrong.toml", "worse.toml"))
    right.write_text(RIGHT)
    wrong.write_text(with_line('kind = "meeting"', 'kind = "meating"'))
    worse.write_text(with_line('shows = "Busy"', 'shows = "Bussy"'))
    out, err = io.StringIO(), io.StringIO()
    files = [str(right), str(wrong), str(worse)]
    assert simulate(files, json=False, wire=False, out=out, err=err) == 2
    assert out.getvalue() == ""
    assert err.getvalue().splitlines() == [
        f'{wrong}:19: kind = "meating": no kind; did you mean "meeting"?',
        f'{worse}:34: shows = "Bussy": no presence; did you mean "Busy"?',
    ]
