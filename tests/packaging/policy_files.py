"""Whole policies as an administrator's tools write them, to be read by the product."""

from collections.abc import Mapping

import tomli_w

from lyncdesk.machine.policy_registry import KEY
from lyncdesk_packaging.policy_examples import reg_line


def toml_file(mandatory: Mapping[str, object], recommended: Mapping[str, object]) -> str:
    return tomli_w.dumps({**mandatory, **({"recommended": dict(recommended)} if recommended else {})})


def reg_file(mandatory: Mapping[str, object], recommended: Mapping[str, object]) -> str:
    """Its lines ended as Windows ends them."""
    lines = ["Windows Registry Editor Version 5.00"]
    for key, values in ((KEY, mandatory), (rf"{KEY}\Recommended", recommended)):
        if values:
            lines += ["", rf"[HKEY_LOCAL_MACHINE\{key}]"]
            lines += [reg_line(name, raw) for name, raw in values.items()]
    return "\r\n".join([*lines, ""])
