"""Restrictions and sort orders of FindItem.

Nothing in a restriction is ever passed over: what this server cannot evaluate is an error, because a client
that gets more than it asked for may act on it (one emptied an Inbox that way).
"""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cmp_to_key
from operator import eq, ge, gt, le, lt, ne
from types import MappingProxyType

from lyncdesk.exchange_server import extended
from lyncdesk.exchange_server.errors import RowError
from lyncdesk.exchange_server.fields import Field, Kind
from lyncdesk.exchange_server.item_reading import Look, read_extended
from lyncdesk.exchange_server.markup import (
    BOOLEANS,
    Element,
    attribute,
    children,
    date_time,
    name_of,
    unexpected,
)
from lyncdesk.exchange_server.message_fields import FIELDS
from lyncdesk.exchange_server.paths import PATHS, path_of

Value = str | bool | int | datetime
Test = Callable[[Look], bool]
Operand = Callable[[Look], Value | None]

COMPARISONS: Mapping[str, Callable[[Value, Value], bool]] = MappingProxyType({
    "IsEqualTo": eq, "IsNotEqualTo": ne, "IsGreaterThan": gt, "IsGreaterThanOrEqualTo": ge, "IsLessThan": lt,
    "IsLessThanOrEqualTo": le,
})  # fmt: skip
CONTAINMENT: Mapping[str, Callable[[str, str], bool]] = MappingProxyType({
    "FullString": lambda text, part: text == part,
    "Prefixed": lambda text, part: text.startswith(part),
    "Substring": lambda text, part: part in text,
    "PrefixOnWords": lambda text, part: any(word.startswith(part) for word in text.split()),
    "ExactPhrase": lambda text, part: f" {' '.join(part.split())} " in f" {' '.join(text.split())} ",
})  # fmt: skip
EXTENDED_KINDS: Mapping[str, Kind] = MappingProxyType({
    "String": "text", "CLSID": "text", "Binary": "text", "Boolean": "boolean", "Integer": "integer",
    "Short": "integer", "Long": "integer", "SystemTime": "moment",
})  # fmt: skip
"""What extended properties are compared as, by their type."""

LOOSENESS = (
    "Exact", "IgnoreCase", "IgnoreNonSpacingCharacters", "Loose", "IgnoreCaseAndNonSpacingCharacters",
    "LooseAndIgnoreCase", "LooseAndIgnoreNonSpace", "LooseAndIgnoreCaseAndIgnoreNonSpace",
)  # fmt: skip
MOST_EXPRESSIONS = 255
_UNSUPPORTED = ("Excludes", "SearchExpression", "Near")


def typed(text: str, field: Field, element: Element | None = None) -> Value:
    """A text as the kind of value that its property holds. Strings compare as Exchange does: any case."""
    if field.kind == "boolean":
        return BOOLEANS[text]
    if field.kind == "integer":
        return int(text)
    if field.kind == "moment" and element is not None:
        found = date_time(text, element)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    if field.kind == "moment":
        return datetime.fromisoformat(text)
    return text.casefold()


def value(field: Field) -> Operand:
    """The property's value of an item; None when the item lacks it."""

    def read(look: Look) -> Value | None:
        found = field.read(look)
        return typed(found, field) if isinstance(found, str) else None

    return read


def field_of(element: Element, code: str = "ErrorUnsupportedPathForQuery") -> Field:
    """The property that a path names. Raises RowError when items cannot be searched by it."""
    path = path_of(element)
    field = _extended(path) if path.startswith(extended.PREFIX) else FIELDS.get(path)
    if field is None or field.kind == "none" or field.deep:
        raise RowError(code, f"{path}.")
    return field


def _extended(path: str) -> Field | None:
    kind = EXTENDED_KINDS.get(path.rpartition("=")[2])
    return None if kind is None else Field(path, read_extended(path), kind)


def read_restriction(element: Element) -> Test:
    """The test that a Restriction stands for. Raises SoapFault, RowError."""
    if sum(1 for _ in element.iter()) > 4 * MOST_EXPRESSIONS:
        raise RowError("ErrorRestrictionTooComplex")
    parts = list(element)
    if len(parts) != 1:
        raise unexpected(parts[1], element) if parts else RowError("ErrorInvalidRestriction")
    return _expression(parts[0])


