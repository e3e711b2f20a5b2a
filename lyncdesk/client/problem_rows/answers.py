"""Problems with what the server answers, or with the part of LyncDesk that reads it."""

from __future__ import annotations

from lyncdesk.client.problem_rows.row import ProblemRow, Retry

ANSWERS: tuple[ProblemRow, ...] = (
    ProblemRow(
        "server-busy",
        "Exchange is busy.",
        "{server} asked to be left alone for a while.",
        "Nothing to do: LyncDesk waits as long as the server asked, then tries again.",
        trigger="ErrorServerBusy with its BackOffMilliseconds, ErrorExceededConnectionCount, too many open"
        " objects; HTTP 429 or 503 with Retry-After as seconds or as a date. At most a day is waited.",
    ),
    ProblemRow(
        "server-error",
        "Exchange reported an error.",
        "{server} answered with an error of its own: {code}.",
        "Nothing to do at once: LyncDesk tries again. If it lasts, tell your administrator the code.",
        trigger="HTTP 500, 502 and other 5xx, a SOAP fault, Outlook's page for errors, and every response"
        " code that has no row of its own, unknown ones included.",
    ),
    ProblemRow(
        "web-page",
        "A web page answered instead of Exchange.",
        "Where {server} should give Exchange Web Services, a page for people came, perhaps one to sign in.",
        "On a guest network (hotel, train) open a browser and sign in there first. Otherwise check the"
        " server address, or ask your administrator whether something that asks for a sign-in stands before"
        " Exchange Web Services.",
        account=True,
        trigger="HTML with status 200, or a redirect to Outlook on the web, AD FS or another page to sign"
        " in.",
    ),
    ProblemRow(
        "not-exchange",
        "The address does not lead to Exchange Web Services.",
        "{server} answered with something else: {code}.",
        "Check the server address; it usually ends in /EWS/Exchange.asmx.",
        account=True,
        trigger="HTTP 404, 405 and other 4xx, any other redirect, bytes that are no HTTP, a document that"
        " is no SOAP, SOAP of another service.",
    ),
    ProblemRow(
        "version-mismatch",
        "This Exchange is too old, or of another kind.",
        "{server} takes none of the versions in which LyncDesk asks (Exchange 2010 and 2013).",
        "Ask your administrator whether another address leads to a newer Exchange server.",
        Retry.NO,
        trigger="ErrorInvalidServerVersion, ErrorInvalidSchemaVersionForMailboxVersion or"
        " ErrorIncorrectSchemaVersion, after each version was tried.",
    ),
    ProblemRow(
        "not-allowed",
        "Exchange Web Services are not allowed for you.",
        "{server} refuses to serve LyncDesk for your mailbox: {code}.",
        "Ask your Exchange administrator to allow Exchange Web Services for your mailbox (EwsEnabled), and"
        " LyncDesk where applications are listed (EwsApplicationAccessPolicy).",
        Retry.NO,
        trigger="HTTP 403, as Exchange answers where Set-CASMailbox switched Exchange Web Services off or"
        " does not list the program; ErrorUserNotAllowedByPolicy.",
    ),
    ProblemRow(
        "access-denied",
        "You may not read this calendar.",
        "{server} knows you, but does not let you read the calendar this way.",
        "Ask your Exchange administrator whether Exchange Web Services are allowed for your mailbox.",
        trigger="ErrorAccessDenied, ErrorFolderNotFound, ErrorNoFreeBusyAccess and their like, and the"
        " free/busy information is refused as well.",
    ),
    ProblemRow(
        "no-mailbox",
        "There is no mailbox for this address.",
        "{server} has no mailbox for your address.",
        "Check your e-mail address.",
        Retry.NO,
        account=True,
        trigger="ErrorNonExistentMailbox, ErrorMailRecipientNotFound, ErrorNonPrimarySmtpAddress and their"
        " like.",
    ),
    ProblemRow(
        "mailbox-moved",
        "Your mailbox is being moved.",
        "{server} says that the mailbox is moving to another server.",
        "Nothing to do: LyncDesk tries again.",
        trigger="ErrorMailboxMoveInProgress, ErrorMailboxFailover, ErrorMailboxStoreUnavailable,"
        " ErrorCrossSiteRequest. The next check begins as if nothing were known of the server.",
    ),
    ProblemRow(
        "broken-answer",
        "Exchange's answer was damaged.",
        "The answer of {server} was cut off or could not be read, so it was not used: {code}.",
        "Nothing to do at once: LyncDesk tries again. If it lasts, a proxy may be in the way.",
        trigger="An empty body, one that ends too early, XML that is not well formed or declares a"
        " document type, an item without readable times, damaged compression, more than 32 MB.",
    ),
    ProblemRow(
        "too-many-items",
        "The calendar is too full to be read whole.",
        "{server} holds more than {limit} items for these days; the answer would have been incomplete.",
        "Remove items, or tell the authors of LyncDesk.",
        Retry.NO,
        trigger="The answer does not hold the last item of the window, or ErrorExceededFindCountLimit.",
    ),
    ProblemRow(
        "worker-failed",
        "The part that talks to Exchange stopped.",
        "The helper process ended or did not answer: {code}. It was replaced.",
        "Nothing to do: LyncDesk starts it again. If it lasts, send a report from Configuration information.",
        trigger="The worker process crashes, floods its pipe or writes what is no message, cannot be"
        " started, or an error arises that no other row knows.",
    ),
    ProblemRow(
        "details-missing",
        "Exchange sends no details of your items.",
        "{server} does not tell which items are meetings. They are shown as Busy, never as In a meeting, and"
        " contacts see no subject.",
        "Another server address often cures this. Test connection asks every address that it finds, and"
        " names one that delivers them; otherwise ask your administrator.",
        account=True,
        trigger="An item that is not private comes without IsMeeting. The check itself succeeds.",
    ),
)
