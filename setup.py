"""What setup.cfg cannot say: the rooms, folders of this repository, are installed inside of the package `freehold`."""

from __future__ import annotations

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOMS = ("editor", "graph", "language", "planner", "providers", "sandbox", "state")
MODULES = ("cli", "cli_common", "cli_state")


class BuildRooms(build_py):
    """Builds the package with the `MODULES`, which stand beside the rooms, in it."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of a package: its name, theirs, and their files."""
        found: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return [*found, *((package, name, f"{name}.py") for name in MODULES)] if package == "freehold" else found


packages = find_packages(include=[name for room in ROOMS for name in (room, f"{room}.*")])
setup(
    cmdclass={"build_py": BuildRooms},
    packages=["freehold", *(f"freehold.{package}" for package in packages)],
    package_dir={"freehold": "freehold", **{f"freehold.{room}": room for room in ROOMS}},
)
