"""Where it is kept where windows were, and how they were left."""

from __future__ import annotations

from typing import Any, Protocol


class Places(Protocol):
    """What is remembered of a window, by name; PySide's QSettings is one."""

    def value(self, arg__1: str, /) -> Any:
        """What was kept under this name, None = nothing."""

    def setValue(self, key: str, value: Any) -> None:
        """Keep this under a name."""


class NoPlaces:
    """Keeps nothing beyond the window's life."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}

    def value(self, name: str, /) -> Any:
        """What was kept under this name, None = nothing."""
        return self._kept.get(name)

    def setValue(self, key: str, value: Any) -> None:
        """Keep this under a name."""
        self._kept[key] = value
