"""The screens: tray icon, windows, contact card. The only room that imports PySide6.

Widgets only render: a value of :mod:`lyncdesk.client.view_types` goes in, an event or a call of a session
comes out. Qt lives in the main thread; everything else runs on the loop of :mod:`lyncdesk.ui.client_thread`.
"""

import builtins

import PySide6  # noqa: F401

# PySide6 wraps ``__import__`` to search the source of each module that is imported later for its optional
# spellings (``from __feature__ import snake_case``), and the source stays in memory: 6 MB, and half the time
# of an import. Nothing here uses them, so what it wraps is put back.
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
