"""Makes `traits.json.gz`: what the Go types of the Kubernetes API say and its published schemas do not.

A schema does not tell a pointer from a value, and so not whether an empty one is dropped, kept or always written.
The Go sources do (`json:"replicas,omitempty"` on an `*int32`). Run by hand when a new minor version adds fields:

    python -m sandbox.kubernetes.generate_traits DIRECTORY_OF_THE_GO_MODULES

where the directory holds `api@V`, `apimachinery@V`, `apiextensions-apiserver@V` and `kube-aggregator@V`, as
`go mod download k8s.io/api@V` and its like leave them.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).with_name("traits.json.gz")

_SOURCES = (  # where in which module, and the prefix of its definitions
    ("api@*", "*/v1", "io.k8s.api"),
    ("api@*", "autoscaling/v2", "io.k8s.api"),
    ("apimachinery@*", "pkg/apis/meta/v1", "io.k8s.apimachinery.pkg.apis.meta"),
    ("apiextensions-apiserver@*", "pkg/apis/apiextensions/v1", "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions"),
    ("kube-aggregator@*", "pkg/apis/apiregistration/v1", "io.k8s.kube-aggregator.pkg.apis.apiregistration"),
)
_TYPE = re.compile(r"^type (\w+) (struct \{\n.*?^\}|[\w.\[\]*]+)", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r'^\s+(?:(\w+)\s+)?([\w.\[\]*]+)\s+`json:"([^"]*)"', re.MULTILINE)
_NUMBERS = ("int", "int8", "int16", "int32", "int64", "uint", "uint32", "uint64", "float32", "float64", "byte")
_FOREIGN = {  # what other packages' names stand for
    "Quantity": "quantity",
    "IntOrString": "0",
    "Time": "time",
    "MicroTime": "time",
    "Duration": "time",
    "UID": "string",
    "NodeName": "string",
    "RawExtension": "opaque",
    "Unknown": "opaque",
    "Object": "opaque",
}
_ZERO = {"string": "", "number": 0, "0": 0, "bool": False, "list": None, "map": None, "quantity": "0"}


class Package:
    """The types of one group and version, by name."""

    def __init__(self, definitions: str, source: str) -> None:
        self.definitions = definitions
        self.types = dict(_TYPE.findall(source))

    def shape(self, expression: str, packages: dict[str, Package]) -> str:
        """What an expression's values are: string, number, bool, list, map, struct, pointer or one of the foreign."""
        if expression.startswith("*"):
            return "pointer"
        if expression.startswith("[]"):
            return "list"
        if expression.startswith("map["):
            return "map"
        if expression in _NUMBERS:
            return "number"
        if expression in ("string", "bool"):
            return expression
        name = expression.rpartition(".")[2]
        if name in _FOREIGN:
            return _FOREIGN[name]
        body = self.types.get(name) if "." not in expression else _elsewhere(name, packages)
        if body is None:
            return "opaque"
        return "struct" if body.startswith("struct") else self.shape(body, packages)

    def fields(self, name: str, packages: dict[str, Package]) -> Iterator[tuple[str, str, list[str]]]:
        """The JSON name, Go type and tags of each field, embedded ones' included."""
        body = self.types.get(name) or _elsewhere(name, packages) or ""
        for _, expression, tag in _FIELD.findall(re.sub(r"//.*", "", body)):
            json_name, *tags = tag.split(",")
            if json_name == "-":
                continue
            if json_name:
                yield json_name, expression, tags
            elif not expression.endswith("TypeMeta"):
                yield from self.fields(expression.rpartition(".")[2].lstrip("*"), packages)


def _elsewhere(name: str, packages: dict[str, Package]) -> str | None:
    homes = ("io.k8s.apimachinery.pkg.apis.meta.v1", "io.k8s.api.core.v1", "io.k8s.api.rbac.v1", "io.k8s.api.batch.v1")
    return next((packages[home].types[name] for home in homes if name in packages[home].types), None)


def read(modules: Path) -> dict[str, Package]:
    """Every package below the modules that has types, by the prefix of its definitions."""
    packages = {}
    for module, pattern, prefix in _SOURCES:
        for directory in sorted(modules.glob(f"{module}/{pattern}")):
            sources = [path.read_text("utf-8") for path in sorted(directory.glob("*types*.go"))]
            sources += [path.read_text("utf-8") for path in directory.glob("*time.go")]
            if not sources or "_test" in directory.name:
                continue
            group = f".{directory.parent.name}" if prefix == "io.k8s.api" else ""
            definitions = f"{prefix}{group}.{directory.name}"
            packages[definitions] = Package(definitions, "\n".join(sources))
    return packages


def traits(package: Package, name: str, packages: dict[str, Package]) -> dict[str, object]:
    """Of one struct: `omit` (dropped when zero), `structs` (always there), `always` (there with this zero value)."""
    omit, structs, always = [], [], {}
    for field, expression, tags in package.fields(name, packages):
        shape = package.shape(expression, packages)
        if shape in ("pointer", "opaque"):
            continue
        if shape == "struct":
            if "omitzero" not in tags:
                structs.append(field)
        elif shape in ("0", "quantity") and "omitzero" not in tags:
            always[field] = _ZERO[shape]
        elif "omitempty" in tags or "omitzero" in tags or shape == "time":
            omit.append(field)
        else:
            always[field] = _ZERO[shape]
    found = {"omit": sorted(omit), "structs": sorted(structs), "always": dict(sorted(always.items()))}
    return {key: value for key, value in found.items() if value}


def main() -> None:
    """Write the table of the traits that Kubernetes' Go packages declare."""
    packages = read(Path(sys.argv[1]))
    table = {
        f"{definitions}.{name}": found
        for definitions, package in packages.items()
        for name, body in package.types.items()
        if body.startswith("struct") and (found := traits(package, name, packages))
    }
    text = json.dumps(table, separators=(",", ":"), sort_keys=True).encode()
    TARGET.write_bytes(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    main()
