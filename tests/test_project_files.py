"""Files around the package agree with each other and hold nothing of the machine they came from."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import distribution, entry_points, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import helpers
from helpers.params import Params

PROJECT = Path(__file__).parents[1]
ONE_MEBIBYTE = 2**20
NOT_OURS = {"reports", "dist", "__pycache__", ".git", ".venv", ".hypothesis"}
THIS = Path(__file__).relative_to(PROJECT)

PROJECT_TABLE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
README = (PROJECT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")


@cache
def list_tracked() -> tuple[Path, ...]:
    """Return the project's files; without git, all but what is built."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True, text=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        paths = [path for path in PROJECT.rglob("*") if not is_built(path)]
    else:
        paths = [PROJECT / name for name in listed.split("\0") if name]
    return tuple(path for path in paths if path.is_file())


def is_built(path: Path) -> bool:
    """Return whether a file lies in a folder that no version of the project holds."""
    parts = path.relative_to(PROJECT).parts
    return bool(NOT_OURS & set(parts)) or any(part.endswith("_cache") for part in parts)


@cache
def read_texts() -> dict[Path, str]:
    """Return the project's text files but this one, which names what it looks for."""
    texts = {}
    for path in list_tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192] and path.relative_to(PROJECT) != THIS:
            texts[path.relative_to(PROJECT)] = content.decode("utf-8")
    return texts


@cache
def read_lock() -> tuple[tuple[Requirement, tuple[str, ...]], ...]:
    """Return each locked requirement with its hashes."""
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return tuple(
        (Requirement(line.split(" --hash=")[0].strip()), tuple(line.split(" --hash=")[1:]))
        for line in lines
    )


def list_requirements() -> list[Requirement]:
    texts = [
        *PROJECT_TABLE["project"]["dependencies"],
        *PROJECT_TABLE["dependency-groups"]["dev"],
        *PROJECT_TABLE["build-system"]["requires"],
    ]
    return [Requirement(text) for text in texts]


def find_locked(name: str) -> list[Requirement]:
    wanted = canonicalize_name(name)
    return [entry for entry, _ in read_lock() if canonicalize_name(entry.name) == wanted]


class TestLock:
    def test_each_package_is_pinned_and_hashed(self):
        assert len(read_lock()) > 100
        for entry, hashes in read_lock():
            assert [spec.operator for spec in entry.specifier] == ["=="], entry
            assert entry.url is None, entry
            assert hashes, entry
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", text.strip()) for text in hashes)

    def test_no_address_and_no_option_is_in_it(self):
        text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
        assert "://" not in text
        assert " @ " not in text
        assert not re.search(r"^\s*-(?!-hash=)", text, re.MULTILINE)

    @pytest.mark.parametrize("wanted", list_requirements(), ids=str)
    def test_each_requirement_is_locked_within_its_bounds(self, wanted):
        found = find_locked(wanted.name)
        assert found
        for entry in found:
            (pin,) = entry.specifier
            assert wanted.specifier.contains(pin.version), entry

    @pytest.mark.parametrize("wanted", list_requirements(), ids=str)
    def test_tests_run_on_what_is_locked(self, wanted):
        valid = [e for e in find_locked(wanted.name) if not e.marker or e.marker.evaluate()]
        assert len(valid) == 1
        assert valid[0].specifier.contains(version(wanted.name))

    @pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
    def test_each_python_gets_one_version_of_a_package(self, python):
        environment = {"python_version": python, "python_full_version": f"{python}.9"}
        names = [
            canonicalize_name(entry.name)
            for entry, _ in read_lock()
            if not entry.marker or entry.marker.evaluate(environment)
        ]
        assert len(names) == len(set(names))
        required = {canonicalize_name(wanted.name) for wanted in list_requirements()}
        assert required <= set(names)


class TestCondaEnvironment:
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text(encoding="utf-8"))

    def test_its_python_is_that_of_the_project(self):
        (python,) = [
            Requirement(text)
            for text in self.environment["dependencies"]
            if isinstance(text, str) and text.startswith("python")
        ]
        assert python.specifier == SpecifierSet(PROJECT_TABLE["project"]["requires-python"])
        assert python.specifier.contains(".".join(map(str, sys.version_info[:2])))

    def test_all_else_comes_from_the_same_lock_as_make_installs(self):
        plain = [text for text in self.environment["dependencies"] if isinstance(text, str)]
        assert {text.split(">")[0] for text in plain} == {"python", "pip", "make"}
        (pip,) = [entry["pip"] for entry in self.environment["dependencies"] if entry not in plain]
        assert pip == ["--require-hashes", "-r requirements.lock"]
        assert "--require-hashes -r requirements.lock" in MAKEFILE

    def test_it_has_the_name_of_the_project(self):
        assert self.environment["name"] == PROJECT_TABLE["project"]["name"]


