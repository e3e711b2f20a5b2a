"""The catalogues of `resources/translations`: what the program says, taken from its source, and compiled.

`python -m tests.translations` brings every `.po` up to date with the source and compiles it, for
`make translations`. `tests/project/test_translations.py` proves with the same functions that nothing is
missing.
"""

import ast
import io
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from lyncdesk.client.options import Origin
from lyncdesk.presence.items import Kind, Response, ShowAs
from lyncdesk.presence.relationships import DetailsTo, Relationship
from lyncdesk.presence.states import ManualStatus

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "lyncdesk"
TRANSLATIONS = ROOT / "resources" / "translations"
LESSONS = ROOT / "resources" / "lessons"
# The embedded Exchange speaks to programs, in English.
SILENT = ("exchange_server",)
COMMENT = "# LyncDesk in this language. `make translations` keeps the texts up to date."

# Which positional arguments of which call are texts for people.
MARKERS: dict[str, tuple[int, ...]] = {
    "N_": (0,),
    "words": (0,),
    "_words": (0,),
    "plural": (0, 1),
    "Message": (0,),
    "Message.of": (0,),
    "ProblemRow": (1, 2, 3),
    "StateRow": (0,),
    # The effect of a policy key.
    "PolicyKey": (3,),
    "_plain": (3,),
    "_text": (2,),
    "_never": (1,),
}
# Members of enumerations that screens show; `Words` translates them where they are values.
SHOWN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("presence/items.py", tuple(member.label for member in ShowAs)),
    ("presence/items.py", tuple(str(member.value) for member in Kind)),
    ("presence/items.py", tuple(str(member.value) for member in Response)),
    ("presence/relationships.py", tuple(str(member.value) for member in Relationship)),
    ("presence/relationships.py", tuple(str(member.value) for member in DetailsTo)),
    ("presence/states.py", tuple(str(member.value) for member in ManualStatus)),
    ("client/options.py", tuple(str(member.value) for member in Origin)),
)


def _called(function: ast.expr) -> str:
    match function:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name("Message"), "of"):
            return "Message.of"
        case ast.Attribute(_, name):
            return name
    return ""


def _literals(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(str(text)) if text:
            yield text
        case ast.IfExp():
            yield from _literals(argument.body)
            yield from _literals(argument.orelse)


def texts_in(source: str) -> Iterator[tuple[int, str]]:
    """Each text for people in a Python source: its line and itself."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        for position in MARKERS.get(_called(node.func), ()):
            for text in _literals(node.args[position]) if position < len(node.args) else ():
                yield node.lineno, text


# Which keys of a lesson are texts for people, wherever they stand in it.
LESSON_TEXTS = frozenset({"title", "question", "about", "say", "then", "offer", "subject"})


def texts_in_lesson(content: str) -> Iterator[tuple[int, str]]:
    """Each text for people in a lesson: the line on which it begins, and itself."""

    def texts(value: object) -> Iterator[str]:
        match value:
            case dict():
                for key, inner in value.items():
                    if key in LESSON_TEXTS and isinstance(inner, str):
                        yield inner
                    else:
                        yield from texts(inner)
            case list():
                for inner in value:
                    yield from texts(inner)

    lines = content.splitlines()
    for text in texts(tomllib.loads(content)):
        begins = text.split('"')[0][:60]  # what comes before a quotation mark stands there as it is
        yield next((number for number, line in enumerate(lines, start=1) if begins in line), 1), text


def texts_of_the_program() -> dict[str, list[tuple[str, int]]]:
    """Each text for people of the whole program, with the places where it stands."""
    found: dict[str, list[tuple[str, int]]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith(SILENT):
            continue
        for line, text in texts_in(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append((f"lyncdesk/{name}", line))
    for path in sorted(LESSONS.glob("*.toml")):
        for line, text in texts_in_lesson(path.read_text(encoding="utf-8")):
            found.setdefault(text, []).append((f"resources/lessons/{path.name}", line))
    for name, texts in SHOWN:
        for text in texts:
            found.setdefault(text, []).append((f"lyncdesk/{name}", 0))
    return found


def placeholders(text: str) -> frozenset[str]:
    """The names of the values that a text takes."""
    return frozenset(re.findall(r"\{(\w+)\}", text))


def po_files() -> tuple[Path, ...]:
    """The catalogues that are kept."""
    return tuple(sorted(TRANSLATIONS.glob("*/LC_MESSAGES/lyncdesk.po")))


class KeptCatalogue(Catalog):
    """A catalogue without dates, tools and people in its header: the same texts give the same file."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        """The header that is written."""
        return [
            ("Project-Id-Version", "LyncDesk"),
            ("Language", str(self.locale_identifier)),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit\n"),
        ]


def read_catalogue(path: Path) -> Catalog:
    """A catalogue as it is kept."""
    with path.open("rb") as file:
        kept = read_po(file, locale=path.parent.parent.name)
    return updated(kept, [str(message.id) for message in kept if message.id])


def compiled(catalogue: Catalog) -> bytes:
    """What the program reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def updated(catalogue: Catalog, texts: Iterable[str]) -> Catalog:
    """The catalogue with exactly these texts: translations are kept, new ones are empty, none is guessed."""
    fresh = KeptCatalogue(locale=catalogue.locale, header_comment=COMMENT, fuzzy=False)
    for text in sorted(texts, key=lambda text: (text.casefold(), text)):
        kept = catalogue.get(text)
        fresh.add(text, kept.string if kept is not None else "")
    return fresh


def main() -> int:
    """Bring the kept catalogues up to date and compile them; tell what is not translated yet."""
    texts = texts_of_the_program()
    untranslated = 0
    for path in po_files():
        catalogue = updated(read_catalogue(path), texts)
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, omit_header=False)
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        for message in catalogue:
            if message.id and not message.string:
                untranslated += 1
                name, line = texts[str(message.id)][0]
                print(f"{path.parent.parent.name}: not translated: {name}:{line}: {message.id}")
    return 1 if untranslated else 0


if __name__ == "__main__":
    sys.exit(main())
