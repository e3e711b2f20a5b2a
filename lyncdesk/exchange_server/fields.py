"""The properties of a calendar item: one row each, in the order in which the schema wants them.

A row says how the property is read from an entry, how it is written (None: read-only), what it is compared
as, and in which answers it appears. Properties of the schema that this server does not keep are listed by
name, so that asking for them is not a mistake; they are simply absent, as on a real server for an item
without them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from lyncdesk.exchange_server import item_reading as read
from lyncdesk.exchange_server import item_writing as write
from lyncdesk.exchange_server import message_reading as responses
from lyncdesk.exchange_server import series_reading as occurrences
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.item_writing import Changes
from lyncdesk.exchange_server.markup import Element
from lyncdesk.exchange_server.model import SENSITIVITIES, SHOW_AS
from lyncdesk.exchange_server.zone_reading import read_definition, read_meeting_zone

Kind = Literal["text", "boolean", "moment", "integer", "none"]
Read = Callable[[Look], Element | str | None]
Write = Callable[[Element], Changes]


@dataclass(frozen=True, slots=True)
class Field:
    """One property. `deep`: in GetItem only; `default`: in the shape Default; `clear`: what deleting it
    sets.
    """

    uri: str
    read: Read
    kind: Kind = "text"
    write: Write | None = None
    clear: Changes | None = None
    deep: bool = False
    default: bool = False

    @property
    def element(self) -> str:
        return self.uri.partition(":")[2]


def _extra(uri: str, kind: Kind, parse: write.Parse, default: str | None = None) -> Field:
    name = uri.partition(":")[2]
    return Field(uri, read.kept(name, default), kind, write.kept(name, parse), {"extras": {name: None}})


def _people(uri: str, attribute: str) -> Field:
    return Field(
        uri, read.people(uri.partition(":")[2], attribute), "none", write.people(attribute), {attribute: ()},
        deep=True, default=True,
    )  # fmt: skip


MIME = "item:MimeContent"
"""What comes only when it is asked for by name."""

ROWS = (
    Field(MIME, read.mime_content, "none", write.mime_content, deep=True),
    Field("item:ItemId", read.item_id, "none", default=True),
    Field("item:ParentFolderId", read.folder_id, "none"),
    Field("item:ItemClass", read.item_class, write=write.ignored),
    Field(
        "item:Subject", read.attribute("subject"), "text", write.text("subject"), {"subject": ""},
        default=True,
    ),
    Field(
        "item:Sensitivity", read.attribute("sensitivity"), "text", write.choice("sensitivity", SENSITIVITIES),
    ),
    Field("item:Body", read.body, "none", write.body, {"body": "", "body_type": "Text"}, deep=True),
    Field("item:DateTimeReceived", read.created, "moment"),
    Field("item:Size", read.size, "integer"),
    Field("item:Categories", read.categories, "none", write.categories, {"categories": ()}),
    _extra("item:Importance", "text", write.among("Low", "Normal", "High"), "Normal"),
    Field("item:IsSubmitted", read.constant("false"), "boolean"),
    Field("item:IsDraft", read.constant("false"), "boolean"),
    Field("item:IsFromMe", read.constant("false"), "boolean"),
    Field("item:IsResend", read.constant("false"), "boolean"),
    Field("item:IsUnmodified", read.constant("false"), "boolean"),
    Field("item:DateTimeSent", read.created, "moment"),
    Field("item:DateTimeCreated", read.created, "moment"),
    Field("item:ResponseObjects", responses.response_objects, "none", deep=True),
    _extra("item:ReminderDueBy", "moment", write.moment),
    _extra("item:ReminderIsSet", "boolean", write.boolean, "false"),
    _extra("item:ReminderMinutesBeforeStart", "integer", write.number, "15"),
    Field("item:DisplayCc", read.names("optional")),
    Field("item:DisplayTo", read.names("required")),
    Field("item:HasAttachments", read.constant("false"), "boolean", default=True),
    _extra("item:Culture", "text", write.words, "en-US"),
    Field("item:EffectiveRights", read.effective_rights, "none", deep=True),
    Field("item:LastModifiedName", read.changed_by),
    Field("item:LastModifiedTime", read.modified, "moment"),
    Field("item:IsAssociated", read.constant("false"), "boolean"),
    Field("calendar:UID", read.attribute("uid"), "text", write.text("uid")),
    Field("calendar:RecurrenceId", read.recurrence_id, "moment"),
    Field("calendar:DateTimeStamp", read.modified, "moment"),
    Field("calendar:Start", read.start, "moment", write.instant("start"), default=True),
    Field("calendar:End", read.end, "moment", write.instant("end"), default=True),
    Field("calendar:OriginalStart", read.original_start, "moment"),
    Field(
        "calendar:IsAllDayEvent", read.flag("all_day"), "boolean", write.flag("all_day"), {"all_day": False},
    ),
    Field(
        "calendar:LegacyFreeBusyStatus", read.attribute("show_as"), "text", write.choice("show_as", SHOW_AS),
        default=True,
    ),
    Field(
        "calendar:Location", read.attribute("location"), "text", write.text("location"), {"location": ""},
        default=True,
    ),
    _extra("calendar:When", "text", write.words),
    Field("calendar:IsMeeting", read.flag("meeting"), "boolean"),
    Field("calendar:IsCancelled", read.flag("cancelled"), "boolean"),
    Field("calendar:IsRecurring", read.recurring, "boolean"),
    Field("calendar:MeetingRequestWasSent", read.sent, "boolean"),
    _extra("calendar:IsResponseRequested", "boolean", write.boolean, "true"),
    Field("calendar:CalendarItemType", read.item_type, default=True),
    Field("calendar:MyResponseType", read.attribute("response")),
    Field("calendar:Organizer", read.organizer, "none", default=True),
    _people("calendar:RequiredAttendees", "required"),
    _people("calendar:OptionalAttendees", "optional"),
    _people("calendar:Resources", "resources"),
    Field("calendar:Duration", read.length),
    Field("calendar:TimeZone", read.zone_name),
    Field("calendar:AppointmentReplyTime", read.reply_time, "moment"),
    Field("calendar:AppointmentSequenceNumber", read.sequence, "integer"),
    Field("calendar:AppointmentState", read.state, "integer"),
    Field(
        "calendar:Recurrence", occurrences.recurrence, "none", write.recurrence, {"recurrence": None},
        deep=True,
    ),
    Field("calendar:FirstOccurrence", occurrences.first_occurrence, "none", deep=True),
    Field("calendar:LastOccurrence", occurrences.last_occurrence, "none", deep=True),
    Field("calendar:ModifiedOccurrences", occurrences.modified_occurrences, "none", deep=True),
    Field("calendar:DeletedOccurrences", occurrences.deleted_occurrences, "none", deep=True),
    Field("calendar:MeetingTimeZone", read.nothing, "none", read_meeting_zone),
    Field("calendar:StartTimeZone", read.zone("StartTimeZone"), "none", read_definition),
    Field("calendar:EndTimeZone", read.zone("EndTimeZone"), "none", write.ignored_zone),
    _extra("calendar:ConferenceType", "integer", write.number),
    _extra("calendar:AllowNewTimeProposal", "boolean", write.boolean, "true"),
    _extra("calendar:IsOnlineMeeting", "boolean", write.boolean, "false"),
    _extra("calendar:MeetingWorkspaceUrl", "text", write.words),
    _extra("calendar:NetShowUrl", "text", write.words),
    Field("calendar:StartWallClock", read.wall("start"), "moment"),
    Field("calendar:EndWallClock", read.wall("end"), "moment"),
    Field("calendar:StartTimeZoneId", read.zone_id),
    Field("calendar:EndTimeZoneId", read.zone_id),
    Field("calendar:IsOrganizer", read.is_organizer, "boolean"),
    _extra("calendar:DoNotForwardMeeting", "boolean", write.boolean, "false"),
)  # fmt: skip

FIELDS: Mapping[str, Field] = MappingProxyType({row.uri: row for row in ROWS})
ELEMENTS: Mapping[str, Field] = MappingProxyType({row.element: row for row in ROWS})

_NOT_KEPT = """
    item:Attachments item:InReplyTo item:InternetMessageHeaders
    item:ReminderNextTime item:DisplayBcc item:ConversationId item:UniqueBody item:Flag
    item:StoreEntryId item:InstanceKey item:NormalizedBody item:EntityExtractionResult item:PolicyTag
    item:ArchiveTag item:RetentionDate item:Preview item:PredictedActionReasons item:IsClutter
    item:RightsManagementLicenseData item:BlockStatus item:HasBlockedImages
    item:WebClientReadFormQueryString item:WebClientEditFormQueryString item:TextBody item:IconIndex
    item:MimeContentUTF8 item:Mentions item:MentionedMe item:MentionsPreview item:MentionsEx
    item:Hashtags item:AppliedHashtags item:AppliedHashtagsPreview item:Likes item:LikesPreview
    item:PendingSocialActivityTagIds item:AtAllMention item:CanDelete item:InferenceClassification
    item:FirstBody calendar:EnhancedLocation calendar:ConflictingMeetingCount
    calendar:AdjacentMeetingCount calendar:ConflictingMeetings calendar:AdjacentMeetings
    calendar:InboxReminders calendar:JoinOnlineMeetingUrl calendar:OnlineMeetingSettings
    calendar:CalendarActivityData
"""
NOT_KEPT = frozenset(_NOT_KEPT.split())
"""Properties of the schema that items here never have."""

OTHER_KINDS = (
    "message",
    "meeting",
    "meetingRequest",
    "contacts",
    "task",
    "postitem",
    "conversation",
    "distributionlist",
    "persona",
    "person",
    "folder",
    "rolemember",
    "network",
    "abchperson",
)
"""What a path may begin with and a calendar item never has."""
