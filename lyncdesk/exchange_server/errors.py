"""What can go wrong in a request, in the words of Exchange. The texts are those of its own messages."""

TEXTS = {
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorCalendarCannotMoveOrCopyOccurrence": "An occurrence cannot be moved or copied.",
    "ErrorAccountDisabled": "The account is disabled.",
    "ErrorCalendarCannotUseIdForOccurrenceId": "The id is not that of a recurring master.",
    "ErrorCalendarCannotUseIdForRecurringMasterId": "The id is not that of an occurrence.",
    "ErrorCalendarDurationIsTooLong": "The calendar item cannot last longer than five years.",
    "ErrorCalendarEndDateIsEarlierThanStartDate": "The end date is earlier than the start date.",
    "ErrorCalendarFolderIsInvalidForCalendarView": "A calendar view can be used only with a calendar folder.",
    "ErrorCalendarInvalidPropertyValue": "A property of the calendar item has a value that is not valid.",
    "ErrorCalendarInvalidRecurrence": "The recurrence is not valid.",
    "ErrorCalendarInvalidTimeZone": "The time zone is not valid.",
    "ErrorCalendarIsCancelledForAccept": "A meeting that was cancelled cannot be accepted.",
    "ErrorCalendarIsCancelledForDecline": "A meeting that was cancelled cannot be declined.",
    "ErrorCalendarIsCancelledForTentative": "A meeting that was cancelled cannot be accepted tentatively.",
    "ErrorCalendarIsNotOrganizer": "Only the organizer can cancel the meeting.",
    "ErrorCalendarIsOrganizerForAccept": "You cannot accept a meeting of your own.",
    "ErrorCalendarIsOrganizerForDecline": "You cannot decline a meeting of your own.",
    "ErrorCalendarIsOrganizerForRemove": "You cannot remove a meeting of your own; cancel it.",
    "ErrorCalendarIsOrganizerForTentative": "You cannot tentatively accept a meeting of your own.",
    "ErrorCalendarMeetingRequestIsOutOfDate": "The meeting request is out of date.",
    "ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange": "Occurrence index is out of recurrence range.",
    "ErrorCalendarOccurrenceIsDeletedFromRecurrence": (
        "Occurrence with this index was previously deleted from the recurrence."
    ),
    "ErrorCalendarViewRangeTooBig": "The specified view range exceeds the maximum range of two years.",
    "ErrorCannotCreateCalendarItemInNonCalendarFolder": (
        "Cannot create a calendar item in a folder of another type."
    ),
    "ErrorCannotFindUser": "The user cannot be found.",
    "ErrorCannotSetCalendarPermissionOnNonCalendarFolder": "Only calendars take calendar permissions.",
    "ErrorCannotSetNonCalendarPermissionOnCalendarFolder": "A calendar takes calendar permissions only.",
    "ErrorCannotSetPermissionUnknownEntries": "Unknown entries of a permission set cannot be set.",
    "ErrorCannotUseFolderIdForItemId": "Id is for a folder, not an item.",
    "ErrorCannotUseItemIdForFolderId": "Id is for an item, not a folder.",
    "ErrorChangeKeyRequiredForWriteOperations": "A change key is required for this operation.",
    "ErrorContainsFilterWrongType": "Contains works on texts only.",
    "ErrorCrossMailboxMoveCopy": "Items cannot be moved or copied from one mailbox to another.",
    "ErrorDuplicateUserIdsSpecified": "A user is named more than once.",
    "ErrorExceededConnectionCount": (
        "You have exceeded the available concurrent connections for your account."
    ),
    "ErrorExceededFindCountLimit": "More was found than one answer holds. Use a narrower view.",
    "ErrorExceededSubscriptionCount": "You have exceeded the available subscriptions for this account.",
    "ErrorExpiredSubscription": "The subscription has expired.",
    "ErrorFolderNotFound": "The specified folder could not be found in the store.",
    "ErrorFreeBusyGenerationFailed": "Unable to generate free/busy information.",
    "ErrorImpersonateUserDenied": "The account does not have permission to impersonate the requested user.",
    "ErrorIncorrectUpdatePropertyCount": (
        "An object within a change description must contain one and only one property to modify."
    ),
    "ErrorInternalServerError": "An internal server error occurred. The operation failed.",
    "ErrorInternalServerTransientError": "An internal server error occurred. Try again later.",
    "ErrorInvalidChangeKey": "The change key is invalid.",
    "ErrorInvalidExtendedProperty": "The extended property attribute combination is invalid.",
    "ErrorInvalidExtendedPropertyValue": "The value of the extended property is invalid.",
    "ErrorInvalidFolderTypeForOperation": "The folder is of another type than the operation needs.",
    "ErrorInvalidFreeBusyViewType": "The requested free/busy view is not valid.",
    "ErrorInvalidIdMalformed": "Id is malformed.",
    "ErrorInvalidIndexedPagingParameters": "The indexed paging parameters are not valid.",
    "ErrorInvalidItemForOperationCreateItem": "Only calendar items can be created here.",
    "ErrorInvalidMergedFreeBusyInterval": (
        "The merged free/busy interval must lie between 5 and 1440 minutes."
    ),
    "ErrorInvalidNameForNameResolution": "The name to resolve is empty or too long.",
    "ErrorInvalidOperation": "The operation is not supported.",
    "ErrorInvalidPagingMaxRows": "The number of entries must be greater than zero.",
    "ErrorInvalidPermissionSettings": "The permission settings are not valid.",
    "ErrorInvalidPropertyAppend": "The property does not support appending.",
    "ErrorInvalidPropertyDelete": "The property cannot be deleted.",
    "ErrorInvalidPropertySet": "Set action is invalid for property.",
    "ErrorInvalidPullSubscriptionId": "The subscription is not one that can be asked.",
    "ErrorInvalidPushSubscriptionUrl": "The URL for push notifications cannot be used.",
    "ErrorInvalidReferenceItem": "The reference item is not valid for this operation.",
    "ErrorInvalidRequest": "The request is invalid.",
    "ErrorInvalidScheduledOofDuration": "The start of the scheduled time must be earlier than its end.",
    "ErrorInvalidSchemaVersionForMailboxVersion": (
        "The schema version of the request is not valid for the version of the mailbox."
    ),
    "ErrorInvalidServerVersion": "The specified server version is invalid.",
    "ErrorInvalidSubscription": "The subscription is of another kind.",
    "ErrorInvalidSubscriptionRequest": "Subscribe either to folders or to all of them.",
    "ErrorInvalidSyncStateData": "Synchronization state data is corrupt or otherwise invalid.",
    "ErrorInvalidTimeInterval": "The end of the time interval must be later than its start.",
    "ErrorInvalidUserInfo": "The user is not known.",
    "ErrorInvalidUserOofSettings": "The Out of Office settings are not valid.",
    "ErrorInvalidValueForProperty": "The specified value is invalid for property.",
    "ErrorInvalidRestriction": "The restriction is not valid.",
    "ErrorIrresolvableConflict": (
        "The send or update operation could not be performed because the change key passed "
        "in the request does not match the current change key for the item."
    ),
    "ErrorInvalidWatermark": "The watermark used for creating this subscription or for asking is invalid.",
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "ErrorMailRecipientNotFound": "Unable to resolve the e-mail address to an Active Directory object.",
    "ErrorMailboxDataArrayEmpty": "The array of mailboxes is empty.",
    "ErrorMailboxDataArrayTooBig": "The array of mailboxes holds more than 100 mailboxes.",
    "ErrorMailboxMoveInProgress": "The mailbox is being moved. Try again later.",
    "ErrorMailboxStoreUnavailable": "The mailbox database is temporarily unavailable.",
    "ErrorMessageSizeExceeded": "The item is larger than an item may be.",
    "ErrorMimeContentConversionFailed": "Conversion of the MIME content failed.",
    "ErrorMimeContentInvalid": "The MIME content is invalid.",
    "ErrorMimeContentInvalidBase64String": "The MIME content is not a valid base64 string.",
    "ErrorMissedNotificationEvents": "Events were missed: subscribe and look at the folders anew.",
    "ErrorMoveCopyFailed": "The item cannot be moved or copied there.",
    "ErrorNameResolutionMultipleResults": "Multiple results were found.",
    "ErrorNameResolutionNoResults": "No results were found.",
    "ErrorNoFreeBusyAccess": "The caller has no access to free/busy data.",
    "ErrorNonExistentMailbox": "The SMTP address has no mailbox associated with it.",
    "ErrorOccurrenceCrossingBoundary": (
        "The occurrence cannot be moved onto or past the day of the one before or after it."
    ),
    "ErrorPasswordChangeRequired": "The password must be changed.",
    "ErrorPasswordExpired": "The password has expired.",
    "ErrorProxyRequestProcessingFailed": "Unable to send a cross-forest request for the mailbox.",
    "ErrorQuotaExceeded": "The mailbox holds as much as it may.",
    "ErrorRecurrenceHasNoOccurrence": "The recurrence has no occurrence.",
    "ErrorRestrictionTooComplex": "The restriction has too many expressions.",
    "ErrorResultSetTooBig": "The result set contains too many calendar entries.",
    "ErrorSchemaValidation": "The request failed schema validation.",
    "ErrorSendAsDenied": "The account has no permission to send in the name of the other one.",
    "ErrorSendMeetingCancellationsRequired": (
        "SendMeetingCancellations attribute is required for calendar items."
    ),
    "ErrorSendMeetingInvitationsOrCancellationsRequired": (
        "SendMeetingInvitationsOrCancellations attribute is required for calendar items."
    ),
    "ErrorSendMeetingInvitationsRequired": "SendMeetingInvitations attribute is required for calendar items.",
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
    "ErrorSubscriptionAccessDenied": "The subscription is not yours.",
    "ErrorSubscriptionDelegateAccessNotSupported": "The folders of others cannot be subscribed to.",
    "ErrorSubscriptionNotFound": "The specified subscription was not found.",
    "ErrorTimeIntervalTooBig": "The time interval is longer than 62 days.",
    "ErrorTimeZone": "The time zone of the request is not valid.",
    "ErrorTimeoutExpired": "The request timed out.",
    "ErrorUnheardOf": "Something happened that no client has been told of.",
    "ErrorUnsupportedPathForQuery": "The property cannot be used in a restriction.",
    "ErrorUnsupportedPathForSortGroup": "The property can not be used for sorting or grouping.",
    "ErrorUnsupportedQueryFilter": "The restriction, view or grouping is not supported.",
    "ErrorUnsupportedTypeForConversion": "The conversion is not supported.",
    "ErrorUpdatePropertyMismatch": "The property of the path does not match that of the value.",
}


class EwsError(Exception):
    """An answer that is an error; `code` is a response code of the EWS schema, `detail` says what was
    wrong.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        self.code = code
        self.detail = detail
        super().__init__(code)

    @property
    def text(self) -> str:
        return f"{TEXTS[self.code]} {self.detail}".rstrip()


class RowError(EwsError):
    """One row of an answer failed; the other rows stand."""


class SoapFault(EwsError):  # noqa: N818 - the word of SOAP
    """The whole request failed; `values` go into the fault's MessageXml."""

    def __init__(self, code: str, detail: str = "", values: tuple[tuple[str, str], ...] = (),
                 line: int | None = None) -> None:  # fmt: skip
        super().__init__(code, detail)
        self.values = values
        self.line = line


def invalid(detail: str, line: int | None = None) -> SoapFault:
    """The fault for a request that the schema does not allow."""
    return SoapFault("ErrorSchemaValidation", detail, line=line)
