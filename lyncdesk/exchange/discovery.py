"""The worker's operation ``discover``: find the server of a mailbox, and choose among the addresses found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lyncdesk.exchange.asking import Asker, Reply
from lyncdesk.exchange.finding import Search
from lyncdesk.exchange.finding_result import Finding
from lyncdesk.exchange.steps import encode_step
from lyncdesk.exchange.translate import Translated, translate

if TYPE_CHECKING:
    from lyncdesk.exchange.link import Link

Part = dict[str, object]


def discover(link: Link, arguments: dict[str, Any]) -> Iterator[Part]:
    """Parts ``step`` as it goes, then ``found`` or ``problem``. ``start`` may name an address to ask
    at, ``prefer`` the address of Exchange Web Services that was chosen before.
    """
    asker = Asker(link.call, link.counter)
    search = Search(asker, link.call.address, arguments["start"])
    for step in search.run():
        yield {"step": encode_step(step)}
    finding = search.finding
    if finding.problem is None:
        yield _choice(asker, finding, arguments["prefer"])
    else:
        yield problem_part(finding.problem)


def _choice(asker: Asker, finding: Finding, prefer: str) -> Part:
    """The first address at which Exchange Web Services answer now; one that was chosen before comes first."""
    problems = []
    for url in sorted(finding.addresses, key=lambda url: url != prefer):
        problem = what_is_wrong(asker, url)
        if problem is None:
            return found_part(finding, url)
        problems.append(problem)
    return problem_part(problems[0])


def what_is_wrong(asker: Asker, url: str) -> Translated | None:
    """Why an address does not answer as Exchange Web Services do, None if it does."""
    try:
        reply = asker.get(url)
    except Exception as error:  # noqa: BLE001  translating every error is what this place is for
        return translate(error, url)
    return None if is_service(reply) else translate(reply.refusal, url)


def is_service(reply: Reply) -> bool:
    """Whether a GET without a password was answered as Exchange Web Services do: they want one, or POST."""
    return reply.status in (401, 405) or (reply.status in (200, 500) and b"Envelope" in reply.content[:2000])


def found_part(finding: Finding, chosen: str) -> Part:
    """What is kept of a finding."""
    internal, external = (next(iter(urls), "") for urls in (finding.internal, finding.external))
    told = {"chosen": chosen, "internal": internal, "external": external}
    return {"found": {**told, "how": finding.how.value, "via": finding.via}}


def problem_part(problem: Translated) -> Part:
    """What stood in the way."""
    return {"problem": [problem.problem, problem.values], "back_off": problem.back_off}
