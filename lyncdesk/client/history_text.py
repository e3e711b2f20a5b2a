"""What was shown as text and back: the content of one row of a stored history.

JSON with short keys. Nobody is trusted: what is not as :func:`text_of` writes it is no content.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final

from lyncdesk.client.history import PastItem, Shown
from lyncdesk.presence.items import Kind, ShowAs
from lyncdesk.presence.message import Message, Value
from lyncdesk.presence.reasons import Reason, Source, Verdict
from lyncdesk.presence.states import Presence

LONGEST: Final = 64 * 1024
_DEEPEST = 8
_MOST_REASONS = 20
_MARKS: Final = ("stale", "incomplete", "reset_waiting")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """A moment as whole microseconds since 1970, UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def micros_of(length: timedelta) -> int:
    """A length of time in whole microseconds."""
    return length // _MICROSECOND


def from_micros(number: int) -> datetime:
    """The moment of such a number.

    Raises:
        OverflowError: for one that no calendar goes to.
    """
    return _EPOCH + number * _MICROSECOND


def text_of(shown: Shown) -> str:
    """The content as one line of JSON."""
    presence, item = shown.presence, shown.item
    content: dict[str, Any] = {
        "availability": presence.availability,
        "activity": presence.activity,
        "out_of_office": presence.out_of_office,
        "source": shown.source.value,
        "reasons": [
            [reason.source.value, _packed(reason.said), reason.verdict.value, _packed(reason.why)]
            for reason in shown.reasons
        ],
        "problem": shown.problem,
        "lync": [_packed(message) for message in shown.lync],
        "marks": [name for name in _MARKS if getattr(shown, name)],
    }
    if item is not None:
        content["item"] = {
            "subject": item.subject,
            "start": micros(item.start),
            "end": micros(item.end),
            "show_as": item.show_as.value,
            "kind": item.kind.value,
            "private": item.private,
        }
    # Half a surrogate pair in a subject must not cost the row: ASCII escapes it.
    return json.dumps(content, separators=(",", ":"))


def _packed(value: Value) -> object:
    match value:
        case Message():
            return {"text": value.template, "with": {name: _packed(one) for name, one in value.values}}
        case datetime():
            return {"at": micros(value)}
        case timedelta():
            return {"for": value // _MICROSECOND}
        case Enum():
            # Words translates the members of enumerations, and no other text: as a message it still does.
            return {"text": str(getattr(value, "label", value.value)), "with": {}}
        case _:
            return value


def content_of(text: str) -> Shown | None:
    """What a text says was shown, None if it says nothing that can be used. Never raises."""
    if len(text) > LONGEST:
        return None
    try:
        return _content(json.loads(text))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return None


def _content(content: Any) -> Shown:
    marks = _of(list, content["marks"])
    reasons, lync = _of(list, content["reasons"]), _of(list, content["lync"])
    if len(reasons) + len(lync) > _MOST_REASONS:
        raise ValueError("more reasons than there are inputs")
    return Shown(
        Presence(
            _of(int, content["availability"]),
            _of(str, content["activity"]),
            _of(bool, content["out_of_office"]),
        ),
        Source(content["source"]),
        tuple(
            Reason(Source(source), _message(said), Verdict(verdict), _message(why))
            for source, said, verdict, why in reasons
        ),
        _item(content["item"]) if "item" in content else None,
        problem=_of(str, content["problem"]),
        lync=tuple(_message(told) for told in lync),
        **{name: name in marks for name in _MARKS},
    )


def _item(content: Any) -> PastItem:
    return PastItem(
        _of(str, content["subject"]),
        from_micros(_of(int, content["start"])),
        from_micros(_of(int, content["end"])),
        ShowAs(content["show_as"]),
        Kind(content["kind"]),
        _of(bool, content["private"]),
    )


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise ValueError("another kind of value")
    return value


def _message(content: Any, depth: int = 0) -> Message:
    if depth > _DEEPEST:
        raise ValueError("messages within messages without end")
    values: Mapping[str, Any] = _of(dict, content["with"])
    return Message.of(_of(str, content["text"]), **{name: _value(one, depth) for name, one in values.items()})


_VALUES: dict[str, Callable[[int], Value]] = {
    "at": from_micros,
    "for": lambda number: timedelta(microseconds=number),
}


def _value(content: Any, depth: int) -> Value:
    if not isinstance(content, dict):
        if type(content) not in (str, int):
            raise ValueError("no value of a message")
        made: Value = content
        return made
    for name, made_of in _VALUES.items():
        if name in content:
            return made_of(_of(int, content[name]))
    return _message(content, depth + 1)