def list_code() -> list[str]:
    """Return README's shell commands, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    lines = [line.split("  #")[0].strip() for block in blocks for line in block.splitlines()]
    inline = re.findall(r"`((?:make|\.venv/bin/\w+) [^`]+)`", README)
    return list(dict.fromkeys(line for line in [*lines, *inline] if line))


def list_make_targets() -> list[str]:
    """Return the targets that README and the continuous integration name."""
    runs = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    lines = [*list_code(), *runs.splitlines()]
    return sorted({line.split()[1] for line in lines if line.startswith("make ")})


class TestCommands:
    def test_readme_names_the_three_that_a_user_needs(self):
        assert {"report", "test", "lab"} <= set(list_make_targets())

    @pytest.mark.parametrize("target", list_make_targets())
    def test_make_knows_each_target(self, target):
        assert re.search(rf"^{target}:.*## \w", MAKEFILE, re.MULTILINE)
        assert re.search(rf"^\.PHONY:.*\b{target}\b", MAKEFILE, re.MULTILINE)
        done = subprocess.run(
            ["make", "-n", target], cwd=PROJECT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert re.search(r"\.venv/bin/|Rscript", done.stdout)

    def test_make_alone_lists_every_target(self):
        done = subprocess.run(
            ["make", "--no-print-directory"],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=True,
        )
        phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()
        assert {line.split()[1] for line in done.stdout.splitlines()} == set(phony)

    def test_make_names_the_python_that_the_project_needs(self):
        floor = re.search(r"sys\.version_info < \((\d+), (\d+)\)", MAKEFILE)
        bound = SpecifierSet(PROJECT_TABLE["project"]["requires-python"])
        assert str(bound) == f">={floor[1]}.{floor[2]}"

    @pytest.mark.parametrize("command", [c for c in list_code() if c.startswith(".venv/bin/")])
    def test_programs_files_and_parameters_of_a_command_are_there(self, command):
        program, *words = command.split()
        scripts = {entry.name for entry in entry_points(group="console_scripts")}
        assert Path(program).name in scripts | {"python"}
        for word in words:
            if re.fullmatch(r"(notebooks|params)/\S+", word):
                assert (PROJECT / word).is_file()
        parameters = re.findall(r"(?:--set |-p )(\w+)", command)
        assert set(parameters) <= set(Params.model_fields)

    def test_continuous_integration_makes_the_tests(self):
        text = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
        assert re.search(r"^make test$", text, re.MULTILINE)
        assert os.access(PROJECT / ".ci" / "run", os.X_OK)

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
    def test_links_lead_somewhere(self, page):
        text = (PROJECT / page).read_text(encoding="utf-8")
        targets = re.findall(r"\]\(([^)#]+)", text)
        missing = [
            target for target in targets if "://" not in target and not (PROJECT / target).exists()
        ]
        assert not missing


class TestTrackedFiles:
    def test_there_are_some(self):
        names = {str(path.relative_to(PROJECT)) for path in list_tracked()}
        assert {"pyproject.toml", "requirements.lock", "helpers/cli/__init__.py"} <= names

    def test_none_is_large(self):
        assert not [path for path in list_tracked() if path.stat().st_size > ONE_MEBIBYTE]

    def test_none_is_built(self):
        """What lies in reports/ itself belongs to the project, what lies in its folders not."""
        relative = [path.relative_to(PROJECT) for path in list_tracked()]
        assert not [path for path in relative if (NOT_OURS - {"reports"}) & set(path.parts)]
        assert not [path for path in relative if path.parts[0] == "reports" and path.parts[2:]]

    def test_none_names_a_folder_of_somebodys_machine(self):
        own = {str(PROJECT), str(Path.home()) + "/", sys.base_prefix} - {"/usr", "//"}
        made_up = {"ann", "you", "me", "user"}
        pattern = re.compile(
            r"(?<![\w.])/(?:home|Users)/(\w+)|(?<![\w.])/(?:root|work|mnt|opt)/(\w+)"
            r"|\b[A-Z]:\\+Users\\+(\w+)"
        )
        for path, text in read_texts().items():
            named = {next(filter(None, found)) for found in pattern.findall(text)}
            assert named <= made_up, path
            if path.suffix != ".py":
                assert not [folder for folder in own if folder in text], path
            assert str(PROJECT) + "/" not in text, path

    def test_none_names_a_package_index(self):
        hosts = re.compile(
            r"(?:https?|ftp|git|ssh|file)://[^\s/\"'`)>]*"
            r"(?:pypi|pythonhosted|anaconda|npm|registry|mirror|artifactory|nexus|localhost"
            r"|\b\d+\.\d+\.\d+\.\d+\b|\.local\b|\.internal\b)[^\s\"'`)>]*",
            re.IGNORECASE,
        )
        options = re.compile(r"(?<!no-emit-)(?:index-url|find-links|trusted-host)|PIP_INDEX")
        for path, text in read_texts().items():
            assert not hosts.findall(text), path
            assert not options.findall(text), path

    @pytest.mark.parametrize(
        "path",
        [path for path in list_tracked() if path.suffix == ".ipynb"],
        ids=lambda path: path.stem,
    )
    def test_notebooks_hold_no_outputs(self, path):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        assert cells
        assert not [cell for cell in cells if cell["outputs"] or cell["execution_count"]]
        assert not {"papermill", "widgets"} & set(notebook["metadata"])


class TestVersionAndEntryPoints:
    def test_one_version_everywhere(self):
        citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
        assert citation["version"] == helpers.__version__
        assert PROJECT_TABLE["project"]["dynamic"] == ["version"]
        source = PROJECT / PROJECT_TABLE["tool"]["hatch"]["version"]["path"]
        assert source.samefile(helpers.__file__)
        assert version("lenfail") == helpers.__version__
        assert re.fullmatch(r"\d+\.\d+\.\d+", helpers.__version__)

    def test_one_licence_everywhere(self):
        citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
        assert citation["license"] == PROJECT_TABLE["project"]["license"] == "BSD-3-Clause"
        assert (PROJECT / "LICENSE").read_text(encoding="utf-8").startswith("BSD 3-Clause")

    def test_entry_points_are_those_declared_and_load(self):
        declared = {("console_scripts", "lenfail"): PROJECT_TABLE["project"]["scripts"]["lenfail"]}
        for group, entries in PROJECT_TABLE["project"]["entry-points"].items():
            declared |= {(group, name): value for name, value in entries.items()}
        installed = {
            (entry.group, entry.name): entry for entry in distribution("lenfail").entry_points
        }
        assert {key: entry.value for key, entry in installed.items()} == declared
        for entry in installed.values():
            assert callable(entry.load())

    def test_the_kernel_is_installed_with_the_package(self):
        data = PROJECT_TABLE["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
        source = "helpers/kernelspec/kernel.json"
        target = data[source]
        spec = json.loads((PROJECT / source).read_text(encoding="utf-8"))
        assert json.loads((Path(sys.prefix) / target).read_text(encoding="utf-8")) == spec
        (provisioner,) = PROJECT_TABLE["project"]["entry-points"][
            "jupyter_client.kernel_provisioners"
        ]
        assert spec["metadata"]["kernel_provisioner"]["provisioner_name"] == provisioner


class TestPreCommit:
    settings = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    hooks = tuple(hook for repo in settings["repos"] for hook in repo["hooks"])

    def test_notebooks_are_stripped(self):
        (hook,) = [hook for hook in self.hooks if hook["id"] == "nbstripout"]
        assert hook["types"] == ["jupyter"]

    def test_hooks_run_from_the_projects_environment(self):
        locked = {canonicalize_name(entry.name) for entry, _ in read_lock()}
        for hook in self.hooks:
            assert hook["language"] == "system"
            program = hook["entry"].split()[0]
            assert program == "sh" or Path(program).name in locked

    def test_code_is_checked_and_formatted(self):
        entries = {hook["entry"] for hook in self.hooks}
        assert any("ruff check" in entry for entry in entries)
        assert any("ruff format" in entry for entry in entries)
