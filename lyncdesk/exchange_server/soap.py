"""Envelopes: taking a request out of one, putting an answer or a fault into one."""

from dataclasses import dataclass

from lyncdesk.exchange_server.editions import EXCHANGE_SE, Edition
from lyncdesk.exchange_server.errors import TEXTS, RowError, SoapFault, invalid
from lyncdesk.exchange_server.markup import (
    ERRORS,
    MESSAGES,
    SOAP,
    TYPES,
    XML_LANG,
    Element,
    attribute,
    line_of,
    name_of,
    serialise,
    space_of,
    t,
)
from lyncdesk.exchange_server.zone_reading import named


@dataclass(frozen=True, slots=True)
class Request:
    """What an envelope holds: the request element, the zone of its naive times, and whose mailbox it speaks
    for.
    """

    body: Element
    zone: str
    speaks_for: str | None


def read_envelope(root: Element, edition: Edition = EXCHANGE_SE) -> Request:
    """Take the request out of its envelope. Raises SoapFault."""
    if root.tag != f"{{{SOAP}}}Envelope":
        raise SoapFault("ErrorInvalidRequest", "The request is not a SOAP 1.1 envelope.")
    parts = {name_of(part): part for part in root if space_of(part) == SOAP}
    body = parts.get("Body")
    if body is None or len(body) != 1 or space_of(body[0]) != MESSAGES:
        raise SoapFault("ErrorInvalidRequest", "The SOAP body must hold one request of the EWS schema.")
    _check_names(body[0])
    zone, speaks_for = "UTC", None
    for header in parts.get("Header", ()):
        match name_of(header) if space_of(header) == TYPES else "":
            case "RequestServerVersion":
                if attribute(header, "Version") not in edition.versions:
                    raise SoapFault("ErrorInvalidServerVersion")
            case "TimeZoneContext":
                zone = _zone(header)
            case "ExchangeImpersonation":
                speaks_for = "".join(text.strip() for text in header.itertext() if isinstance(text, str))
    return Request(body[0], zone, speaks_for)


def _check_names(request: Element) -> None:
    """Within a request there are elements of the two EWS namespaces, and attributes of none, only."""
    for element in request.iter():
        if space_of(element) not in {TYPES, MESSAGES}:
            raise invalid(f"The element '{name_of(element)}' is of an unknown namespace.", line_of(element))


def _zone(header: Element) -> str:
    found = header.find(f"{{{TYPES}}}TimeZoneDefinition")
    if found is None:
        raise invalid(
            "The element 'TimeZoneContext' lacks its element 'TimeZoneDefinition'.", line_of(header)
        )
    try:
        return named(attribute(found, "Id"))
    except RowError as error:
        raise SoapFault("ErrorTimeZone", error.detail) from None


def _version_header(edition: Edition) -> Element:
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
    numbers = {name: str(number) for name, number in zip(names, edition.build, strict=True)}
    return _soap("Header", t("ServerVersionInfo", **numbers, Version=edition.schema))


def _soap(name: str, *children: Element) -> Element:
    element = t(name)
    element.tag = f"{{{SOAP}}}{name}"
    element.extend(children)
    return element


def write_envelope(answer: Element, edition: Edition = EXCHANGE_SE) -> bytes:
    """An answer, ready to be sent."""
    return serialise(_soap("Envelope", _version_header(edition), _soap("Body", answer)))


def write_fault(fault: SoapFault, edition: Edition = EXCHANGE_SE) -> bytes:
    """A fault in the shape of Exchange: code and text twice, and what there is to say about it in
    MessageXml.
    """
    values = [t("Value", value, Name=name) for name, value in fault.values]
    violation = []
    if fault.code == "ErrorSchemaValidation":
        violation = [
            t("LineNumber", str(fault.line or 1)),
            t("LinePosition", "1"),
            t("Violation", fault.detail),
        ]
    code, text = _plain("faultcode", f"t:{fault.code}"), _plain("faultstring", fault.text)
    text.set(XML_LANG, "en-US")
    detail = _plain("detail")
    detail.extend((_error("ResponseCode", fault.code), _error("Message", TEXTS[fault.code])))
    if values or violation:
        detail.append(t("MessageXml", *violation, *values))
    return serialise(
        _soap("Envelope", _version_header(edition), _soap("Body", _soap("Fault", code, text, detail)))
    )


def _plain(name: str, text: str | None = None) -> Element:
    element = t(name, text)
    element.tag = name
    return element


def _error(name: str, text: str) -> Element:
    element = t(name, text)
    element.tag = f"{{{ERRORS}}}{name}"
    return element