def _expression(element: Element) -> Test:
    name = name_of(element)
    if name in {"And", "Or"}:
        tests = [_expression(child) for child in element]
        if not tests:
            raise RowError("ErrorInvalidRestriction")
        holds = all if name == "And" else any
        return lambda look: holds(test(look) for test in tests)
    if name == "Not":
        if len(element) != 1:
            raise RowError("ErrorInvalidRestriction")
        test = _expression(element[0])
        return lambda look: not test(look)
    if name in COMPARISONS:
        return _comparison(element, COMPARISONS[name], missing=name == "IsNotEqualTo")
    if name == "Contains":
        return _contains(element)
    if name == "Exists":
        return _exists(element)
    if name in _UNSUPPORTED:
        raise RowError("ErrorUnsupportedQueryFilter", f"{name}.")
    parent = element.getparent()
    raise unexpected(element, element if parent is None else parent)


def _parts(element: Element, *names: str) -> list[Element]:
    parts = list(children(element, *PATHS, *names))
    if len(parts) != 1 + len(names) or name_of(parts[0]) not in PATHS:
        raise unexpected(parts[-1], element) if parts else RowError("ErrorInvalidRestriction")
    return parts


def _comparison(element: Element, compare: Callable[[Value, Value], bool], *, missing: bool) -> Test:
    path, other = _parts(element, "FieldURIOrConstant")
    field = field_of(path)
    (operand,) = list(children(other, *PATHS, "Constant")) or [path]
    left, right = value(field), _operand(operand, field)

    def test(look: Look) -> bool:
        one, two = left(look), right(look)
        return missing if one is None or two is None else compare(one, two)

    return test


def _operand(element: Element, field: Field) -> Operand:
    if name_of(element) != "Constant":
        other = field_of(element)
        if other.kind != field.kind:
            raise RowError("ErrorInvalidValueForProperty", f"{other.uri} and {field.uri} cannot be compared.")
        return value(other)
    text = attribute(element, "Value")
    try:
        constant = typed(text, field, element)
    except (KeyError, ValueError):
        raise RowError("ErrorInvalidValueForProperty", f"{field.uri}: '{text[:80]}'.") from None
    return lambda _look: constant


def _contains(element: Element) -> Test:
    path, constant = _parts(element, "Constant")
    field = field_of(path)
    if field.kind != "text":
        raise RowError("ErrorContainsFilterWrongType", f"{field.uri}.")
    holds = CONTAINMENT[attribute(element, "ContainmentMode", tuple(CONTAINMENT), "FullString")]
    loose = attribute(element, "ContainmentComparison", LOOSENESS, "Exact")
    part = loosened(attribute(constant, "Value"), loose)

    def test(look: Look) -> bool:
        text = field.read(look)
        return isinstance(text, str) and holds(loosened(text, loose), part)

    return test


def loosened(text: str, how: str) -> str:
    """The text as it counts under a ContainmentComparison."""
    if "NonSpac" in how or "Loose" in how:
        text = "".join(
            sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
        )
    return text.casefold() if "Case" in how or "Loose" in how else text


def _exists(element: Element) -> Test:
    field = field_of(_parts(element)[0])
    return lambda look: field.read(look) is not None


def read_sort_order(element: Element) -> Callable[[list[Look]], list[Look]]:
    """What puts items into the order of a SortOrder; items without the property come first, as on
    Exchange.
    """
    orders: list[tuple[Operand, int]] = []
    for order in children(element, "FieldOrder"):
        field = field_of(_parts(order)[0], "ErrorUnsupportedPathForSortGroup")
        down = attribute(order, "Order", ("Ascending", "Descending")) == "Descending"
        orders.append((value(field), -1 if down else 1))

    def compare(left: Look, right: Look) -> int:
        for read, sign in orders:
            one, two = read(left), read(right)
            if one == two:
                continue
            if one is None or two is None:
                return sign * (-1 if one is None else 1)
            return sign * (-1 if lt(one, two) else 1)
        return 0

    return lambda looks: sorted(looks, key=cmp_to_key(compare))
