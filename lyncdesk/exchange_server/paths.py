"""Which properties a request names, and a calendar item with just these."""

from lyncdesk.exchange_server import extended
from lyncdesk.exchange_server.fields import MIME, NOT_KEPT, OTHER_KINDS
from lyncdesk.exchange_server.item_reading import Look
from lyncdesk.exchange_server.markup import (
    Element,
    attribute,
    bad_value,
    boolean_of,
    children,
    choice_of,
    name_of,
    need,
    only,
    t,
)
from lyncdesk.exchange_server.message_fields import FIELDS, ROWS

PATHS = ("FieldURI", "IndexedFieldURI", "ExtendedFieldURI")
SHAPES = ("IdOnly", "Default", "AllProperties")
SHAPE_PARTS = (
    "BaseShape",
    "IncludeMimeContent",
    "BodyType",
    "UniqueBodyType",
    "NormalizedBodyType",
    "FilterHtmlContent",
    "ConvertHtmlCodePageToUTF8",
    "InlineImageUrlTemplate",
    "BlockExternalImages",
    "AddBlankTargetToLinks",
    "MaximumBodySize",
    "AdditionalProperties",
)
AFTER_EXTENDED = "item:Culture"
"""The property which the schema puts after the extended ones."""

BODY_TYPES = ("Best", "HTML", "Text")


def path_of(element: Element) -> str:
    """The property that a path element names; indexed ones, which are not kept, by their element.

    Raises SoapFault for a word that the schema does not know, RowError for an extended one that cannot be.
    """
    if name_of(element) == "ExtendedFieldURI":
        return extended.path(element)
    if name_of(element) != "FieldURI":
        return name_of(element)
    uri = attribute(element, "FieldURI")
    kind = uri.partition(":")[0]
    if uri not in FIELDS and uri not in NOT_KEPT and kind not in OTHER_KINDS:
        raise bad_value("'FieldURI' attribute", uri, element)
    return uri


def read_shape(element: Element) -> frozenset[str]:
    """The properties that an ItemShape asks for; the id always comes."""
    found = only(element, *SHAPE_PARTS)
    base = choice_of(need(found, "BaseShape", element), SHAPES)
    if "BodyType" in found:
        choice_of(found["BodyType"], BODY_TYPES)
    mime = "IncludeMimeContent" in found and boolean_of(found["IncludeMimeContent"])
    more = found.get("AdditionalProperties")
    named = {path_of(path) for path in children(more, *PATHS)} if more is not None else set()
    shapes = {
        "IdOnly": {"item:ItemId"},
        "Default": {row.uri for rows in ROWS.values() for row in rows if row.default},
        "AllProperties": {*FIELDS} - {MIME},
    }
    return frozenset(shapes[base] | named | ({MIME} if mime else set()))


def item_element(look: Look, wanted: frozenset[str], hidden: frozenset[str] = frozenset(), *,
                  finding: bool = False) -> Element:  # fmt: skip
    """A CalendarItem, or a message, with the wanted properties, in the order of the schema.

    `finding`: as FindItem answers, which leaves out bodies, attendees and recurrences.
    """
    message = look.entry.message
    item = t(message.kind if message else "CalendarItem")
    for row in ROWS[name_of(item)]:
        if row.uri == AFTER_EXTENDED:
            kept = look.entry.extended.items()
            item.extend(extended.write(uri, values) for uri, values in kept if uri in wanted)
        if row.uri not in wanted or row.uri in hidden or (finding and row.deep):
            continue
        if row.uri == MIME and hidden:
            continue  # it would tell what is to be hidden
        value = row.read(look)
        if isinstance(value, str):
            item.append(t(row.element, value))
        elif value is not None:
            item.append(value)
    return item
