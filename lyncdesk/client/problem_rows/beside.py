"""Problems beside a failed check: what one cannot tell, contacts' calendars, what is written to one's own."""

from __future__ import annotations

from lyncdesk.client.problem_rows.row import ProblemRow, Retry

BESIDE: tuple[ProblemRow, ...] = (
    ProblemRow(
        "items-missing",
        "Some of your recurring items may be missing.",
        "{server} does not take recurring items apart, and LyncDesk could not do so for all of them. You may"
        " be shown as Available while one of them runs.",
        "Ask your administrator for the address of another server. Until then set your status by hand when an"
        " item is missing.",
        trigger="A series comes as a whole, and what is needed to take it apart cannot be read, or there are"
        " too many. The check itself succeeds.",
    ),
    ProblemRow(
        "contacts-not-read",
        "Your contacts' calendars could not be read.",
        "Reading them ended with: {why} What is shown of your contacts is what was last known.",
        "Nothing to do at once: LyncDesk tries again. Check calendar now tries at once.",
        trigger="The request for the contacts' free/busy information ended in one of the problems above,"
        " while the own calendar can be read.",
    ),
    ProblemRow(
        "right-changed",
        "The permission was changed by somebody else.",
        "It is not as it was shown here, so it was left alone: nothing was written to {server}.",
        "Look at it as it is now, then choose again.",
        Retry.NO,
        trigger="The person's entry in the permissions of the calendar is not the one that was shown, or the"
        " folder's change key is another one: ErrorIrresolvableConflict and its like.",
    ),
    ProblemRow(
        "right-refused",
        "Exchange did not take the permission.",
        "{server} answered {code}. The permissions of your calendar are as they were.",
        "Give it in Outlook, or ask your Exchange administrator.",
        Retry.NO,
        trigger="UpdateFolder is answered with any other error, such as ErrorInvalidUserInfo for somebody"
        " outside the organisation.",
    ),
    ProblemRow(
        "item-changed",
        "The item was changed by somebody else.",
        "It is not as it was at the last calendar check, so its Show As was left alone: nothing was written"
        " to {server}.",
        "Look at it as it is now, then pick again.",
        Retry.NO,
        trigger="The change key of the last check is not the item's any more: ErrorIrresolvableConflict,"
        " ErrorStaleObject and their like.",
    ),
    ProblemRow(
        "item-gone",
        "The item is not in the calendar any more.",
        "It was deleted or moved after the last calendar check. Nothing was written to {server}.",
        "Nothing to do: the calendar is read anew.",
        Retry.NO,
        trigger="ErrorItemNotFound, or the occurrence was deleted from its series.",
    ),
    ProblemRow(
        "write-denied",
        "You may not change this item.",
        "{server} lets you read it, but not change it. Nothing was written.",
        "Change it in Outlook, or ask your Exchange administrator whether Exchange Web Services may change"
        " your calendar.",
        Retry.NO,
        trigger="ErrorAccessDenied in answer to an UpdateItem.",
    ),
)
