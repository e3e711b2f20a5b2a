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
    later = Refusals(kept)
    assert await later.of(KEY, "wrong") == problem
    assert await later.of(KEY, "another") is None
    assert await later.of(f"{KEY}.other", "wrong") is None


async def test_the_password_itself_is_not_written_down() -> None:
    kept = await store("secret-one")
    await Refusals(kept).note(KEY, "secret-one", REFUSED)
    assert "secret-one" not in str(await kept.get(mark_key(KEY)))


@pytest.mark.parametrize("stored", [None, "another"])
async def test_nothing_is_kept_of_a_password_that_is_not_stored(stored: str | None) -> None:
    kept = await store(stored)
    await Refusals(kept).note(KEY, "wrong", REFUSED)
    assert await kept.get(mark_key(KEY)) is None


@pytest.mark.parametrize("name", ["timed-out", "sign-in-method", "connection-refused"])
async def test_what_says_nothing_about_the_password_is_not_kept(name: str) -> None:
    kept = await store()
    await Refusals(kept).note(KEY, "wrong", Problem.of(name))
    assert await kept.get(mark_key(KEY)) is None


async def test_it_ends_when_the_password_is_accepted_or_typed() -> None:
    kept = await store()
    refusals = Refusals(kept)
    await refusals.note(KEY, "wrong", REFUSED)
    await refusals.note(KEY, "another", None)
    assert await refusals.of(KEY, "wrong") == REFUSED
    await refusals.note(KEY, "wrong", None)
    assert (await refusals.of(KEY, "wrong"), await kept.get(mark_key(KEY))) == (None, None)
    await refusals.note(KEY, "wrong", REFUSED)
    await refusals.forget(KEY)
    assert (await Refusals(kept).of(KEY, "wrong"), await kept.get(mark_key(KEY))) == (None, None)


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
    assert await Refusals(kept).of(KEY, "wrong") is None


class NoKeyring(MemoryStore):
    """A keyring that holds a password and then works no more."""

    async def get(self, account: str) -> str | None:
        raise ProblemError(Problem.of("keyring-missing", code="locked"))


async def test_a_keyring_that_does_not_work_is_no_refusal_and_no_failure() -> None:
    refusals = Refusals(NoKeyring())
    await refusals.note(KEY, "wrong", REFUSED)
    assert await refusals.of(KEY, "wrong") is None
