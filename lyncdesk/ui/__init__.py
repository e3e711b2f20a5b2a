"""The screens: tray icon, windows, contact card. The only room that imports PySide6.

Widgets only render: a value of :mod:`lyncdesk.client.view_types` goes in, an event or a call of a session
comes out. Qt lives in the main thread; everything else runs on the loop that :mod:`lyncdesk.ui.bridge` owns.
"""
