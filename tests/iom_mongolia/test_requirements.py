"""What is installed is pinned, has its reason, and is exactly what the locks say."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent.parent


def pins(name):
    lines = [line.split("#")[0].strip() for line in (PROJECT / name).read_text().splitlines()]
    return {
        re.sub(r"[-_.]+", "-", package.split("[")[0]).lower(): version
        for package, version in (line.split("==") for line in lines if line)
    }


@pytest.mark.parametrize("name", ["requirements", "requirements-test"])
def test_each_direct_dependency_is_in_the_lock_at_the_same_version(name):
    direct, locked = pins(f"{name}.txt"), pins(f"{name}.lock")
    assert {package: locked.get(package) for package in direct} == direct


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_each_direct_dependency_has_its_reason(name):
    bare = [line for line in (PROJECT / name).read_text().splitlines() if line and not re.search(r"#\s+\w{3}", line)]
    assert bare == []


def test_the_locks_hold_all_that_their_packages_need():
    locked = pins("requirements.lock") | pins("requirements-test.lock")
    lacking = set()
    for package in locked:
        for need in distribution(package).requires or []:
            name = re.match(r"[\w.-]+", need).group()
            if "extra ==" in need or "sys_platform" in need or "platform_system" in need or "python_version" in need:
                continue
            if re.sub(r"[-_.]+", "-", name).lower() not in locked:
                lacking.add(f"{package} needs {need}")
    assert lacking == set()
