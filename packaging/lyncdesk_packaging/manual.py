"""The manual page: commands and options as the parser has them, the rest from ``lyncdesk.man``."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from unittest import mock

from argparse_manpage.manpage import Manpage

from lyncdesk_packaging.changelog import changelog
from lyncdesk_packaging.work import ROOT, Work

INCLUDED = ROOT / "packaging/desktop/lyncdesk.man"


def manual(work: Work, parser: ArgumentParser) -> str:
    """``lyncdesk.1``, for man and mandoc, the same on every day and in every terminal."""
    version = work.version()
    day = next((release.date for release in changelog(work.root) if release.version == version), "")
    data = {
        "project_name": "LyncDesk",
        "version": version,
        "manual_title": "LyncDesk",
        "description": "presence from an Exchange calendar, in the tray",
        "date": str(day),
        "include": str(INCLUDED),
    }
    # Each Python breaks a usage at the terminal's width in a way of its own; man breaks it here.
    with mock.patch.dict(os.environ, {"COLUMNS": "10000"}):
        page = Manpage(parser, _data=data, format="single-commands-section")
        page.date = data["date"]
        return str(page)
