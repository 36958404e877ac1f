"""Azure Monitor's common alert schema, as Azure Backup fills it, to an `Alert`; a hint where to look, never the truth.

Take vault and job from an alert and read the job itself: everything else in it may be old, aggregated or forged. What
Azure Backup sends for VM items is not documented: read is what the schema promises and what one delivery showed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from azure_ops.fields import Fields
from azure_ops.ids import is_job_name, parse_item, parse_vault, parse_vm
from azure_ops.models import CodeHint, ItemRef, JobRef, Oddity, VaultRef, VmRef

LARGEST: Final = 256 * 1024
_SCHEMA: Final = "azureMonitorCommonAlertSchema"
_SERVICE: Final = "azure backup"
_DESCRIPTION: Final = 1_000
_MOST_TARGETS: Final = 50


class AlertRefused(Exception):
    """The payload is no alert of Azure Backup. `field` is dotted ("data.essentials.alertTargetIDs")."""

    def __init__(self, field: str, expected: str, found: str) -> None:
        self.field = field
        self.expected = expected
        self.found = found
        super().__init__(f"{field}: expected {expected}, found {found}")


@dataclass(frozen=True, slots=True)
class Alert:
    """One delivery. `condition` is "Fired" or "Resolved", `severity` "Sev0" to "Sev4", `occurrences` what it sums up.

    `job` is None where the alert names none: then list the vault's jobs. `code` is the end of Azure's own alert id,
    which holds words of the error in lower case.
    """

    id: str
    condition: str
    vault: VaultRef
    job: JobRef | None = None
    item: ItemRef | None = None
    vm: VmRef | None = None
    rule: str = ""
    severity: str = ""
    category: str = ""
    fired: datetime | None = None
    resolved: datetime | None = None
    description: str = ""
    occurrences: int = 1
    code: CodeHint | None = None
    oddities: tuple[Oddity, ...] = ()

    @property
    def key(self) -> str:
        """The same for each delivery of the same thing: Azure sends again when an acknowledgement got lost."""
        return f"{self.id}|{self.condition}".casefold()


def read_alert(payload: bytes) -> Alert:
    """An alert from a request's body; unknown fields are passed over, wrong ones become oddities.

    Raises AlertRefused, naming the field, for what cannot be used: too large, not JSON, another schema or service,
    no vault.
    """
    if len(payload) > LARGEST:
        raise AlertRefused("", f"at most {LARGEST} bytes", f"{len(payload)}")
    try:
        body = orjson.loads(payload)
    except ValueError:
        raise AlertRefused("", "JSON", "something else") from None
    if not isinstance(body, dict):
        raise AlertRefused("", "an object", type(body).__name__)
    _expect("schemaId", _SCHEMA, body.get("schemaId"))
    data = _object(body, "data", "data")
    essentials = _object(data, "essentials", "data.essentials")
    _expect("data.essentials.monitoringService", _SERVICE, essentials.get("monitoringService"))
    vault = _vault(essentials.get("alertTargetIDs"))
    return _alert(vault, essentials, data.get("alertContext"))


def _alert(vault: VaultRef, essentials: dict[str, Any], context: object) -> Alert:
    oddities: list[Oddity] = []
    told = Fields(essentials, "data.essentials", oddities)
    around = Fields(context, "data.alertContext", oddities)
    inside = around.inside("extendedInfo")
    condition = told.text("monitorCondition")
    if condition not in ("Fired", "Resolved"):
        told.odd("monitorCondition", "Fired or Resolved", essentials.get("monitorCondition"))
    name = inside.text("jobId") or around.text("jobId")
    if name and not is_job_name(name):
        inside.odd("jobId", "a job's id", name)
        name = ""
    return Alert(
        id=_alert_id(essentials),
        condition="Resolved" if condition == "Resolved" else "Fired",
        vault=vault,
        job=JobRef(vault, name) if name else None,
        item=parse_item(around.text("protectedItemId")),
        vm=parse_vm(around.text("linkedResourceId")),
        rule=told.text("alertRule")[:300],
        severity=told.text("severity")[:20],
        category=around.text("category")[:60],
        fired=told.time("firedDateTime"),
        resolved=told.time("resolvedDateTime"),
        description=told.text("description")[:_DESCRIPTION],
        occurrences=_count(inside.raw("occurrenceCount")),
        code=_code(told.text("originAlertId")),
        oddities=tuple(oddities),
    )


def _expect(field: str, wanted: str, found: object) -> None:
    if not isinstance(found, str) or found.casefold() != wanted.casefold():
        raise AlertRefused(field, wanted, repr(found)[:80])


def _object(above: Mapping[str, Any], name: str, field: str) -> dict[str, Any]:
    value = above.get(name)
    if not isinstance(value, dict):
        raise AlertRefused(field, "an object", type(value).__name__)
    return value


def _vault(targets: object) -> VaultRef:
    """The first target that is a vault."""
    field = "data.essentials.alertTargetIDs"
    if not isinstance(targets, list):
        raise AlertRefused(field, "a list with a vault's id", type(targets).__name__)
    for target in targets[:_MOST_TARGETS]:
        if isinstance(target, str) and (vault := parse_vault(target)):
            return vault
    raise AlertRefused(field, "a list with a vault's id", "none")


def _alert_id(essentials: dict[str, Any]) -> str:
    value = essentials.get("alertId")
    if not isinstance(value, str) or not value.strip():
        raise AlertRefused("data.essentials.alertId", "a text", type(value).__name__)
    return value.strip()[:500]


def _count(value: object) -> int:
    """How many occurrences; one where the field says nothing usable."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1_000_000 else 1


def _code(origin: str) -> CodeHint | None:
    """What follows the digits of the origin's last part."""
    word = origin.rpartition("_")[2].lstrip("0123456789").removesuffix("log")
    return CodeHint("alert-id", word[:200]) if word.isascii() and word.isalnum() else None
