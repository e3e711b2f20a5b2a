"""What winreg answers about LyncDesk's policy on this Windows: ``tests/machine/recordings/winreg.json``.

It needs nothing but a Python for Windows: ``reg import policy.reg``, then ``python winreg_answers.py``.
"""

import importlib
import json
from typing import Any

KEY = r"Software\Policies\LyncDesk"
READ_64_BIT_VIEW = 0x20019 | 0x0100


def answers(winreg: Any, root: str, key: str) -> dict[str, Any]:
    """Every value and subkey of a key, in the order in which they are told, and how the telling ends."""
    found: dict[str, Any] = {"values": [], "subkeys": []}
    try:
        with winreg.OpenKey(getattr(winreg, root), key, 0, READ_64_BIT_VIEW) as handle:
            for name, ask in (("values", winreg.EnumValue), ("subkeys", winreg.EnumKey)):
                try:
                    while True:
                        found[name].append(plain(ask(handle, len(found[name]))))
                except OSError as error:
                    found[f"{name}_end"] = getattr(error, "winerror", None)
    except OSError as error:
        return {"error": [type(error).__name__, getattr(error, "winerror", None) or error.errno]}
    return found


def plain(answer: Any) -> Any:
    """What JSON can hold of an answer."""
    if isinstance(answer, str):
        return answer
    name, data, type_ = answer
    return [name, {"bytes": data.hex()} if isinstance(data, bytes) else data, type_]


def main() -> None:
    """Ask for both roots and both layers."""
    winreg = importlib.import_module("winreg")
    keys = [
        (root, key)
        for root in ("HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER")
        for key in (KEY, rf"{KEY}\Recommended")
    ]
    print(json.dumps({rf"{root}\{key}": answers(winreg, root, key) for root, key in keys}, indent=1))


if __name__ == "__main__":
    main()
