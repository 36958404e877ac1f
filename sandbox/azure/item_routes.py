"""Protected items: lists, recovery points, a backup on demand and how it fares; and whether a VM is protected."""

from datetime import datetime

from sandbox.azure import odata
from sandbox.azure.arm_routes import VAULT, vault_key
from sandbox.azure.estate import Estate, ItemQuery, Json, Refusal
from sandbox.azure.pages import Habits, paged, sliced
from sandbox.azure.wire import Answer, Request, Route

_FABRICS = "Microsoft.RecoveryServices/Vaults/backupFabrics"
_RIGHT = f"{_FABRICS}/protectionContainers/protectedItems"
_ITEM = VAULT + "/backupFabrics/{fabric}/protectionContainers/{container}/protectedItems/{item}"
_HEADER_VERSION = "2016-12-01"  # of the addresses in headers: an old one, as in Azure
_ALL = 1_000_000


class ItemRoutes:
    """What is asked of protected items."""

    def __init__(self, estate: Estate, habits: Habits) -> None:
        self._estate = estate
        self._habits = habits

    def routes(self) -> list[Route]:
        points = f"{_ITEM}/recoveryPoints"
        return [
            Route("list_items", "GET", f"{VAULT}/backupProtectedItems", self._items,
                  action="Microsoft.RecoveryServices/Vaults/backupProtectedItems/read"),
            Route("get_item", "GET", _ITEM, self._item, action=f"{_RIGHT}/read"),
            Route("list_recovery_points", "GET", points, self._points, action=f"{_RIGHT}/recoveryPoints/read"),
            Route("get_recovery_point", "GET", points + "/{point}", self._point,
                  action=f"{_RIGHT}/recoveryPoints/read"),
            Route("trigger_backup", "POST", f"{_ITEM}/backup", self._trigger, "write", f"{_RIGHT}/backup/action",
                  changes=True),
            Route("operation_status", "GET", _ITEM + "/operationsStatus/{operation}", self._status,
                  action=f"{_RIGHT}/operationsStatus/read"),
            Route("operation_result", "GET", _ITEM + "/operationResults/{operation}", self._result,
                  action=f"{_RIGHT}/operationResults/read"),
            Route("backup_status", "POST",
                  "/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/locations/{location}/backupStatus",
                  self._backup_status, action="Microsoft.RecoveryServices/locations/backupStatus/action"),
        ]  # fmt: skip

    def _items(self, request: Request) -> Answer:
        wanted, key = odata.item_query(request.asked("$filter")), vault_key(request)
        return paged(request, self._habits.page_size, lambda skip, top: self._estate.items(key, wanted, skip, top))

    def _item(self, request: Request) -> Answer:
        return Answer(body=self._estate.item(vault_key(request), *_place(request)))

    def _points(self, request: Request) -> Answer:
        since, until = odata.point_times(request.asked("$filter"))
        key, place = vault_key(request), _place(request)
        if since is None and until is None:
            return paged(request, self._habits.page_size, lambda skip, top: self._estate.recovery_points(
                key, *place, skip, top))  # fmt: skip
        rows, _ = self._estate.recovery_points(key, *place, 0, _ALL)
        kept = [row for row in rows if (since or 0) <= _taken(row) <= (until or float("inf"))]
        return sliced(request, self._habits.page_size, kept)

    def _point(self, request: Request) -> Answer:
        return Answer(body=self._estate.recovery_point(vault_key(request), *_place(request), request.names["point"]))

    def _trigger(self, request: Request) -> Answer:
        operation = self._estate.trigger_backup(vault_key(request), *_place(request), request.json())
        return Answer(202, headers=self._pending(request, request.above(1), operation))

    def _pending(self, request: Request, item: str, operation: str) -> dict[str, str]:
        root, version = request.base + item, f"{operation}?api-version={_HEADER_VERSION}"
        return {
            "Azure-AsyncOperation": f"{root}/operationsStatus/{version}",
            "Location": f"{root}/operationResults/{version}",
            "Retry-After": str(self._habits.backup_retry_after),
        }

    def _status(self, request: Request) -> Answer:
        body = self._estate.operation(vault_key(request), request.names["operation"])
        is_running = body.get("status") == "InProgress"
        return Answer(body=body, headers={"Retry-After": str(self._habits.backup_retry_after)} if is_running else {})

    def _result(self, request: Request) -> Answer:
        operation = request.names["operation"]
        is_over, body = self._estate.operation_result(vault_key(request), operation)
        if not is_over:
            return Answer(202, headers=self._pending(request, request.above(2), operation))
        return Answer(204) if body is None else Answer(body=body)

    def _backup_status(self, request: Request) -> Answer:
        asked = request.json().get("resourceId")
        if not isinstance(asked, str) or not asked:
            raise Refusal(400, "BMSUserErrorInvalidInput", "Input provided for 'resourceId' is invalid.")
        subscription = request.names["subscription"]
        for vault in self._estate.vaults(subscription):
            key = (subscription, vault["id"].split("/")[4], vault["name"])
            found, _ = self._estate.items(key, ItemQuery(friendly_name=asked.rsplit("/", 1)[-1]), 0, _ALL)
            for item in found:
                if str(item["properties"].get("sourceResourceId", "")).casefold() == asked.casefold():
                    return Answer(body=_protected(vault, item))
        return Answer(body={"protectionStatus": "NotProtected", "errorCode": "Success", "errorMessage": ""})


def _place(request: Request) -> tuple[str, str, str]:
    return request.names["fabric"], request.names["container"], request.names["item"]


def _taken(row: Json) -> float:
    return datetime.fromisoformat(row["properties"]["recoveryPointTime"]).timestamp()


def _protected(vault: Json, item: Json) -> Json:
    segments = item["id"].split("/")
    return {
        "protectionStatus": "Protected",
        "vaultId": vault["id"],
        "fabricName": "Azure",
        "containerName": segments[-3],
        "protectedItemName": segments[-1],
        "policyName": item["properties"].get("policyName", ""),
        "errorCode": "Success",
        "errorMessage": "",
    }
