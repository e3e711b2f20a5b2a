"""Controls that several windows share: a form, a password, a check box that wraps, locks, mnemonics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QStyle,
    QTabWidget,
    QToolButton,
    QWidget,
)

from lyncdesk.client.words import Words
from lyncdesk.ui.mnemonics import letters, with_mnemonics
from lyncdesk.ui.widgets import QuietLabel


class PasswordField(QWidget):
    """A password, and a button that shows what was typed while it is down."""

    changed = Signal()

    def __init__(self, words: Words, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.line.setInputMethodHints(Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData)
        self.line.setAccessibleName(name)
        self.line.textChanged.connect(self.changed)
        self.reveal = QToolButton()
        self.reveal.setText(words("Show"))
        self.reveal.setAccessibleName(words("Show the password"))
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._reveal)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.line, 1)
        row.addWidget(self.reveal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # or a label's letter would not lead here
        self.setFocusProxy(self.line)

    def text(self) -> str:
        """What was typed."""
        return self.line.text()

    def clear(self) -> None:
        """Forget what was typed, undo included, and hide again."""
        self.line.clear()
        self.reveal.setChecked(False)

    def _reveal(self, shown: bool) -> None:
        self.line.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)


def room_on_screen(window: QWidget) -> QSize:
    """How large a window can be on its screen, under its title bar."""
    title = window.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight, None, window)
    return window.screen().availableSize() - QSize(0, title)


def open_at(window: QWidget, width: int, height: int) -> None:
    """Let a window open at this size, or at what its screen has room for: 1080 lines at 200 % are 540."""
    window.resize(QSize(width, height).boundedTo(room_on_screen(window)))


def fit_height(window: QWidget) -> None:
    """Make a window as high as its wrapped texts need at its width, and no narrower than its words."""
    layout = window.layout()
    if layout is not None:
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.activate()
        width = max(window.width(), layout.totalMinimumSize().width())
        window.resize(width, layout.totalHeightForWidth(width))


_TURNED = (QAbstractSpinBox, QComboBox)


class _Column(QScrollArea):
    """Scrolls up and down only, so it is never narrower than its content, and its content never too low."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The content changed, or the wheel is over a control that would take it: it scrolls, and changes
        nothing.
        """
        if event.type() is QEvent.Type.LayoutRequest:
            self._fit()
        elif event.type() is QEvent.Type.Wheel and isinstance(watched, _TURNED):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths, other heights."""
        self._fit()
        super().resizeEvent(event)

    def _fit(self) -> None:
        # Qt asks for the height at the given width, but only where a text wraps; it would else squeeze the
        # parts into each other. Left to itself it would make all as high as the texts are in the narrowest
        # window.
        content = self.widget()
        layout = content.layout() if content is not None else None
        if content is not None and layout is not None:
            wraps = layout.hasHeightForWidth()
            content.setMinimumHeight(1 if wraps else max(1, layout.totalMinimumSize().height()))

    def minimumSizeHint(self) -> QSize:
        """As wide as the content needs with a scroll bar beside it."""
        content = self.widget()
        width = content.minimumSizeHint().width() if content is not None else 0
        return QSize(width + self.verticalScrollBar().sizeHint().width(), super().minimumSizeHint().height())


def scrolling(content: QWidget) -> QScrollArea:
    """The content in an area that scrolls up and down and has no frame."""
    area = _Column()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(content)
    for kind in _TURNED:
        for control in content.findChildren(kind):
            control.installEventFilter(area)
    return area


