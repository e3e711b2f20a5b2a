"""The part of winreg that LyncDesk uses, as its documentation describes it."""

from types import TracebackType
from typing import Any, Self


class Key:
    """An open key of the registry."""

    def __init__(self, root: str, path: str, access: int) -> None:
        self.place = root, path
        self.access = access

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""


class Registry:
    """``values`` by root, path and name. A key is there while it, or one below it, has a value.

    ``refuses``: nothing can be written. A person may never write what is for everybody.
    """

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, HKEY_CLASSES_ROOT = "HKCU", "HKLM", "HKCR"
    KEY_READ, KEY_SET_VALUE, REG_SZ, REG_DWORD = 1, 2, 1, 4

    def __init__(self) -> None:
        self.values: dict[tuple[str, str, str], Any] = {}
        self.writes = 0
        self.refuses = False

    def CreateKeyEx(self, root: str, path: str, reserved: int, access: int) -> Key:
        assert (reserved, access) == (0, self.KEY_SET_VALUE)
        return self._opened(root, path, access)

    def OpenKey(self, root: str, path: str, reserved: int = 0, access: int = 1) -> Key:
        assert reserved == 0
        if not any(self._is_in(place, root, path) for place in self.values):
            raise FileNotFoundError(path)
        return self._opened(root, path, access)

    def QueryValueEx(self, key: Key, name: str) -> tuple[Any, int]:
        assert key.access == self.KEY_READ
        if (*key.place, name) not in self.values:
            raise FileNotFoundError(name)
        value = self.values[*key.place, name]
        return value, self.REG_DWORD if isinstance(value, int) else self.REG_SZ

    def SetValueEx(self, key: Key, name: str, reserved: int, kind: int, value: Any) -> None:
        assert reserved == 0
        assert key.access == self.KEY_SET_VALUE
        assert isinstance(value, int if kind == self.REG_DWORD else str)
        self.writes += 1
        self.values[*key.place, name] = value

    def DeleteValue(self, key: Key, name: str) -> None:
        assert key.access == self.KEY_SET_VALUE
        if (*key.place, name) not in self.values:
            raise FileNotFoundError(name)
        del self.values[*key.place, name]

    def DeleteKey(self, root: str, path: str) -> None:
        """Only a key that has none below it."""
        inside = [place for place in self.values if self._is_in(place, root, path)]
        if not inside:
            raise FileNotFoundError(path)
        if root != self.HKEY_CURRENT_USER or self.refuses or any(under != path for _, under, _ in inside):
            raise PermissionError(13, "Access is denied", path)
        for place in inside:
            del self.values[place]

    def _opened(self, root: str, path: str, access: int) -> Key:
        if access == self.KEY_SET_VALUE and (self.refuses or root != self.HKEY_CURRENT_USER):
            raise PermissionError(13, "Access is denied", path)
        return Key(root, path, access)

    def _is_in(self, place: tuple[str, str, str], root: str, path: str) -> bool:
        where, under, _ = place
        if root == self.HKEY_CLASSES_ROOT:  # both seen together
            return f"{under}\\".startswith(f"Software\\Classes\\{path}\\")
        return where == root and f"{under}\\".startswith(f"{path}\\")
