"""The desktop's files of an installation: ``share`` and the start at login, as every package carries them.

What is the same for all lies ready in ``resources/desktop`` and is what ``lyncdesk install-desktop`` writes
too; AppStream's metadata, which only package managers read, is made here.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from lyncdesk.machine.share import autostart_entry, share_files
from lyncdesk.starting import DESKTOP_ID
from lyncdesk_packaging.changelog import Release, released
from lyncdesk_packaging.work import Work

TEMPLATE = Path("packaging/desktop") / f"{DESKTOP_ID}.metainfo.xml"


def write_share(
    work: Work, prefix: Path, *, zsh: str = "site-functions", flatpak: bool = False
) -> list[Path]:
    """Write everything under ``prefix`` (``/usr`` of a package); the files, sorted.

    ``zsh`` is the folder in which it looks for completions: Debian's packages use ``vendor-completions``.
    ``flatpak``: see :func:`metainfo`.
    """
    tree = share_files()
    tree[f"metainfo/{DESKTOP_ID}.metainfo.xml"] = metainfo(work, flatpak=flatpak)
    written = []
    for name, content in tree.items():
        path = prefix / "share" / name.replace("zsh/site-functions", f"zsh/{zsh}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
        written.append(path)
    return sorted(written)


def write_autostart(configuration: Path) -> Path:
    """Write the entry that starts LyncDesk at every login, under ``/etc/xdg`` of a package."""
    path = configuration / "autostart" / f"{DESKTOP_ID}.desktop"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(autostart_entry())
    path.chmod(0o644)
    return path


def metainfo(work: Work, *, flatpak: bool = False) -> bytes:
    """AppStream's description of the program, with the releases of the changelog.

    Debian 12 reads AppStream 0.16, which names a developer in a word; Flatpak's own tools want the element
    that came later and that 0.16 does not know.
    """
    parser = etree.XMLParser(remove_blank_text=True, resolve_entities=False)
    root = etree.fromstring((work.root / TEMPLATE).read_bytes(), parser)
    place = next(node for node in root.iterchildren(etree.Comment) if (node.text or "").strip() == "RELEASES")
    root.replace(place, _releases(released(work.root, work.version())))
    if flatpak:
        (old,) = root.findall("developer_name")
        developer = etree.Element("developer", id="org.lyncdesk")
        etree.SubElement(developer, "name", translate="no").text = old.text
        root.replace(old, developer)
    etree.indent(root)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return made + b"\n"


def _releases(found: tuple[Release, ...]) -> etree._Element:
    all_ = etree.Element("releases")
    for release in found:
        one = etree.SubElement(all_, "release", version=release.version, date=str(release.date))
        description = etree.SubElement(one, "description")
        if release.words:
            etree.SubElement(description, "p").text = release.words
        for part in release.parts:
            if part.title:
                etree.SubElement(description, "p").text = part.title
            entries = etree.SubElement(description, "ul")
            for entry in part.entries:
                etree.SubElement(entries, "li").text = entry
    return all_
