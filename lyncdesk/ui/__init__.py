"""The screens: the only place that imports PySide6. Widgets render view values and send events."""
