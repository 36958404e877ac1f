"""Judges JSON bodies by the models of Microsoft's own packages, more strictly than those packages do themselves."""

import base64
import binascii
import re
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

__all__ = ["page_problems", "problems"]

_DURATION = re.compile(r"-?P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)
_FREE = (Any, object)
_PLAIN: dict[object, tuple[type, ...]] = {str: (str,), int: (int,), float: (int, float), bool: (bool,)}


def problems(model: Any, body: object) -> list[str]:
    """What a body has that the model has not, or has otherwise: "dotted.path[0]: sentence" each; none means accepted.

    `model` is a model class of azure.mgmt.recoveryservicesbackup, .recoveryservices, .compute or .resourcegraph, or one
    of `manager_models`.
    Found are: a property that the model does not know, a value that its enum does not list, a value of another type
    (also a date, time or duration that cannot be read), a missing required property, and a discriminator that names
    no subtype. The subtype is looked up among all subclasses, also the indirect ones, which the packages overlook.
    """
    return list(_judge_of(model)(model, body, ""))


def _judge_of(model: Any) -> Callable[[Any, object, str], Iterator[str]]:
    if typing.is_typeddict(model):
        return _judge_written
    return _judge_mapped if hasattr(model, "_attribute_map") else _judge_model


def page_problems(model: Any, body: object, *beside: str) -> list[str]:
    """As `problems`, of one page of a list: `value` with the models and, where more follows, `nextLink`.

    `beside` names what else stands in such a page.
    """
    if not isinstance(body, dict) or not isinstance(body.get("value"), list):
        return ["value: a page is an object with a list `value`"]
    found = [f"{name}: a page has no such property" for name in body.keys() - {"value", "nextLink", *beside}]
    if not isinstance(body.get("nextLink"), str | None):
        found.append(f"nextLink: an address is expected, not {_kind(body['nextLink'])}")
    for index, one in enumerate(body["value"]):
        found.extend(f"value[{index}].{line}" for line in problems(model, one))
    return found


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__


# The newer packages: one field object for each property, its type in the annotation.


class _Field(typing.NamedTuple):
    """A property of a model: its annotation, wire format and whether it must be there."""

    annotation: Any
    format: str | None
    is_required: bool


def _judge_model(model: Any, body: object, path: str) -> Iterator[str]:
    if not isinstance(body, dict):
        yield f"{path or '(body)'}: an object of {model.__name__} is expected, not {_kind(body)}"
        return
    found, complaint = _subtype(model, body, path)
    if complaint:
        yield complaint
        return
    fields = _fields(found)
    types = {name: (field.annotation, field.format) for name, field in fields.items()}
    yield from _judge_properties(found.__name__, types, {n for n in fields if fields[n].is_required}, body, path)


def _judge_properties(
    kind: str, types: Mapping[str, tuple[Any, Any]], required: Set[str], body: dict[str, Any], path: str
) -> Iterator[str]:
    """An object's properties by the annotation and the format of each that its kind has."""
    for name, value in body.items():
        if name not in types:
            yield f"{_at(path, name)}: {kind} has no such property"
        else:
            yield from _judge(*types[name], value, _at(path, name))
    for name in required - body.keys():
        yield f"{_at(path, name)}: {kind} requires this property"


def _subtype(model: Any, body: dict[str, Any], path: str) -> tuple[Any, str]:
    """The class that the body's discriminators name, or a sentence about what is wrong with them."""
    seen: set[str] = set()
    while (name := _discriminator(model)) and name not in seen:
        seen.add(name)
        value = body.get(name)
        options = {text: one for one in _family(model) for text in _own_values(one, name)}
        if not isinstance(value, str) or value not in options:
            known = ", ".join(sorted(options))
            return model, f"{_at(path, name)}: {value!r} names no kind of {model.__name__}; there are: {known}"
        model = options[value]
    return model, ""


@cache
def _discriminator(model: Any) -> str:
    """The property by which the subclasses of a model are told apart, "" if there are none."""
    if not model.__subclasses__():
        return ""
    for field in vars(model).values():
        if getattr(field, "_is_discriminator", False):
            return str(field._rest_name_input)
    return ""


@cache
def _family(model: Any) -> tuple[Any, ...]:
    return (model, *(one for child in model.__subclasses__() for one in _family(child)))


def _own_values(model: Any, discriminator: str) -> list[str]:
    """The discriminator's value that stands for exactly this class, as its own annotation says."""
    field = _fields(model).get(discriminator)
    if field is None or get_origin(field.annotation) is not Literal:
        return []
    return [one.value if isinstance(one, Enum) else one for one in get_args(field.annotation)]


@cache
def _fields(model: Any) -> dict[str, _Field]:
    """The properties of a model by their names on the wire."""
    module = sys.modules[model.__module__]
    package = sys.modules[module.__name__.rpartition(".")[0]]
    hints = get_type_hints(model, localns={**vars(module), "_models": package, "_unions": package})
    found: dict[str, _Field] = {}
    for one in reversed(model.__mro__):
        for attribute, field in vars(one).items():
            if hasattr(field, "_rest_name_input") and attribute in hints:
                annotation = hints[attribute]
                is_required = type(None) not in get_args(annotation)
                found[field._rest_name_input or attribute] = _Field(annotation, field._format, is_required)
    return found


def _judge(annotation: Any, form: str | None, value: object, path: str) -> Iterable[str]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if annotation in _FREE:
        return ()
    if origin is Union or origin is types.UnionType:
        return _judge_union(arguments, form, value, path)
    if origin is Literal:
        known = [one.value if isinstance(one, Enum) else one for one in arguments]
        return () if value in known else [f"{path}: {value!r} is not one of {known}"]
    if origin is list:
        return _judge_list(arguments[0], form, value, path)
    if origin is dict:
        return _judge_dict(arguments[1], form, value, path)
    if hasattr(annotation, "_is_model") or typing.is_typeddict(annotation):
        return _judge_of(annotation)(annotation, value, path)
    return _judge_scalar(annotation, value, path)


def _judge_union(arguments: tuple[Any, ...], form: str | None, value: object, path: str) -> Iterable[str]:
    """Null where that is a branch; an enum beside plain text means the enum: packages accept any text there."""
    if value is None and type(None) in arguments:
        return ()
    branches = [one for one in arguments if one is not type(None)]
    enums = [one for one in branches if isinstance(one, type) and issubclass(one, Enum)]
    if enums:
        known = [member.value for one in enums for member in one]
        return () if value in known else [f"{path}: {value!r} is not one of {known}"]
    found = [list(_judge(one, form, value, path)) for one in branches]
    return min(found, key=len)


def _judge_list(of: Any, form: str | None, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{path}: a list is expected, not {_kind(value)}"
        return
    for index, one in enumerate(value):
        yield from _judge(of, form, one, f"{path}[{index}]")


def _judge_dict(of: Any, form: str | None, value: object, path: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{path}: an object is expected, not {_kind(value)}"
        return
    for name, one in value.items():
        yield from _judge(of, form, one, _at(path, name))


def _judge_scalar(kind: Any, value: object, path: str) -> Iterable[str]:
    plain = _PLAIN.get(kind)
    if plain is not None:
        is_right = isinstance(value, plain) and (kind is bool or not isinstance(value, bool))
        return () if is_right else [f"{path}: {kind.__name__} is expected, not {_kind(value)} {value!r}"]
    if isinstance(kind, type) and issubclass(kind, Enum):
        known = [one.value for one in kind]
        return () if value in known else [f"{path}: {value!r} is not one of {known}"]
    reads = _READS.get(kind)
    if reads is None:
        raise TypeError(f"{path}: the oracle does not know the type {kind!r}")
    return () if isinstance(value, str) and reads(value) else [f"{path}: no {kind.__name__}: {value!r}"]


def _is_moment(text: str) -> bool:
    return bool(_MOMENT.fullmatch(text)) and _parses(datetime.fromisoformat, text)


def _is_duration(text: str) -> bool:
    return bool(_DURATION.fullmatch(text))


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return True


def _parses(read: Any, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


_READS: dict[object, Any] = {
    datetime: _is_moment,
    date: lambda text: _parses(date.fromisoformat, text),
    time: lambda text: _parses(time.fromisoformat, text),
    timedelta: _is_duration,
    bytes: _is_base64,
}


# What no package has: written down as typed dictionaries.


def _judge_written(model: Any, body: object, path: str) -> Iterator[str]:
    if not isinstance(body, dict):
        yield f"{path or '(body)'}: an object of {model.__name__} is expected, not {_kind(body)}"
        return
    types = {name: (hint, None) for name, hint in get_type_hints(model).items()}
    yield from _judge_properties(model.__name__, types, model.__required_keys__, body, path)


# The older package (Resource Graph): a map from attributes to names and types in words.

_WORDS: dict[str, object] = {"str": str, "int": int, "float": float, "bool": bool, "iso-8601": datetime}


def _judge_mapped(model: Any, body: object, path: str) -> Iterator[str]:
    if not isinstance(body, dict):
        yield f"{path or '(body)'}: an object of {model.__name__} is expected, not {_kind(body)}"
        return
    for attribute, kinds in getattr(model, "_subtype_map", {}).items():
        value = body.get(model._attribute_map[attribute]["key"])
        if value not in kinds:
            yield f"{_at(path, model._attribute_map[attribute]['key'])}: {value!r} is not one of {list(kinds)}"
            return
        model = getattr(sys.modules[model.__module__], kinds[value])
    fields = {field["key"]: (attribute, field["type"]) for attribute, field in model._attribute_map.items()}
    for name, value in body.items():
        if name not in fields:
            yield f"{_at(path, name)}: {model.__name__} has no such property"
            continue
        attribute, words = fields[name]
        yield from _judge_words(model, attribute, words, value, _at(path, name))
    for attribute, rule in model._validation.items():
        name = model._attribute_map[attribute]["key"]
        if rule.get("required") and body.get(name) is None:
            yield f"{_at(path, name)}: {model.__name__} requires this property"


def _judge_words(model: Any, attribute: str, words: str, value: object, path: str) -> Iterable[str]:
    if words == "object" or value is None:
        return ()
    if words[0] == "[":
        if not isinstance(value, list):
            return [f"{path}: a list is expected, not {_kind(value)}"]
        judged = (_judge_words(model, attribute, words[1:-1], one, f"{path}[{at}]") for at, one in enumerate(value))
        return [line for lines in judged for line in lines]
    if words in _WORDS:
        enum = _documented_enum(model, attribute)
        return _judge_scalar(enum or _WORDS[words], value, path)
    return _judge_mapped(getattr(sys.modules[model.__module__], words), value, path)


@cache
def _documented_enum(model: Any, attribute: str) -> Any:
    """The enum that the model's docstring names for an attribute; the map itself says only "str"."""
    found = re.search(rf":vartype {attribute}: str or\s+~[\w.]+\.(\w+)", model.__doc__ or "")
    package = sys.modules[model.__module__.rpartition(".")[0]]
    return getattr(package, found.group(1)) if found else None
