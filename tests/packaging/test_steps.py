"""The steps of ``make package``: their order, and what is made again after what."""

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lyncdesk_packaging import steps
from lyncdesk_packaging.steps import STEPS, Step, made, product
from lyncdesk_packaging.work import MOMENT, ROOT, Work, content


def test_a_step_comes_after_what_it_needs() -> None:
    names = list(STEPS)
    for name, step in STEPS.items():
        assert all(names.index(need) < names.index(name) for need in step.needs), name


def test_each_step_has_a_module_and_each_place_is_there() -> None:
    for name, step in STEPS.items():
        assert (Path(ROOT) / "packaging/lyncdesk_packaging" / f"{name}.py").is_file(), name
        assert all((ROOT / place).exists() for place in step.places), name


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source of three files, and two steps: ``first`` packs two apart, ``second`` takes one of these."""
    monkeypatch.delenv(MOMENT, raising=False)
    for name in ("program", "tests", "recipe"):
        (tmp_path / name).write_text("1")
    rows = {
        "first": Step("", places=("program", "tests")),
        "second": Step("", needs={"first": "*.whl"}, places=("recipe",), settings=("WISH",)),
    }
    monkeypatch.setattr(steps, "STEPS", rows)
    return tmp_path


@pytest.fixture
def done(tree: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the steps that were made, as they are made."""
    done: list[str] = []

    def first(work: Work) -> list[Path]:
        done.append("first")
        wheel, rest = work.dist / "a.whl", work.dist / "a.tar.gz"
        with zipfile.ZipFile(wheel, "w") as packed:
            when = (2000 + len(done), 1, 1, 0, 0, 0)  # another time each time
            packed.writestr(zipfile.ZipInfo("program", when), (work.root / "program").read_text())
        rest.write_text((work.root / "tests").read_text())
        return [wheel, rest]

    def second(work: Work) -> list[Path]:
        done.append("second")
        (work.dist / "folder").mkdir(exist_ok=True)
        return [work.dist / "folder"]

    makers: dict[str, Callable[[Work], list[Path]]] = {"first": first, "second": second}
    for name, make in makers.items():
        monkeypatch.setitem(sys.modules, f"lyncdesk_packaging.{name}", SimpleNamespace(make=make))
    made("second", tree)
    assert done == ["first", "second"]
    done.clear()
    return done


def test_a_step_is_not_made_again_while_nothing_has_changed(tree: Path, done: list[str]) -> None:
    assert made("second", tree) == [tree / "dist/folder"]
    assert done == []


def test_what_came_out_the_same_makes_nothing_else_anew(tree: Path, done: list[str]) -> None:
    (tree / "tests").write_text("2")
    made("second", tree)
    assert done == ["first"]


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (lambda tree, _: (tree / "program").write_text("2"), ["first", "second"]),
        (lambda tree, _: (tree / "recipe").write_text("2"), ["second"]),
        (lambda _, env: env.setenv("WISH", "2"), ["second"]),
        (lambda _, env: env.setenv(MOMENT, "1700000000"), ["first", "second"]),
        (lambda tree, _: (tree / "dist/folder").rmdir(), ["second"]),
    ],
    ids=["source", "recipe", "setting", "moment", "product gone"],
)
def test_what_has_changed_is_made_again(
    tree: Path,
    done: list[str],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Path, pytest.MonkeyPatch], object],
    again: list[str],
) -> None:
    change(tree, monkeypatch)
    made("second", tree)
    assert done == again


@pytest.mark.usefixtures("done")
def test_a_product_is_found_by_its_name_among_those_of_its_step(tree: Path) -> None:
    assert product("first", "*.whl", tree) == tree / "dist/a.whl"
    assert product("second", "folder", tree) == tree / "dist/folder"


def test_the_content_of_a_folder_is_its_names_bytes_links_and_what_can_be_run(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a").write_text("1")
    (folder / "link").symlink_to("a")
    seen = {content(folder)}
    for change in (
        lambda: (folder / "a").chmod(0o755),
        lambda: (folder / "a").write_text("2"),
        lambda: (folder / "a").rename(folder / "b"),
        lambda: (folder / "link").rename(folder / "a"),
        (folder / "empty").mkdir,
    ):
        change()
        seen.add(content(folder))
    assert len(seen) == 6
    (folder / "b").write_text("2")
    assert content(folder) in seen
