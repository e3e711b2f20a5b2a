"""Autodiscover: where a mailbox is, by SOAP ([MS-OXWSADISC]) and by plain XML ([MS-OXDSCLI])."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from lyncdesk.exchange_server.editions import EXCHANGE_SE, Edition
from lyncdesk.exchange_server.model import Mailbox
from lyncdesk.exchange_server.store import Store

SOAP_PATH = "/autodiscover/autodiscover.svc"
POX_PATH = "/autodiscover/autodiscover.xml"
PATHS = (SOAP_PATH, POX_PATH)
EWS_PATH = "/EWS/Exchange.asmx"
HOST = "exchange.example.com"
SCHEMAS = (
    "Exchange2007, Exchange2007_SP1, Exchange2010, Exchange2010_SP1, Exchange2010_SP2, Exchange2013, "
    "Exchange2013_SP1, Exchange2015, Exchange2016"
)
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(slots=True)
class Directions:
    """What Autodiscover says, which may be changed while the server runs.

    `internal_url` and `external_url` are where EWS is said to be: None means where the client asked, an
    empty text that there is none. `addresses` and `urls` send people elsewhere, by address or, with a
    leading @, by domain. `redirect_to` is where a GET of a stranger is sent, with 302.
    """

    internal_url: str | None = None
    external_url: str | None = None
    addresses: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    urls: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    redirect_to: str = ""


Outcome = Literal["settings", "address", "url", "unknown"]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known about an address: its mailbox, or the `target` that knows more."""

    outcome: Outcome
    target: str = ""
    mailbox: Mailbox | None = None
    internal_url: str = ""
    external_url: str = ""
    edition: Edition = EXCHANGE_SE

    @property
    def version(self) -> str:
        return ".".join(map(str, self.edition.build))


def find(store: Store, directions: Directions, name: str, base: str, edition: Edition = EXCHANGE_SE) -> Found:
    """Look an address or a DN up, for a client that reached the server, which is of an edition, as `base`."""
    name = name.strip().casefold()
    named = [box.address for box in store.mailboxes() if legacy_dn(box).casefold() == name]
    address = named[0] if len(named) == 1 else name
    keys = (address, f"@{address.rpartition('@')[2]}")
    for outcome, table in _redirects(directions):
        folded = {key.casefold(): target for key, target in table.items()}
        target = next((folded[key] for key in keys if key in folded), None)
        if target is not None:
            return Found(outcome, target)
    mailbox = store.mailbox(address)
    if mailbox is None:
        return Found("unknown")
    own = f"{base}{EWS_PATH}"
    internal, external = (
        own if url is None else url for url in (directions.internal_url, directions.external_url)
    )
    return Found("settings", "", mailbox, internal, external, edition)


def _redirects(directions: Directions) -> tuple[tuple[Outcome, Mapping[str, str]], ...]:
    return ("address", directions.addresses), ("url", directions.urls)


def legacy_dn(mailbox: Mailbox) -> str:
    """The name of a person in the style of the old directory."""
    name = mailbox.address.partition("@")[0]
    return f"/o=Example/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={name}"


SERVER_DN = (
    "/o=Example/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers/cn=EXCHANGE"
)
DEPLOYMENT = "12345678-9abc-4def-8123-456789abcdef"
Setting = Callable[[Found, Mailbox], str]
SETTINGS: Mapping[str, Setting] = MappingProxyType({
    "UserDisplayName": lambda _found, box: box.display_name,
    "UserDN": lambda _found, box: legacy_dn(box),
    "UserDeploymentId": lambda _found, _box: DEPLOYMENT,
    "UserMSOnline": lambda _found, _box: "False",
    "AutoDiscoverSMTPAddress": lambda _found, box: box.address,
    "InternalMailboxServer": lambda _found, _box: HOST,
    "InternalMailboxServerDN": lambda _found, _box: SERVER_DN,
    "InternalRpcClientServer": lambda _found, _box: HOST,
    "MailboxDN": lambda _found, _box: f"{SERVER_DN}/cn=Microsoft Private MDB",
    "ActiveDirectoryServer": lambda _found, _box: HOST,
    "InternalEwsUrl": lambda found, _box: found.internal_url,
    "ExternalEwsUrl": lambda found, _box: found.external_url,
    "ExternalEwsVersion": lambda found, _box: found.version if found.external_url else "",
    "EwsSupportedSchemas": lambda _found, _box: SCHEMAS,
    "CasVersion": lambda found, _box: found.version,
    "CrossOrganizationSharingEnabled": lambda _found, _box: "False",
    "ShowGalAsDefaultView": lambda _found, _box: "True",
    "MapiHttpEnabled": lambda _found, _box: "False",
})  # fmt: skip
"""The settings that this server has; an empty text is none."""

_OTHERS = """
    AlternateMailboxes EcpDeliveryReportUrlFragment EcpEmailSubscriptionsUrlFragment EcpPublishingUrlFragment
    EcpRetentionPolicyTagsUrlFragment EcpTextMessagingUrlFragment EcpVoicemailUrlFragment
    EcpExtensionInstallationUrlFragment EcpTeamMailboxUrlFragment EwsPartnerUrl ExchangeRpcUrl
    ExternalEcpDeliveryReportUrl ExternalEcpEmailSubscriptionsUrl ExternalEcpPublishingUrl
    ExternalEcpRetentionPolicyTagsUrl ExternalEcpTextMessagingUrl ExternalEcpUrl ExternalEcpVoicemailUrl
    ExternalImap4Connections ExternalMailboxServer ExternalMailboxServerAuthenticationMethods
    ExternalMailboxServerRequiresSSL ExternalOABUrl ExternalPhotosUrl ExternalPop3Connections
    ExternalServerExclusiveConnect ExternalSmtpConnections ExternalUMUrl ExternalWebClientUrls
    GroupingInformation InternalEcpDeliveryReportUrl InternalEcpEmailSubscriptionsUrl InternalEcpPublishingUrl
    InternalEcpRetentionPolicyTagsUrl InternalEcpTextMessagingUrl InternalEcpUrl InternalEcpVoicemailUrl
    InternalImap4Connections InternalOABUrl InternalPhotosUrl InternalPop3Connections
    InternalServerExclusiveConnect InternalSmtpConnections InternalUMUrl InternalWebClientUrls
    InteropExternalEwsUrl InteropExternalEwsVersion MailboxVersion MobileMailboxPolicy
    MobileMailboxPolicyInterop PublicFolderInformation PublicFolderServer SPMySiteHostURL
    SiteMailboxCreationURL TeamMailboxes
"""
KNOWN = frozenset((*SETTINGS, *_OTHERS.split()))
"""The settings of the protocol, whether this server has them or not."""
