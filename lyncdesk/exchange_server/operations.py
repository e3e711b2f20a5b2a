"""Every operation that the server knows: one row each. What is not here does not exist."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from lyncdesk.exchange_server.answers import Call
from lyncdesk.exchange_server.availability import get_user_availability
from lyncdesk.exchange_server.deleting import delete_item
from lyncdesk.exchange_server.directory import convert_id, get_server_time_zones
from lyncdesk.exchange_server.finding import find_item
from lyncdesk.exchange_server.folders import find_folder, get_folder
from lyncdesk.exchange_server.items import create_item, get_item
from lyncdesk.exchange_server.markup import Element
from lyncdesk.exchange_server.moving import copy_item, move_item
from lyncdesk.exchange_server.names import resolve_names
from lyncdesk.exchange_server.notifying import get_events, subscribe, unsubscribe
from lyncdesk.exchange_server.oof import get_user_oof_settings, set_user_oof_settings
from lyncdesk.exchange_server.permissions import update_folder
from lyncdesk.exchange_server.streaming import follow, get_streaming_events
from lyncdesk.exchange_server.sync import sync_folder_hierarchy, sync_folder_items
from lyncdesk.exchange_server.updating import update_item


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation: its name, the element of its request, and the function that answers it. `follow` gives
    what there is to be told after the answer.
    """

    name: str
    element: str
    answer: Callable[[Call, Element], Element]
    follow: Callable[[Call, Element], Callable[[], bytes | None]] | None = None


ROWS = (
    Operation("GetFolder", "GetFolder", get_folder),
    Operation("FindFolder", "FindFolder", find_folder),
    Operation("UpdateFolder", "UpdateFolder", update_folder),
    Operation("FindItem", "FindItem", find_item),
    Operation("GetItem", "GetItem", get_item),
    Operation("CreateItem", "CreateItem", create_item),
    Operation("UpdateItem", "UpdateItem", update_item),
    Operation("DeleteItem", "DeleteItem", delete_item),
    Operation("MoveItem", "MoveItem", move_item),
    Operation("CopyItem", "CopyItem", copy_item),
    Operation("SyncFolderHierarchy", "SyncFolderHierarchy", sync_folder_hierarchy),
    Operation("SyncFolderItems", "SyncFolderItems", sync_folder_items),
    Operation("Subscribe", "Subscribe", subscribe),
    Operation("GetEvents", "GetEvents", get_events),
    Operation("GetStreamingEvents", "GetStreamingEvents", get_streaming_events, follow),
    Operation("Unsubscribe", "Unsubscribe", unsubscribe),
    Operation("GetUserAvailability", "GetUserAvailabilityRequest", get_user_availability),
    Operation("GetUserOofSettings", "GetUserOofSettingsRequest", get_user_oof_settings),
    Operation("SetUserOofSettings", "SetUserOofSettingsRequest", set_user_oof_settings),
    Operation("ResolveNames", "ResolveNames", resolve_names),
    Operation("GetServerTimeZones", "GetServerTimeZones", get_server_time_zones),
    Operation("ConvertId", "ConvertId", convert_id),
)
BY_ELEMENT: Mapping[str, Operation] = MappingProxyType({row.element: row for row in ROWS})

_ALL = """
    AddDelegate AddDistributionGroupToImList AddImContactToGroup AddImGroup AddNewImContactToGroup
    AddNewTelUriContactToGroup AddTag ApplyConversationAction ArchiveItem ConvertId CopyFolder CopyItem
    CreateAttachment CreateFolder CreateFolderPath CreateItem CreateManagedFolder
    CreateMeetingInstanceRequest CreateMeetingSpace CreateUserConfiguration DeleteAttachment
    DeleteFolder DeleteItem DeleteMeetingInstanceRequest DeleteMeetingSpace DeleteSearchSuggestion
    DeleteUserConfiguration DisableApp DisconnectPhoneCall EmptyFolder EndSearchSession ExecuteSearch
    ExpandDL ExportItems FindAvailableMeetingTimes FindConversation FindFolder FindItem
    FindMeetingSpaceByJoinUrl FindMeetingTimeCandidates FindMessageTrackingReport FindPeople FindTags
    GetAppManifests GetAppMarketplaceUrl GetAttachment GetClientAccessToken GetConversationItems
    GetDelegate GetDiscoverySearchConfiguration GetEvents GetFolder GetHoldOnMailboxes GetImItemList
    GetImItems GetInboxRules GetItem GetLastPrivateCatalogUpdate GetMailTips GetMeetingInstanceRequest
    GetMeetingSpace GetMessageTrackingReport GetNonIndexableItemDetails GetNonIndexableItemStatistics
    GetPasswordExpirationDate GetPersona GetPhoneCallInformation GetPrivateCatalogAddIns GetRoomLists
    GetRooms GetSearchSuggestions GetSearchableMailboxes GetServerTimeZones GetServiceConfiguration
    GetSharingFolder GetSharingMetadata GetSpecificUserConfiguration GetStreamingEvents
    GetUserAvailabilityRequest GetUserConfiguration GetUserOofSettingsRequest GetUserPhoto
    GetUserRetentionPolicyTags HideTag InstallApp MarkAllItemsAsRead MarkAsJunk MoveFolder MoveItem
    PlayOnPhone RefreshSharingFolder RemoveContactFromImList RemoveDelegate
    RemoveDistributionGroupFromImList RemoveImContactFromGroup RemoveImGroup ReportMessage ResolveNames
    SearchMailboxes SendItem SetHoldOnMailboxes SetImGroup SetImListMigrationCompleted SetTeamMailbox
    SetUserOofSettingsRequest SetUserPhoto StartSearchSession Subscribe SyncFolderHierarchy
    SyncFolderItems UninstallApp UnpinTeamMailbox Unsubscribe UpdateDelegate UpdateFolder
    UpdateInboxRules UpdateItem UpdateItemInRecoverableItems UpdateMeetingInstanceRequest
    UpdateMeetingSpace UpdateUserConfiguration UploadItems
"""
NOT_HERE = frozenset(_ALL.split()) - set(BY_ELEMENT)
"""The elements of the requests that Exchange answers and this server does not."""
