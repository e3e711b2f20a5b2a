"""One way to fail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import MappingProxyType

from lyncdesk.exchange_server.response import Answer, Manner

EVERYTHING = "*"
AUTODISCOVER = "Autodiscover"
HTML = (
    b"<!DOCTYPE html><html><head><title>Error</title></head>"
    b"<body><h1>The page cannot be shown</h1></body></html>"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to fail, by whichever of these applies.

    `status`, `page`, `kind` and `headers`: an answer that is not the operation's; `strangers`: also to who
    has not signed in; `refuse`: the password is wrong; `silent`: no answer ever; `soap`: a SOAP fault with
    `values` in it; `rows`: by operation (or "*"), the response code of every row; `hide`: properties left
    out of items (and details out of free/busy); `cut`: the body ends half-way, as if that were its length;
    `edits`: what is put for what in the body (patterns); `manner`, `skew`: as in `Answer`.
    """

    name: str
    about: str
    status: int = 0
    page: bytes = b""
    kind: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    strangers: bool = False
    refuse: bool = False
    silent: bool = False
    cut: bool = False
    soap: str = ""
    values: tuple[tuple[str, str], ...] = ()
    rows: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    hide: frozenset[str] = frozenset()
    edits: tuple[tuple[bytes, bytes], ...] = ()
    manner: Manner = "whole"
    skew: timedelta = timedelta()

    def row_code(self, operation: str) -> str | None:
        """The response code with which every row of the operation fails."""
        return self.rows.get(operation) or self.rows.get(EVERYTHING)

    def concerns(self, operation: str) -> bool:
        """Whether the fault does anything to an operation: some are of one alone, or of EWS."""
        if operation == AUTODISCOVER:
            return not (self.soap or self.rows or self.hide)
        return not self.rows or self.row_code(operation) is not None

    @property
    def instead(self) -> Answer | None:
        """The answer in place of the operation's; None when that is asked at all."""
        if self.refuse:
            return Answer(401, self.page, self.kind)
        if self.status:
            return Answer(self.status, self.page, self.kind, self.headers, self.manner, self.skew)
        return None

    def spoil(self, answer: Answer) -> Answer:
        """The operation's answer, damaged as ordered."""
        body = answer.body
        for pattern, text in self.edits:
            body = re.sub(pattern, text, body)
        if self.cut:
            body = body[: len(body) // 2]
        return replace(answer, body=body, manner=self.manner, skew=self.skew)
