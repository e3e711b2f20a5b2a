"""What each response code of Exchange means to a person; any other is an error of the server."""

from __future__ import annotations

from typing import Final

CODES: Final[dict[str, str]] = {
    code: problem
    for problem, codes in {
        "version-mismatch": "ErrorInvalidServerVersion ErrorInvalidSchemaVersionForMailboxVersion"
        " ErrorIncorrectSchemaVersion ErrorWrongServerVersion",
        "server-busy": "ErrorServerBusy ErrorExceededConnectionCount ErrorTooManyObjectsOpened"
        " ErrorInsufficientResources ErrorNotEnoughMemory",
        "access-denied": "ErrorAccessDenied ErrorFolderNotFound ErrorNoFreeBusyAccess ErrorNotDelegate"
        " ErrorDelegateNoUser ErrorImpersonateUserDenied ErrorImpersonationDenied ErrorNoCalendar"
        " ErrorCallerIsInvalidADAccount",
        "not-allowed": "ErrorUserNotAllowedByPolicy",
        "no-mailbox": "ErrorNonExistentMailbox ErrorMailRecipientNotFound ErrorInvalidMailbox"
        " ErrorCannotFindUser ErrorInvalidSmtpAddress ErrorNonPrimarySmtpAddress ErrorMailboxLogonFailed",
        "mailbox-moved": "ErrorMailboxMoveInProgress ErrorMailboxFailover ErrorMailboxStoreUnavailable"
        " ErrorCrossSiteRequest ErrorNoRespondingCASInDestinationSite",
        "account-disabled": "ErrorAccountDisabled",
        "password-expired": "ErrorPasswordExpired ErrorPasswordChangeRequired",
        "item-changed": "ErrorIrresolvableConflict ErrorStaleObject ErrorInvalidChangeKey"
        " ErrorChangeKeyRequired ErrorChangeKeyRequiredForWriteOperations",
        "item-gone": "ErrorItemNotFound ErrorCalendarOccurrenceIsDeletedFromRecurrence"
        " ErrorCalendarCannotUseIdForRecurringMasterId",
        "too-many-items": "ErrorExceededFindCountLimit ErrorResultSetTooBig",
    }.items()
    for code in codes.split()
}
