"""The workflows for a public forge, by the checks that can be made without one. None of them has been run."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from lyncdesk_packaging.agreement import pythons
from lyncdesk_packaging.steps import STEPS
from lyncdesk_packaging.work import ROOT

FOLDER = ROOT / "packaging/ci"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe").load(path)
    return content


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{path.name}: {name}", job) for path in WORKFLOWS for name, job in read(path)["jobs"].items()]


def checked(program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("schema", ["vendor.github-workflows", "custom.github-workflows-require-timeout"])
def test_they_follow_the_schema(schema: str) -> None:
    done = checked("check-jsonschema", "--builtin-schema", schema, *WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_the_schema_would_say_no(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text((FOLDER / "ci.yml").read_text().replace("runs-on:", "run-on:", 1))
    assert checked("check-jsonschema", "--builtin-schema", "vendor.github-workflows", broken).returncode


def test_nothing_in_them_is_known_to_be_unsafe() -> None:
    done = checked("zizmor", "--offline", "--no-progress", "--persona", "pedantic", *WORKFLOWS)
    assert done.returncode == 0, done.stdout


def test_the_audit_would_say_no(tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    told = "          TAG: ${{ github.ref_name }}"
    text = (FOLDER / "release.yml").read_text()
    assert told in text
    broken.write_text(text.replace('"$TAG"', "${{ github.event.head_commit.message }}"))
    done = checked("zizmor", "--offline", "--no-progress", broken)
    assert "template-injection" in done.stdout


def test_each_action_is_pinned_by_its_hash_and_says_its_version() -> None:
    for path in WORKFLOWS:
        for uses in re.findall(r"uses: (.*)", path.read_text()):
            own = re.match(r"\./\.github/workflows/(\w+\.yml) ", uses)
            if own is None:
                assert re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", uses), uses
            else:
                assert (FOLDER / own[1]).exists()


def test_one_action_has_one_hash() -> None:
    pins = {pin for path in WORKFLOWS for pin in re.findall(r"uses: (actions/.*)", path.read_text())}
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


def test_each_job_may_do_what_it_names_and_nothing_else() -> None:
    for path in WORKFLOWS:
        assert read(path)["permissions"] == {}, path
    allowed = {name: job["permissions"] for name, job in jobs()}
    writing = {name for name, rights in allowed.items() if set(rights.values()) != {"read"}}
    assert writing == {"release.yml: draft"}
    assert all(set(rights) == {"contents"} for rights in allowed.values())


def test_the_matrix_is_three_systems_and_every_python() -> None:
    ci = read(FOLDER / "ci.yml")["jobs"]
    matrices = [ci[job]["strategy"]["matrix"] for job in ("ubuntu", "elsewhere")]
    assert all(matrix["python"] == pythons(ROOT) for matrix in matrices)
    systems = {system.partition("-")[0] for system in matrices[1]["system"]} | {ci["ubuntu"]["runs-on"][:6]}
    assert systems == {"ubuntu", "windows", "macos"}


def test_what_they_run_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for path in WORKFLOWS:
        text = path.read_text()
        for target in re.findall(r"(?:run: |\" )make ([a-z]+)", text):
            assert re.search(rf"(?m)^{target}:", makefile), f"{path.name}: make {target}"
        for steps in re.findall(r"-m lyncdesk_packaging ([a-z ]+)", text):
            assert set(steps.split()) <= set(STEPS), f"{path.name}: {steps}"
        for names in re.findall(r"-m pytest (.*)", text):
            assert all((ROOT / name).is_dir() for name in names.split()), names


def test_no_step_says_a_secret_or_what_somebody_else_wrote() -> None:
    for name, job in jobs():
        for step in job.get("steps", ()):
            assert "${{" not in step.get("run", ""), f"{name}: {step['run']}"
        assert "secrets." not in str(job), name


def test_what_cannot_be_had_in_isolation_is_set_up_first_as_make_does() -> None:
    """Without build isolation what builds a package must be there, which Python does not always bring."""
    makefile = (ROOT / "Makefile").read_text()
    first = set(re.findall(r"(?m)^\t@\$\(install\) ([a-z]+)$", makefile))
    assert "hatchling" in first
    for name, job in jobs():
        for step in job.get("steps", ()):
            before, without, _ = step.get("run", "").partition("--no-build-isolation")
            if without:
                assert first <= set(before.split()), name


def test_an_artifact_has_its_files_at_its_top() -> None:
    """A release is put together of several: the folders of a path come along from its first star on."""
    for name, job in jobs():
        for step in job.get("steps", ()):
            if "upload-artifact" in step.get("uses", ""):
                folder, star, rest = step["with"]["path"].partition("*")
                assert not star or "/" not in rest, (name, folder)
