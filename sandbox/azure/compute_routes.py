"""Compute, as far as backups need it: VMs, their state, extensions and locks, a removal; and Resource Graph."""

from urllib.parse import quote

from sandbox.azure import graph
from sandbox.azure.estate import Estate, Json, Refusal
from sandbox.azure.pages import Habits, paged, sliced
from sandbox.azure.wire import Answer, Request, Route

_SUBSCRIPTION = "/subscriptions/{subscription}"
_VMS = _SUBSCRIPTION + "/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines"
_VM = _VMS + "/{vm}"
_RIGHT = "Microsoft.Compute/virtualMachines"


class ComputeRoutes:
    """What is asked of VMs."""

    def __init__(self, estate: Estate, habits: Habits) -> None:
        self._estate = estate
        self._habits = habits

    def routes(self) -> list[Route]:
        extension = _VM + "/extensions/{extension}"
        return [
            Route("list_vms", "GET", f"{_SUBSCRIPTION}/providers/Microsoft.Compute/virtualMachines", self._vms,
                  action=f"{_RIGHT}/read"),
            Route("list_vms", "GET", _VMS, self._vms, action=f"{_RIGHT}/read"),
            Route("get_vm", "GET", _VM, self._vm, action=f"{_RIGHT}/read"),
            Route("get_instance_view", "GET", f"{_VM}/instanceView", self._view, action=f"{_RIGHT}/instanceView/read"),
            Route("list_extensions", "GET", f"{_VM}/extensions", self._extensions,
                  action=f"{_RIGHT}/extensions/read"),
            Route("get_extension", "GET", extension, self._extension, action=f"{_RIGHT}/extensions/read"),
            Route("delete_extension", "DELETE", extension, self._delete, "delete", f"{_RIGHT}/extensions/delete",
                  changes=True),
            Route("list_locks", "GET", f"{_VM}/providers/Microsoft.Authorization/locks", self._locks,
                  action="Microsoft.Authorization/locks/read"),
            Route("compute_operation", "GET",
                  _SUBSCRIPTION + "/providers/Microsoft.Compute/locations/{location}/operations/{operation}",
                  self._operation, action="Microsoft.Compute/locations/operations/read"),
            Route("graph", "POST", "/providers/Microsoft.ResourceGraph/resources", self._graph, "graph",
                  "Microsoft.ResourceGraph/resources/read"),
        ]  # fmt: skip

    def _vms(self, request: Request) -> Answer:
        def read(skip: int, top: int) -> tuple[list[Json], bool]:
            subscription, group = request.names["subscription"], request.names.get("group")
            rows = self._estate.vms(subscription, group, skip=skip, top=top + 1)
            return rows[:top], len(rows) > top

        return paged(request, self._habits.page_size, read)

    def _vm(self, request: Request) -> Answer:
        expand = request.asked("$expand").casefold()
        if expand not in ("", "instanceview", "userdata"):
            raise Refusal(400, "InvalidParameter", f"The value '{expand[:80]}' of parameter '$expand' is not allowed.")
        return Answer(body=self._estate.vm(*_place(request), with_instance_view=expand == "instanceview"))

    def _view(self, request: Request) -> Answer:
        return Answer(body=self._estate.vm_instance_view(*_place(request)))

    def _extensions(self, request: Request) -> Answer:
        return Answer(body={"value": self._estate.extensions(*_place(request))})

    def _extension(self, request: Request) -> Answer:
        return Answer(body=self._estate.extension(*_place(request), request.names["extension"]))

    def _delete(self, request: Request) -> Answer:
        location = self._estate.vm(*_place(request), with_instance_view=False)["location"]
        operation = self._estate.delete_extension(*_place(request), request.names["extension"])
        return Answer(202, headers=self._pending(request, location, operation)) if operation else Answer(204)

    def _locks(self, request: Request) -> Answer:
        condition = request.asked("$filter")
        if condition.casefold() not in ("", "atscope()"):
            raise Refusal(400, "InvalidFilterInQueryString", f"The filter '{condition[:80]}' is not supported.")
        rows = self._estate.locks(*_place(request), is_above_only=bool(condition))
        return sliced(request, self._habits.page_size, rows)

    def _pending(self, request: Request, location: str, operation: str) -> dict[str, str]:
        path = (
            f"{request.base}/subscriptions/{request.names['subscription']}/providers/Microsoft.Compute/locations/"
            f"{quote(location)}/operations/{operation}"
        )
        version = f"api-version={request.asked('api-version')}"
        return {
            "Azure-AsyncOperation": f"{path}?{version}",
            "Location": f"{path}?monitor=true&{version}",
            "Retry-After": str(self._habits.compute_retry_after),
        }

    def _operation(self, request: Request) -> Answer:
        names = request.names
        body = self._estate.compute_operation(names["subscription"], names["location"], names["operation"])
        is_running = body["status"] == "InProgress"
        pending = self._pending(request, names["location"], names["operation"]) if is_running else {}
        if request.asked("monitor").casefold() != "true":
            pending.pop("Location", None)
            return Answer(body=body, headers=pending)
        if is_running:
            return Answer(202, headers=pending)
        return Answer(200) if body["status"] == "Succeeded" else Answer(409, {"error": body.get("error", {})})

    def _graph(self, request: Request) -> Answer:
        body = request.json()
        query, options = body.get("query"), body.get("options") or {}
        if not isinstance(query, str) or not query.strip():
            raise Refusal(400, "BadRequest", "The query is missing.")
        if not isinstance(options, dict):
            raise Refusal(400, "BadRequest", "options is not an object.")
        result = graph.run(
            query,
            self._estate,
            _subscriptions(body),
            top=_whole(options, "$top", 1_000, 1, 1_000),
            skip=_whole(options, "$skip", 0, 0, 10_000_000),
            skip_token=_text(options, "$skipToken"),
        )
        if (_text(options, "resultFormat") or "objectArray").casefold() == "table":
            result = {**result, "data": _table(result["data"])}
        return Answer(body=result)


def _place(request: Request) -> tuple[str, str, str]:
    return request.names["subscription"], request.names["group"], request.names["vm"]


def _subscriptions(body: Json) -> list[str] | None:
    """None, which is every subscription, when the body names none."""
    given = body.get("subscriptions")
    if given is None or given == []:
        return None
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise Refusal(400, "BadRequest", "subscriptions is not a list of subscription ids.")
    return given


def _whole(options: Json, name: str, usual: int, least: int, most: int) -> int:
    value = options.get(name)
    if value is None:
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise Refusal(400, "BadRequest", f"{name} must be a number between {least} and {most}.")
    return value


def _text(options: Json, name: str) -> str | None:
    value = options.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(400, "BadRequest", f"{name} is not a text.")
    return value


def _table(rows: list[Json]) -> Json:
    """The older form: columns, and rows as lists."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = [{"name": name, "type": _kind(next((row[name] for row in rows if row.get(name) is not None), ""))}
               for name in names]  # fmt: skip
    return {"columns": columns, "rows": [[row.get(name) for name in names] for row in rows]}


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "object" if isinstance(value, dict | list) else "string"
