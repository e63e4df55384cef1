"""What a change of a shape would break for those who still know the old one.

Both sides are JSON Schemas as pydantic makes them. Readers and writers of both versions run side by side during a
roll-out, so what either of them relies on must stay.
"""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

LIMITS = {
    "maxLength": 1, "maximum": 1, "exclusiveMaximum": 1, "maxItems": 1,
    "minLength": -1, "minimum": -1, "exclusiveMinimum": -1, "minItems": -1,
}  # fmt: skip
"""Limit -> sign of the direction in which it may move."""

META = "x-simpul"
"""Our own notes in a snapshot: what the shape's place in the system is."""


def breaking(old: Schema, new: Schema) -> list[str]:
    """One line for each breaking difference, with the path of the field; empty if there is none."""
    published = old.get("properties")
    return [*_meta(old.get(META, {}), new.get(META, {}), published), *_compare(old, new, old, new, "")]


def _meta(old: Mapping[str, Any], new: Mapping[str, Any], published: Mapping[str, Any] | None) -> list[str]:
    found = [
        f"{name} was {old[name]!r}, is {new.get(name)!r}"
        for name in ("target", "keyed_by_tenant", "sealed")
        if name in old
        and old[name] != new.get(name)
        # A seal on a command that had none is a new optional field: who does not know it carries the command out.
        and not (name == "sealed" and old[name] is None)
    ]
    hidden = sorted(set(new.get("private", ())) - set(old.get("private", ())))
    return [*found, *(f"{name}: no longer published" for name in hidden if published is None or name in published)]


def _compare(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> list[str]:
    old_forms, new_forms = _forms(old, old_root), _forms(new, new_root)
    if [_kind(f) for f in old_forms] != [_kind(f) for f in new_forms]:
        return [f"{path or 'whole'}: type was {_named(old_forms)}, is {_named(new_forms)}"]
    return [
        line
        for before, after in zip(old_forms, new_forms, strict=True)
        for line in _compare_forms(before, after, old_root, new_root, path)
    ]


def _compare_forms(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> list[str]:
    found = _fields(old, new, old_root, new_root, path)
    for part in ("items", "additionalProperties"):
        if isinstance(old.get(part), Mapping) and isinstance(new.get(part), Mapping):
            found += _compare(old[part], new[part], old_root, new_root, f"{path}[]")
        elif old.get(part, True) is not False and new.get(part, True) is False:
            found.append(f"{path or 'whole'}: unknown fields are refused now")
    gone = sorted(map(str, set(_values(old)) - set(_values(new))))
    if gone and _values(new):
        found.append(f"{path}: no longer allows {', '.join(gone)}")
    return found + _tightened(old, new, path)


def _fields(old: Schema, new: Schema, old_root: Schema, new_root: Schema, path: str) -> list[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    known, demanded = set(old.get("required", ())), set(new.get("required", ()))
    found = []
    for name, schema in before.items():
        at = f"{path}.{name}".lstrip(".")
        if name not in after:
            found.append(f"{at}: removed")
            continue
        if name in demanded - known:
            found.append(f"{at}: was optional, is required")
        found += _compare(schema, after[name], old_root, new_root, at)
    new_demands = sorted(demanded - known - before.keys())
    return found + [f"{path}.{name}".lstrip(".") + ": new and required" for name in new_demands]


def _tightened(old: Schema, new: Schema, path: str) -> list[str]:
    found = []
    for limit, direction in LIMITS.items():
        before, after = old.get(limit), new.get(limit)
        if after is not None and (before is None or (after - before) * direction < 0):
            found.append(f"{path}: {limit} was {before}, is {after}")
    if new.get("pattern") not in (None, old.get("pattern")):
        found.append(f"{path}: pattern was {old.get('pattern')}, is {new['pattern']}")
    return found


def _forms(schema: Schema, root: Schema) -> list[Schema]:
    """The alternatives that a schema allows, references followed, in an order of their own."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return _forms(root["$defs"][name], root)
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        return sorted((form for one in alternatives for form in _forms(one, root)), key=_kind)
    return [schema]


def _kind(form: Schema) -> str:
    return f"{form.get('type', 'any')} {form.get('format', '')}".strip()


def _named(forms: list[Schema]) -> str:
    return " or ".join(_kind(f) for f in forms)


def _values(form: Schema) -> list[Any]:
    return [form["const"]] if "const" in form else list(form.get("enum", ()))
