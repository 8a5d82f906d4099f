"""Holds data against the part of JSON Schema that the portal's OpenAPI file uses; a word that it does not know is an error,
so that no promise is passed over."""

import re
from datetime import datetime
from urllib.parse import urlsplit

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool, "null": type(None)}
KNOWN = {"$ref", "type", "properties", "required", "additionalProperties", "items", "enum", "pattern", "format", "minimum", "oneOf", "description"}


def faults(data, schema, root, path="$"):
    """What is wrong with data, as ["place: what"]; nothing where it is as promised."""
    if unknown := schema.keys() - KNOWN:
        raise ValueError(f"{path}: this check does not know {unknown}")
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        return faults(data, target, root, path)
    if "oneOf" in schema:
        fitting = [choice for choice in schema["oneOf"] if not faults(data, choice, root, path)]
        return [] if len(fitting) == 1 else [f"{path}: fits {len(fitting)} of the choices"]
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(isinstance(data, TYPES[name]) for name in types) or (isinstance(data, bool) and "boolean" not in types):
        return [f"{path}: {data!r} is not {types}"]
    found = []
    if isinstance(data, dict):
        properties = schema["properties"]
        found += [f"{path}: {name} is missing" for name in schema["required"] if name not in data]
        found += [f"{path}: {name} was not promised" for name in data if name not in properties and schema["additionalProperties"] is False]
        for name in data.keys() & properties.keys():
            found += faults(data[name], properties[name], root, f"{path}.{name}")
    elif isinstance(data, list):
        for number, item in enumerate(data):
            found += faults(item, schema["items"], root, f"{path}[{number}]")
    elif isinstance(data, str):
        if "pattern" in schema and not re.search(schema["pattern"], data):
            found.append(f"{path}: {data!r} does not fit {schema['pattern']}")
        if "enum" in schema and data not in schema["enum"]:
            found.append(f"{path}: {data!r} is none of {schema['enum']}")
        if schema.get("format") == "uri" and not (urlsplit(data).scheme and urlsplit(data).netloc):
            found.append(f"{path}: {data!r} is no address in full")
        if schema.get("format") == "date-time" and datetime.fromisoformat(data).tzinfo is None:
            found.append(f"{path}: {data!r} has no time zone")
    elif data is not None and data < schema.get("minimum", data):
        found.append(f"{path}: {data} is too small")
    return found
