"""The steps of ``make package``."""

from pathlib import Path

from lyncdesk_packaging.steps import STEPS
from lyncdesk_packaging.work import ROOT


def test_a_step_comes_after_what_it_needs() -> None:
    names = list(STEPS)
    for name, step in STEPS.items():
        assert all(names.index(need) < names.index(name) for need in step.needs), name


def test_each_step_has_a_module_and_each_place_is_there() -> None:
    for name, step in STEPS.items():
        assert (Path(ROOT) / "packaging/lyncdesk_packaging" / f"{name}.py").is_file(), name
        assert all((ROOT / place).exists() for place in step.places), name
