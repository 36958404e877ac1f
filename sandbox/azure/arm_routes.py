"""Resource Manager itself, vaults, jobs and the operations on a vault."""

from sandbox.azure import odata
from sandbox.azure.estate import Estate, Json, VaultKey
from sandbox.azure.pages import Habits, paged, sliced
from sandbox.azure.wire import Answer, Request, Route

VAULTS = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.RecoveryServices/vaults"
VAULT = VAULTS + "/{vault}"
_RIGHT = "Microsoft.RecoveryServices/Vaults"
_CANCEL_VERSION = "2017-07-01"  # of the addresses in headers: an old one, as in Azure


class VaultRoutes:
    """What is asked of a subscription and a vault; items are in `item_routes`."""

    def __init__(self, estate: Estate, habits: Habits) -> None:
        self._estate = estate
        self._habits = habits

    def routes(self) -> list[Route]:
        job = VAULT + "/backupJobs/{job}"
        right = f"{_RIGHT}/backupJobs"
        return [
            Route("list_tenants", "GET", "/tenants", self._tenants, action="Microsoft.Resources/tenants/read"),
            Route("list_subscriptions", "GET", "/subscriptions", self._subscriptions,
                  action="Microsoft.Resources/subscriptions/read"),
            Route("get_subscription", "GET", "/subscriptions/{subscription}", self._subscription,
                  action="Microsoft.Resources/subscriptions/read"),
            Route("list_vaults", "GET", "/subscriptions/{subscription}/providers/Microsoft.RecoveryServices/vaults",
                  self._vaults, action=f"{_RIGHT}/read"),
            Route("list_vaults", "GET", VAULTS, self._vaults, action=f"{_RIGHT}/read"),
            Route("get_vault", "GET", VAULT, self._vault, action=f"{_RIGHT}/read"),
            Route("list_policies", "GET", f"{VAULT}/backupPolicies", self._policies,
                  action=f"{_RIGHT}/backupPolicies/read"),
            Route("get_policy", "GET", VAULT + "/backupPolicies/{policy}", self._policy,
                  action=f"{_RIGHT}/backupPolicies/read"),
            Route("list_jobs", "GET", f"{VAULT}/backupJobs", self._jobs, action=f"{right}/read"),
            Route("get_job", "GET", job, self._job, action=f"{right}/read"),
            Route("cancel_job", "POST", f"{job}/cancel", self._cancel, "write", f"{right}/cancel/action", changes=True),
            Route("job_operation_result", "GET", job + "/operationResults/{operation}", self._cancelled,
                  action=f"{right}/operationResults/read"),
            Route("vault_operation", "GET", VAULT + "/backupOperations/{operation}", self._operation,
                  action=f"{_RIGHT}/backupOperations/read"),
            Route("vault_operation_result", "GET", VAULT + "/backupOperationResults/{operation}", self._result,
                  action=f"{_RIGHT}/backupOperationResults/read"),
        ]  # fmt: skip

    def _policies(self, request: Request) -> Answer:
        return sliced(request, self._habits.page_size, self._estate.policies(vault_key(request)))

    def _policy(self, request: Request) -> Answer:
        return Answer(body=self._estate.policy(vault_key(request), request.names["policy"]))

    def _tenants(self, request: Request) -> Answer:
        tenant = self._estate.tenant_id
        one = {
            "id": f"/tenants/{tenant}", "tenantId": tenant, "countryCode": "NL", "displayName": "Sandbox",
            "defaultDomain": "sandbox.example", "domains": ["sandbox.example"], "tenantCategory": "Home",
            "tenantType": "AAD",
        }  # fmt: skip
        return Answer(body={"value": [one]})

    def _subscriptions(self, request: Request) -> Answer:
        rows = self._estate.subscriptions()
        answer = sliced(request, max(self._habits.page_size, 1_000), rows)
        answer.body["count"] = {"type": "Total", "value": len(rows)}
        return answer

    def _subscription(self, request: Request) -> Answer:
        return Answer(body=self._estate.subscription(request.names["subscription"]))

    def _vaults(self, request: Request) -> Answer:
        rows = self._estate.vaults(request.names["subscription"], request.names.get("group"))
        return sliced(request, self._habits.page_size, rows)

    def _vault(self, request: Request) -> Answer:
        return Answer(body=self._estate.vault(vault_key(request)))

    def _jobs(self, request: Request) -> Answer:
        wanted, key = odata.job_query(request.asked("$filter")), vault_key(request)
        return paged(request, self._habits.page_size, lambda skip, top: self._estate.jobs(key, wanted, skip, top))

    def _job(self, request: Request) -> Answer:
        return Answer(body=self._estate.job(vault_key(request), request.names["job"]))

    def _cancel(self, request: Request) -> Answer:
        operation = self._estate.cancel_job(vault_key(request), request.names["job"])
        return Answer(202, headers=self._pending(request, request.above(1), operation))

    def _pending(self, request: Request, job: str, operation: str) -> dict[str, str]:
        path = f"{job}/operationResults/{operation}?api-version={_CANCEL_VERSION}"
        return {"Location": request.base + path, "Retry-After": str(self._habits.backup_retry_after)}

    def _cancelled(self, request: Request) -> Answer:
        operation = request.names["operation"]
        is_over, _ = self._estate.job_operation(vault_key(request), request.names["job"], operation)
        return Answer(204) if is_over else Answer(202, headers=self._pending(request, request.above(2), operation))

    def _operation(self, request: Request) -> Answer:
        body = self._estate.operation(vault_key(request), request.names["operation"])
        return Answer(body=body, headers=self._ask_again(body))

    def _ask_again(self, body: Json) -> dict[str, str]:
        is_running = body.get("status") == "InProgress"
        return {"Retry-After": str(self._habits.backup_retry_after)} if is_running else {}

    def _result(self, request: Request) -> Answer:
        is_over, _ = self._estate.operation_result(vault_key(request), request.names["operation"])
        return Answer(204) if is_over else Answer(202)


def vault_key(request: Request) -> VaultKey:
    """The vault that a path is about."""
    return request.names["subscription"], request.names["group"], request.names["vault"]
