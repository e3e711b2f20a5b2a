"""Where the program's data files are, in a checkout and in an installed wheel alike.

A checkout keeps them in `resources/` beside the package; the wheel packs the same tree as
`lyncdesk/resources`. Both are plain directories: nothing here supports a package inside a zip file.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_PLACES = (_PACKAGE / "resources", _PACKAGE.parent / "resources")


def resource(*parts: str) -> Path:
    """Return the path of what is under `resources/`, for instance `resource("icons", "busy.svg")`.

    Without parts it is the directory itself. Raises `FileNotFoundError`, which names the resource, when
    there is no such file: the installation is incomplete, and nothing at run time can mend that.
    """
    for place in _PLACES:
        path = place.joinpath(*parts)
        if path.exists():
            return path
    name = "/".join(parts) or "(all)"
    raise FileNotFoundError(f"LyncDesk's resource {name} is missing; install LyncDesk again")
