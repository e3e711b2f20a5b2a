"""What Qt itself says, and how it writes dates: in the person's language, like the rest of the screens."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator


def locale_for(language: str, system: QLocale) -> QLocale:
    """The language of the screens with the customs of the system's territory; the system's own locale where
    both agree. ``language``: "de", "en_GB".
    """
    wanted = QLocale(language)
    if wanted.language() == system.language():
        return system
    if system.language() == QLocale.Language.C:
        # Nobody's own locale. English for the world, not for the one country that writes it another way.
        english = wanted.language() == QLocale.Language.English
        return QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom) if english else wanted
    return QLocale(wanted.language(), system.territory())


def speak(application: QCoreApplication, language: str) -> None:
    """Have Qt's own menus, buttons and dates in this language from now on. Widgets that exist keep theirs."""
    QLocale.setDefault(locale_for(language, QLocale.system()))
    translator = QTranslator(application)
    place = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    # English needs none. Where Qt came without its translations, its few words stay English.
    if translator.load(QLocale(language), "qtbase", "_", place):
        application.installTranslator(translator)
