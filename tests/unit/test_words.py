"""Words: sentences from messages, times and lengths as people say them; values are never templates."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.words import Words, catalogue, identity, languages, shipped
from lyncdesk.presence.items import ShowAs
from lyncdesk.presence.message import Message
from lyncdesk.presence.relationships import Relationship

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 9, 9, 0, tzinfo=UTC)  # a Wednesday, 10:00 in Berlin
WORDS = Words(zone=BERLIN, now=NOW)


def test_a_template_is_filled_with_its_values() -> None:
    said = WORDS("Calendar as of {time}, next check {next}.", time=NOW, next=NOW + timedelta(minutes=30))
    assert said == "Calendar as of 10:00, next check 10:30."


def test_a_message_speaks_for_itself_and_messages_nest() -> None:
    inner = Message.of("“{subject}”", subject="Budget review")
    assert WORDS(Message.of("You are in {item}.", item=inner)) == "You are in “Budget review”."


def test_a_missing_value_is_a_dash_and_never_an_error() -> None:
    assert WORDS("{server} did not answer.") == "- did not answer."


@given(st.text(), st.text())
def test_values_are_never_templates(subject: str, other: str) -> None:
    said = WORDS("{a}|{b}", a=subject, b=other)
    assert said == f"{subject}|{other}"


@pytest.mark.parametrize("subject", ["{b}", "{", "}", "{}", "{0}", "%s", r"\1", "{b.__class__}"])
def test_braces_in_a_subject_stay_as_they_are(subject: str) -> None:
    assert WORDS("{a} {b}", a=subject, b="x") == f"{subject} x"


@given(st.text())
def test_no_template_can_crash(template: str) -> None:
    assert isinstance(WORDS(template, n=1), str)


def test_the_empty_text_stays_empty_in_every_language() -> None:
    assert Words(catalogue("de"))("") == ""


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW + timedelta(minutes=32), "10:32"),
        (datetime(2026, 12, 9, 22, 59, tzinfo=UTC), "23:59"),
        (datetime(2026, 12, 9, 23, 0, tzinfo=UTC), "tomorrow 0:00"),
        (datetime(2026, 12, 10, 7, 0, tzinfo=UTC), "tomorrow 8:00"),
        (datetime(2026, 12, 8, 16, 0, tzinfo=UTC), "yesterday 17:00"),
        (datetime(2026, 12, 14, 7, 0, tzinfo=UTC), "Mon 8:00"),
        (datetime(2026, 12, 15, 7, 0, tzinfo=UTC), "Tue 8:00"),
        (datetime(2026, 12, 16, 7, 0, tzinfo=UTC), "16 Dec 8:00"),
        (datetime(2026, 12, 2, 7, 0, tzinfo=UTC), "2 Dec 8:00"),
        (datetime(2027, 1, 4, 7, 0, tzinfo=UTC), "4 Jan 2027 8:00"),
    ],
)
def test_the_day_is_told_unless_it_is_today(moment: datetime, said: str) -> None:
    assert WORDS.moment(moment) == said


def test_today_is_the_day_in_the_zone_of_the_person() -> None:
    late = datetime(2026, 12, 9, 23, 30, tzinfo=UTC)  # 0:30 on the 10th in Berlin
    assert WORDS.at(late).moment(late) == "0:30"
    assert Words(zone=ZoneInfo("America/New_York"), now=NOW).moment(late) == "18:30"


def test_without_a_moment_to_speak_at_only_the_time_is_told() -> None:
    assert Words(zone=BERLIN)("{time}", time=datetime(2026, 1, 1, 7, 0, tzinfo=UTC)) == "8:00"


def test_the_time_of_day_is_written_as_the_locale_writes_it() -> None:
    words = Words(time=lambda moment: moment.strftime("%I:%M %p"), zone=BERLIN, now=NOW)
    assert words("until {time}", time=NOW + timedelta(hours=4)) == "until 02:00 PM"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), "0 seconds"),
        (timedelta(seconds=-5), "0 seconds"),
        (timedelta(seconds=1), "1 second"),
        (timedelta(seconds=45), "45 seconds"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=25, seconds=59), "25 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=65), "1 h 5 min"),
        (timedelta(hours=8), "8 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, minutes=59), "1 day"),
        (timedelta(days=2, hours=3), "2 d 3 h"),
        (timedelta(days=14), "14 days"),
    ],
)
def test_a_length_of_time_is_said_in_words(length: timedelta, said: str) -> None:
    assert WORDS("{age}", age=length) == said


def test_states_and_relationships_are_translated_other_text_is_not() -> None:
    words = Words(lambda text: {"Workgroup": "Arbeitsgruppe", "Out of office": "Abwesend"}.get(text, text))
    assert words("{level}", level=Relationship.WORKGROUP) == "Arbeitsgruppe"
    assert words("{show_as}", show_as=ShowAs.OOF) == "Abwesend"
    assert words("{subject}", subject="Workgroup") == "Workgroup"


@pytest.mark.parametrize(
    ("number", "english", "german"), [(7.2, "7.2", "7,2"), (8.04, "8", "8"), (0.96, "1", "1")]
)
def test_a_number_is_written_with_one_digit_after_the_point_as_the_language_does(
    number: float, english: str, german: str
) -> None:
    assert Words().tenths(number) == english
    assert Words(catalogue("de")).tenths(number) == german


def test_a_date_is_its_day_and_month() -> None:
    assert Words().date(date(2026, 12, 4)) == "4 Dec"
    assert Words(catalogue("de")).date(date(2026, 12, 4)) == "4. Dez."


@pytest.mark.parametrize(
    ("wanted", "language"), [("de_AT", "de"), ("de-CH", "de"), ("en_GB", "en"), ("fr_FR", "en"), ("", "en")]
)
def test_the_language_is_the_wanted_one_if_it_ships_and_else_english(wanted: str, language: str) -> None:
    assert shipped(wanted) == language


def test_a_language_without_a_catalogue_is_english() -> None:
    assert catalogue("tlh")("Busy") == "Busy"
    assert identity("Busy") == "Busy"


def test_english_and_german_ship() -> None:
    assert languages() == ("en", "de")
