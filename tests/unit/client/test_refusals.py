"""What a credential store remembers of refused passwords."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lyncdesk.client.ports import ProblemError
from lyncdesk.client.problems import Problem
from lyncdesk.client.refusals import LASTING, Refusals, mark_key
from lyncdesk.machine.credentials import MemoryStore

KEY = "anna@litware.example at mail.litware.example"
REFUSED = Problem.of("refused-password", server="mail.litware.example")


async def store(password: str | None = "wrong") -> MemoryStore:
    kept = MemoryStore()
    if password is not None:
        await kept.set(KEY, password)
    return kept


@pytest.mark.parametrize("name", sorted(LASTING))
async def test_a_stored_password_that_was_refused_is_known_to_later_runs(name: str) -> None:
    kept, problem = await store(), Problem.of(name, server="mail.litware.example")
    await Refusals(kept).note(KEY, "wrong", problem)
    assert await Refusals(kept).stored(KEY) == ("wrong", problem)
    await kept.set(f"{KEY}.other", "wrong")
    assert await Refusals(kept).stored(f"{KEY}.other") == ("wrong", None)
    await kept.set(KEY, "another")
    assert await Refusals(kept).stored(KEY) == ("another", None)


async def test_the_password_itself_is_not_written_down() -> None:
    kept = await store("secret-one")
    await Refusals(kept).note(KEY, "secret-one", REFUSED)
    [mark] = await kept.get(mark_key(KEY))
    assert mark is not None
    assert "secret-one" not in mark
    await Refusals(kept).typed(KEY)
    await Refusals(kept).note(KEY, "secret-one", REFUSED)
    assert await kept.get(mark_key(KEY)) != (mark,)  # nobody learns from it that two passwords are the same


@pytest.mark.parametrize("stored", [None, "another"])
async def test_nothing_is_kept_of_a_password_that_is_not_stored(stored: str | None) -> None:
    kept = await store(stored)
    await Refusals(kept).note(KEY, "wrong", REFUSED)
    assert await kept.get(mark_key(KEY)) == (None,)


@pytest.mark.parametrize("name", ["timed-out", "sign-in-method", "connection-refused"])
async def test_what_says_nothing_about_the_password_is_not_kept(name: str) -> None:
    kept = await store()
    await Refusals(kept).note(KEY, "wrong", Problem.of(name))
    assert await kept.get(mark_key(KEY)) == (None,)


async def test_it_ends_when_the_password_is_accepted_or_typed() -> None:
    kept = await store()
    refusals = Refusals(kept)
    await refusals.note(KEY, "wrong", REFUSED)
    await refusals.note(KEY, "another", None)
    assert await refusals.stored(KEY) == ("wrong", REFUSED)
    await refusals.note(KEY, "wrong", None)
    assert await kept.get(KEY, mark_key(KEY)) == ("wrong", None)
    await refusals.note(KEY, "wrong", REFUSED)
    await refusals.typed(KEY)
    assert await kept.get(KEY, mark_key(KEY)) == ("wrong", None)
    await refusals.note(KEY, "wrong", REFUSED)
    assert await Refusals(kept).stored(KEY) == ("wrong", REFUSED)


async def test_it_is_forgotten_with_its_password_and_not_kept_after_it() -> None:
    kept = await store()
    refusals = Refusals(kept)
    await refusals.note(KEY, "wrong", REFUSED)
    await refusals.forget(KEY)
    assert await kept.get(KEY, mark_key(KEY)) == (None, None)
    await refusals.note(KEY, "wrong", REFUSED)
    assert await kept.get(KEY, mark_key(KEY)) == (None, None)


class Counting(MemoryStore):
    """A store that counts the questions: each is a process where it is a keyring."""

    questions = 0

    async def get(self, *accounts: str) -> tuple[str | None, ...]:
        self.questions += 1
        return await super().get(*accounts)

    async def set(self, account: str, password: str) -> None:
        self.questions += 1
        await super().set(account, password)

    async def forget(self, *accounts: str) -> None:
        self.questions += 1
        await super().forget(*accounts)


async def test_a_stored_password_and_its_refusal_cost_one_question_and_what_is_accepted_none() -> None:
    kept = Counting()
    await kept.set(KEY, "right")
    kept.questions, refusals = 0, Refusals(kept)
    assert await refusals.stored(KEY) == ("right", None)
    for _ in range(3):
        await refusals.note(KEY, "right", None)
    assert kept.questions == 1
    for _ in range(3):
        await refusals.note(KEY, "right", REFUSED)
    assert kept.questions == 3  # whether it is the stored one, and the memory of it
    await refusals.forget(KEY)
    assert kept.questions == 4


@given(
    st.one_of(
        st.text(max_size=50),
        st.just("[" * 3000),
        st.recursive(
            st.none() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner)
                | st.dictionaries(st.sampled_from(["salt", "digest", "problem", "values"]), inner)
            ),
        ).map(json.dumps),
    )
)
async def test_what_makes_no_sense_says_nothing(text: str) -> None:
    kept = await store()
    await kept.set(mark_key(KEY), text)
    assert await Refusals(kept).stored(KEY) == ("wrong", None)


@pytest.mark.parametrize("name", ["timed-out", "no such problem"])
async def test_no_other_problem_is_believed_to_be_a_refusal(name: str) -> None:
    kept = await store()
    await Refusals(kept).note(KEY, "wrong", REFUSED)
    [mark] = await kept.get(mark_key(KEY))
    assert mark is not None
    await kept.set(mark_key(KEY), mark.replace(REFUSED.name, name))
    assert await Refusals(kept).stored(KEY) == ("wrong", None)


async def test_no_more_is_read_of_it_than_was_ever_written() -> None:
    kept = await store()
    await Refusals(kept).note(KEY, "wrong", REFUSED)
    [mark] = await kept.get(mark_key(KEY))
    assert mark is not None
    await kept.set(mark_key(KEY), mark + " " * 4096)
    assert await Refusals(kept).stored(KEY) == ("wrong", None)


class NoKeyring(MemoryStore):
    """A keyring that works no more."""

    async def get(self, *accounts: str) -> tuple[str | None, ...]:
        raise ProblemError(Problem.of("keyring-missing", code="locked"))


async def test_a_keyring_that_does_not_work_remembers_nothing_and_that_is_no_failure_of_the_check() -> None:
    refusals = Refusals(NoKeyring())
    await refusals.note(KEY, "wrong", REFUSED)
    with pytest.raises(ProblemError):
        await refusals.stored(KEY)
