"""Which instance types a region offers: moto reads every region's list when it is imported, 50 MB of them.

Here a region's is read when somebody asks for it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from language.overriding import override

_FOLDER = "instance_type_offerings"


class _ByRegion(dict[str, Any]):
    """A kind of location's offerings by region, read on demand from the `files` of moto's."""

    def __init__(self, location_type: str, files: dict[str, str]) -> None:
        super().__init__()
        self._location_type = location_type
        self._files = files

    def __missing__(self, region: str) -> list[dict[str, Any]]:
        from moto.utilities.utils import load_resource

        offers: list[dict[str, Any]] = load_resource(self._files[region])
        for offer in offers:
            offer["LocationType"] = self._location_type
        self[region] = offers
        return offers

    @override
    def get(self, region: str, default: Any = None) -> Any:
        return self[region] if region in self._files else default


def import_ec2() -> None:
    """Import moto's EC2 without its offerings, and put these in their place."""
    from moto.utilities import utils

    read = utils.load_resource
    utils.load_resource = lambda path, *rest: [] if _FOLDER in str(path) else read(path, *rest)
    try:
        from moto.ec2.models import instance_types
    finally:
        utils.load_resource = read
    root = Path(instance_types.__file__).parent.parent / "resources" / _FOLDER
    for folder in root.iterdir():
        files = {
            file.name.split(".")[0]: f"ec2/resources/{_FOLDER}/{folder.name}/{file.name}" for file in folder.iterdir()
        }
        instance_types.INSTANCE_TYPE_OFFERINGS[folder.name] = _ByRegion(folder.name, files)