class Form(QGridLayout):
    """Rows of a label and a control: the label is the control's buddy and its accessible name.

    The controls take the width that is left, or the labels where they are sentences (``sentences``).
    """

    def __init__(self, *, sentences: bool = False) -> None:
        super().__init__()
        self.setColumnStretch(0 if sentences else 1, 1)
        self.setHorizontalSpacing(12)

    def add(self, text: str, control: QWidget, note: QWidget | None = None) -> QLabel:
        """A row. ``note`` stands under the control."""
        row = self.rowCount()
        name = QLabel(text)
        name.setBuddy(control)
        if not control.accessibleName():
            control.setAccessibleName(text.rstrip(":"))
        self.addWidget(name, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self.addWidget(control, row, 1)
        if note is not None:
            self.addWidget(note, row + 1, 1)
        return name

    def heading(self, text: str, controls: QWidget) -> QLabel:
        """A row of several controls; its name, which stands at the first of them, leads to none by itself."""
        row = self.rowCount()
        name = QLabel(text)
        controls.setAccessibleName(text.rstrip(":"))
        self.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
        self.addWidget(controls, row, 1)
        return name

    def add_note(self, note: QWidget) -> None:
        """A widget under the last control."""
        self.addWidget(note, self.rowCount(), 1)

    def wide(self, widget: QWidget) -> None:
        """A widget over both columns."""
        self.addWidget(widget, self.rowCount(), 0, 1, 2)


class Lock:
    """A control that the administrator may have set: disabled then, and the words say so."""

    def __init__(self, control: QWidget, words: Words, indent: int = 0) -> None:
        self._control = control
        self._text = words("Set by your administrator")
        self.note = QuietLabel(self._text)
        self.note.setIndent(indent)
        self.note.hide()
        self.locked = False

    def set(self, locked: bool, *, usable: bool = True) -> None:
        """Lock or unlock; an unlocked control is enabled where it is ``usable``."""
        self.locked = locked
        self._control.setEnabled(usable and not locked)
        self._control.setToolTip(self._text if locked else "")
        self._control.setAccessibleDescription(self._text if locked else "")
        self.note.setVisible(locked)


def check_indent(box: QCheckBox) -> int:
    """Where a check box's words begin, in pixels: notes under it line up with them."""
    style = box.style()
    return style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth, None, box) + style.pixelMetric(
        QStyle.PixelMetric.PM_CheckBoxLabelSpacing, None, box
    )


_CLOSED = (*_TURNED, QLineEdit)


def give_mnemonics(window: QWidget, taken: Iterable[str] = ()) -> None:
    """Give every button, tab and labelled control of a window a letter of its own, in any language.

    Letters of ``taken`` belong to others. Pages are never seen together, so they may use the same letters. To
    be called again after a text changed: the others keep their letters.
    """
    found, pages = _with_texts(window)
    texts = [text for text, _ in found]
    had = [next(iter(letters([text])), "") for text in texts]
    marked = with_mnemonics([_raw(text) for text in texts], taken, had)
    for (_, put), text in zip(found, marked, strict=True):
        put(text)
    for page in pages:
        give_mnemonics(page, [*taken, *letters(marked)])


def letters_in(widget: QWidget) -> frozenset[str]:
    """Every letter that something in this widget has, on any page."""
    found, pages = _with_texts(widget)
    own = frozenset(letters([text for text, _ in found]))
    return own.union(*(letters_in(page) for page in pages))


_Texts = list[tuple[str, Callable[[str], object]]]


def _with_texts(widget: QWidget) -> tuple[_Texts, list[QWidget]]:
    texts: _Texts = []
    pages: list[QWidget] = []
    for child in widget.children():
        if not isinstance(child, QWidget) or child.isWindow() or isinstance(child, _CLOSED):
            continue
        match child:
            case QTabWidget():
                texts += [(child.tabText(i), partial(child.setTabText, i)) for i in range(child.count())]
                pages += _pages_of(child)
            case QStackedWidget():
                pages += _pages_of(child)
            case QAbstractButton():
                texts += [(child.text(), child.setText)] if child.text() else []
            case QLabel() if child.buddy() is not None:
                texts.append((child.text(), child.setText))
            case _:
                more, further = _with_texts(child)
                texts += more
                pages += further
    return texts, pages


def _pages_of(pages: QTabWidget | QStackedWidget) -> list[QWidget]:
    found = (pages.widget(i) for i in range(pages.count()))
    return [page for page in found if page is not None]


def _raw(text: str) -> str:
    return re.sub("&(.?)", r"\1", text)


def button(text: str, pressed: Callable[[], object], *, name: str = "") -> QPushButton:
    """A push button that calls ``pressed``; ``name`` is its accessible name if the text says too little."""
    made = QPushButton(text)
    made.clicked.connect(lambda _checked=False: pressed())
    made.setAutoDefault(False)
    if name:
        made.setAccessibleName(name)
    return made
