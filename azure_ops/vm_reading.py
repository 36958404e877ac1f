"""Compute's JSON as our models: a VM's power, agent and extensions, read leniently; nothing in here raises."""

from collections.abc import Iterable, Mapping
from typing import Final

from azure_ops.fields import Fields
from azure_ops.ids import parse_vm
from azure_ops.models import Extension, Oddity, VmRef, VmState

_NOT_LISTED: Final[Mapping[str, object]] = {"value": []}


def vm_from(ref: VmRef, body: object, listed: object = _NOT_LISTED) -> VmState:
    """A VM read with its instance view, and the answer that lists its extensions (`{"value": [...]}`).

    What an extension is comes from the list, why it failed from the instance view; one that only the instance view
    knows, such as one that is stuck, is there too.
    """
    fields = Fields(body)
    fields.text("id", required=True)
    fields.text("name", required=True)
    properties = fields.inside("properties", required=True)
    view = properties.inside("instanceView")
    agent = view.inside("vmAgent")
    agent_statuses = agent.each("statuses")
    rows = Fields(listed, "extensions", fields.oddities).values("value", required=True)
    return VmState(
        ref=ref,
        power=_power(view.each("statuses")),
        agent=next((word for status in agent_statuses if (word := status.text("displayStatus"))), ""),
        agent_version=agent.text("vmAgentVersion"),
        agent_message="\n".join(message for status in agent_statuses if (message := status.text("message").strip())),
        os=properties.inside("storageProfile").inside("osDisk").text("osType"),
        location=fields.text("location"),
        extensions=_extensions(rows, [*view.each("extensions"), *agent.each("extensionHandlers")]),
        tags=fields.pairs("tags"),
        oddities=tuple(fields.oddities),
    )


def tagged_vm_from(row: object) -> VmState:
    """A VM with its tags and nothing else, from a row of Resource Graph; its ref is empty where the id is no VM's."""
    fields = Fields(row)
    path = fields.text("id", required=True)
    ref = parse_vm(path)
    if ref is None and path:
        fields.odd("id", "the id of a VM", path)
    return VmState(ref or VmRef("", "", ""), tags=fields.pairs("tags"), oddities=tuple(fields.oddities))


def _power(statuses: Iterable[Fields]) -> str:
    """What follows "PowerState/"; empty where Azure does not say."""
    for status in statuses:
        family, _, state = status.text("code").partition("/")
        if family.casefold() == "powerstate":
            return state
    return ""


def _extensions(rows: Iterable[object], seen: list[Fields]) -> tuple[Extension, ...]:
    listed = [_listed(row, seen) for row in rows]
    names = {extension.name.casefold() for extension in listed}
    kinds = {f"{extension.publisher}.{extension.type}".casefold() for extension in listed}
    for view in seen:
        name, kind = view.text("name"), view.text("type").casefold()
        # A handler has no name of its own: it belongs to an extension that is listed or seen, and only explains it.
        if name and name.casefold() not in names and kind not in kinds:
            listed.append(_only_seen(view))
            names.add(name.casefold())
    return tuple(listed)


def _listed(row: object, seen: list[Fields]) -> Extension:
    oddities: list[Oddity] = []
    fields = Fields(row, oddities=oddities)
    name = fields.text("name", required=True)
    inside = fields.inside("properties", required=True)
    publisher, kind = inside.text("publisher"), inside.text("type")
    views = [inside.inside("instanceView"), *(view for view in seen if _is_of(view, name, f"{publisher}.{kind}"))]
    return Extension(
        name=name,
        publisher=publisher,
        type=kind,
        version=inside.text("typeHandlerVersion"),
        state=inside.text("provisioningState"),
        message=_trouble(views),
        oddities=tuple(oddities),
    )


def _is_of(view: Fields, name: str, kind: str) -> bool:
    seen_name = view.text("name")
    return seen_name.casefold() == name.casefold() if seen_name else view.text("type").casefold() == kind.casefold()


def _only_seen(view: Fields) -> Extension:
    publisher, _, kind = view.text("type").rpartition(".")
    states = [status.text("code").rpartition("/")[2] for status in _statuses(view)]
    return Extension(
        name=view.text("name"),
        publisher=publisher,
        type=kind,
        version=view.text("typeHandlerVersion"),
        state=states[0] if states else "",
        message=_trouble([view]),
    )


def _statuses(view: Fields) -> list[Fields]:
    alone = view.inside("status")
    return [*([alone] if alone else []), *view.each("statuses"), *view.each("substatuses")]


def _trouble(views: Iterable[Fields]) -> str:
    """The distinct messages of statuses that are no success, line by line."""
    messages = [
        status.text("message").strip() or status.text("displayStatus").strip()
        for view in views
        for status in _statuses(view)
        if status.text("level").casefold() in ("error", "warning") or "failed" in status.text("code").casefold()
    ]
    return "\n".join(dict.fromkeys(message for message in messages if message))
