"""A running client whose account names no server: it is found, kept over a restart, and found anew."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from lyncdesk.client import events as ev
from lyncdesk.client.found import found_from
from lyncdesk.client.state import Health
from lyncdesk.machine.settings_store import MemorySettingsStore
from tests.exchange.client import discovery_servers as said
from tests.exchange.client import raw_server as raw
from tests.exchange.client.discovery_servers import ADDRESS, behind_a_password, by_path, signed
from tests.exchange.client.live_client import Client, running_client, settings_for
from tests.exchange.client.sessions import PASSWORD
from tests.exchange.client.small_world import Organisation

MAIL = by_path(ews=behind_a_password(raw.calendar(raw.ITEM)))
OLD, NEW = (f"https://{host}.corp.example/EWS/Exchange.asmx" for host in ("old", "new"))


def client(corp: Organisation, store: MemorySettingsStore) -> AbstractAsyncContextManager[Client]:
    return running_client(corp.account(), store=store, worker=corp.world.worker())


def directions(corp: Organisation, url: str) -> raw.Behaviour:
    return by_path(svc=behind_a_password(raw.answers(said.soap(external=url))))


async def test_the_server_that_was_found_outlives_the_program(corp: Organisation) -> None:
    domain = corp.host("corp.example", directions(corp, OLD))
    corp.host("old.corp.example", MAIL)
    store = settings_for(corp.account())
    async with client(corp, store) as running:
        state = await running.until(lambda state: state.calendar.health is Health.OK)
        assert len(state.calendar.items) == 1
        assert state.found[ADDRESS].chosen == OLD
    assert found_from(store.load()[0])[ADDRESS].chosen == OLD
    asked = len(domain.requests)
    async with client(corp, store) as running:
        await running.until(lambda state: state.calendar.health is Health.OK)
    assert len(domain.requests) == asked


async def test_a_server_that_moved_is_found_anew_and_kept(corp: Organisation) -> None:
    domain = corp.host("corp.example", directions(corp, OLD))
    old = corp.host("old.corp.example", MAIL)
    corp.host("new.corp.example", MAIL)
    store = settings_for(corp.account())
    async with client(corp, store) as running:
        await running.until(lambda state: state.calendar.health is Health.OK)
        old.behaviour, domain.behaviour = said.nothing, directions(corp, NEW)
        running.session.post(ev.CheckNow())
        state = await running.until(lambda state: state.found[ADDRESS].chosen == NEW)
        assert state.calendar.health is Health.OK
    assert found_from(store.load()[0])[ADDRESS].chosen == NEW


async def test_a_refused_password_stops_the_client_after_one_attempt(corp: Organisation) -> None:
    refusing = raw.REFUSES
    for host in ("corp.example", "autodiscover.corp.example"):
        corp.host(host, refusing)
    async with client(corp, settings_for(corp.account())) as running:
        state = await running.until(lambda state: state.calendar.health is Health.STOPPED)
        assert state.calendar.problem is not None
        assert state.calendar.problem.name == "refused-password"
        assert not await running.session.test_connection(corp.account(), None, lambda _step: None)
        assert len(signed(corp.requests())) == 1


async def test_an_account_that_was_found_by_test_connection_is_saved_with_its_server(
    corp: Organisation,
) -> None:
    corp.host("corp.example", directions(corp, OLD))
    corp.host("old.corp.example", MAIL)
    store = MemorySettingsStore("")
    async with client(corp, store) as running:
        assert await running.session.test_connection(corp.account(), PASSWORD, lambda _step: None)
        assert found_from(store.load()[0]) == {}  # a test saves nothing
        await running.session.save_account(corp.account(), PASSWORD, keep=False)
        await running.until(lambda state: state.calendar.health is Health.OK)
    assert found_from(store.load()[0])[ADDRESS].chosen == OLD
