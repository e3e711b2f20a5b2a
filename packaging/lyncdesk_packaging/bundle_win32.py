"""What the bundle's specification adds on Windows: icon and version resource of both programs."""

from __future__ import annotations

from lyncdesk_packaging.app_icons import ico, written
from lyncdesk_packaging.identity import DESCRIPTION, NAME, copyright_line, numbers, publisher, version
from lyncdesk_packaging.work import ROOT

_SCRATCH = ROOT / "build/bundle-win32"
# What the Task Manager and its list of start-up programs call each of them.
_CALLED = {"lyncdesk": f"{NAME} (command line)", "lyncdesk-gui": NAME}
_ENGLISH, _UNICODE = 0x0409, 1200


def exe_options(name: str) -> dict[str, str]:
    """For PyInstaller's ``EXE``."""
    icon = written(_SCRATCH / "lyncdesk.ico", ico())
    text = version_resource(name).encode("utf-8")
    return {"icon": str(icon), "version": str(written(_SCRATCH / f"{name}.txt", text))}


def version_resource(name: str) -> str:
    """VERSIONINFO of a program, in the form that PyInstaller reads."""
    strings = {
        "CompanyName": publisher(),
        "FileDescription": _CALLED[name],
        "FileVersion": version(),
        "InternalName": name,
        "LegalCopyright": copyright_line(),
        "OriginalFilename": f"{name}.exe",
        "ProductName": NAME,
        "ProductVersion": version(),
        "Comments": DESCRIPTION,
    }
    rows = ",\n".join(f"        StringStruct({key!r}, {value!r})" for key, value in strings.items())
    fixed = numbers(version(), 4)
    return f"""VSVersionInfo(
  ffi=FixedFileInfo(
    filevers={fixed}, prodvers={fixed},
    mask=0x3F, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)
  ),
  kids=[
    StringFileInfo([
      StringTable('{_ENGLISH:04x}{_UNICODE:04x}', [
{rows}
      ])
    ]),
    VarFileInfo([VarStruct('Translation', [{_ENGLISH}, {_UNICODE}])])
  ]
)
"""
