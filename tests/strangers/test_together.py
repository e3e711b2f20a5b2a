"""Two strangers meet on the embedded Exchange: Anna with Evolution, Ben with ews-javascript-api."""

from tests.strangers.conftest import ANNA, BEN, PASSWORDS, VisitedExchange
from tests.strangers.evolution import Evolution
from tests.strangers.lines import Lines
from tests.strangers.test_evolution import event, opened, value
from tests.strangers.test_ews_javascript import WEEK, Account


def test_an_invitation_from_one_is_answered_by_the_other(
    exchange: VisitedExchange, evolution: Evolution, node: Lines
) -> None:
    ben = Account(node, exchange, BEN)
    assert exchange.url
    with evolution.account(exchange.url, ANNA, PASSWORDS[ANNA]) as anna:
        who = (
            f"ORGANIZER;CN=Anna Keller:mailto:{ANNA}",
            f"ATTENDEE;CN=Ben Carter;ROLE=REQ-PARTICIPANT;RSVP=TRUE;PARTSTAT=NEEDS-ACTION:mailto:{BEN}",
        )
        anna("create", event=event("Review", *who))
        (invited,) = ben("view", **WEEK)["items"]
        assert (invited["subject"], invited["response"]) == ("Review", "NoResponseReceived")
        node.ask("respond", item=invited["kept"], how="accept")
        anna("refresh")
        (review,) = opened(anna, 1)
        answers = {address.casefold(): told for told, address in review["ATTENDEE"]}
        assert "PARTSTAT=ACCEPTED" in answers[f"mailto:{BEN}"]
        anna("remove", uid=value(review, "UID"))
    assert [item["cancelled"] for item in ben("view", **WEEK)["items"]] == [True]
