"""Azure Monitor's common alert schema, as Azure Backup fills it, to an `Alert`; a hint where to look, never the truth.

Take vault and job from an alert and read the job itself: everything else in it may be old, aggregated or forged. What
Azure Backup sends for VM items is not documented: read is what the schema promises and what one delivery showed.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from azure_ops.fields import Fields, kind_of
from azure_ops.ids import is_job_name, parse_item, parse_vault, parse_vm
from azure_ops.models import CodeHint, ItemRef, JobRef, Oddity, VaultRef, VmRef

LARGEST: Final = 256 * 1024
_SCHEMA: Final = "azureMonitorCommonAlertSchema"
_SERVICE: Final = "Azure Backup"
_CONDITIONS: Final = ("Fired", "Resolved")
_SEVERITIES: Final = ("Sev0", "Sev1", "Sev2", "Sev3", "Sev4")
_LONGEST_ID: Final = 500
_DESCRIPTION: Final = 1_000
_SHOWN: Final = 60
_MOST_TARGETS: Final = 50
_MOST_OCCURRENCES: Final = 1_000_000
# What a line of a log or a row of a database must not hold; a description keeps its lines.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
# The last part of Azure's own alert id, as one delivery showed it: digits, the workload, the code, the kind of backup.
_ORIGIN: Final = re.compile(
    r"[0-9]*(?:azureworkload|azureiaasvm|azurestorage)?([a-z][a-z0-9]{7,199}?)(?:log)?", re.ASCII
)
_HEX: Final = re.compile(r"[0-9a-f]+", re.ASCII)


class AlertRefused(Exception):
    """The payload is no alert of Azure Backup. `field` is dotted ("data.essentials.alertTargetIDs"), empty for all."""

    def __init__(self, field: str, expected: str, found: str) -> None:
        self.field = field
        self.expected = expected
        self.found = found
        super().__init__(f"{field or 'the payload'}: expected {expected}, found {found}")


@dataclass(frozen=True, slots=True)
class Alert:
    """One delivery. `condition` is "Fired" or "Resolved", `severity` "Sev0" to "Sev4", `occurrences` what it sums up.

    `job` is None where the alert names none: then list the vault's jobs. `vm` is the linked resource, where that is a
    VM. `code` is what the end of Azure's own alert id holds: an error's name in lower case, with more around it.
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
        raise AlertRefused("", "an object", kind_of(body))
    _expect("schemaId", _SCHEMA, body.get("schemaId"))
    data = _object(body, "data", "data")
    essentials = _object(data, "essentials", "data.essentials")
    _expect("data.essentials.monitoringService", _SERVICE, essentials.get("monitoringService"))
    vault = _vault(essentials.get("alertTargetIDs"))
    # One without an id is known again by its bytes: a delivery that is sent again has the same.
    return _alert(vault, essentials, data.get("alertContext"), hashlib.sha256(payload).hexdigest())


def _alert(vault: VaultRef, essentials: dict[str, Any], context: object, digest: str) -> Alert:
    oddities: list[Oddity] = []
    told = Fields(essentials, "data.essentials", oddities)
    around = Fields(context, "data.alertContext", oddities)
    inside = around.inside("extendedInfo")
    return Alert(
        id=_id(told) or f"sha256:{digest}",
        condition=_word(told, "monitorCondition", _CONDITIONS) or "Fired",
        vault=vault,
        job=_job(vault, inside, around),
        item=_item(vault, around),
        vm=_vm(around),
        rule=_line(told.text("alertRule"))[:300],
        severity=_word(told, "severity", _SEVERITIES),
        category=_line(around.text("category"))[:_SHOWN],
        fired=_fired(told),
        resolved=told.time("resolvedDateTime"),
        description=_plain(told.text("description"))[:_DESCRIPTION],
        occurrences=_count(inside),
        code=_code(told.text("originAlertId")),
        oddities=tuple(dict.fromkeys(oddities)),
    )


def _expect(field: str, wanted: str, found: object) -> None:
    if not isinstance(found, str):
        raise AlertRefused(field, wanted, kind_of(found))
    if found.casefold() != wanted.casefold():
        raise AlertRefused(field, wanted, repr(found[:_SHOWN]))


def _object(above: Mapping[str, Any], name: str, field: str) -> dict[str, Any]:
    value = above.get(name)
    if not isinstance(value, dict):
        raise AlertRefused(field, "an object", kind_of(value))
    return value


def _vault(targets: object) -> VaultRef:
    """The first target that is a vault."""
    field, wanted = "data.essentials.alertTargetIDs", "a list with a vault's id"
    if not isinstance(targets, list):
        raise AlertRefused(field, wanted, kind_of(targets))
    for target in targets[:_MOST_TARGETS]:
        if isinstance(target, str) and (vault := parse_vault(target)):
            return vault
    raise AlertRefused(field, wanted, "none")


def _plain(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _line(text: str) -> str:
    return " ".join(_plain(text).split())


def _id(told: Fields) -> str:
    """Azure's id of the alert, else the id that the service gave it; empty without one that can be used."""
    for name in ("alertId", "originAlertId"):
        value = told.text(name, required=name == "alertId").strip()
        if 0 < len(value) <= _LONGEST_ID and value.isprintable():
            return value
        if value:
            told.odd(name, f"one line of at most {_LONGEST_ID} letters", value)
    return ""


def _word(told: Fields, name: str, known: tuple[str, ...]) -> str:
    """A word of a closed list, in Azure's spelling; empty for any other."""
    value = told.text(name)
    found = next((word for word in known if word.casefold() == value.strip().casefold()), "")
    if not found:
        told.odd(name, " or ".join(known), told.raw(name))
    return found


def _job(vault: VaultRef, inside: Fields, around: Fields) -> JobRef | None:
    for fields in (inside, around):
        if name := fields.text("jobId").strip():
            if is_job_name(name):
                return JobRef(vault, name)
            fields.odd("jobId", "a job's id", name)
    return None


def _item(vault: VaultRef, around: Fields) -> ItemRef | None:
    """The protected item, if it is one of the vault that the alert is about."""
    text = around.text("protectedItemId").strip()
    item = parse_item(text)
    if text and (item is None or item.vault.key != vault.key):
        around.odd("protectedItemId", "the id of an item of this vault", text)
        return None
    return item


def _vm(around: Fields) -> VmRef | None:
    """The linked resource may also be a storage account or a server elsewhere, which is nothing odd."""
    text = around.text("linkedResourceId").strip()
    vm = parse_vm(text)
    if text and vm is None and not text.casefold().startswith("/subscriptions/"):
        around.odd("linkedResourceId", "the id of a resource", text)
    return vm


def _fired(told: Fields) -> datetime | None:
    if told.raw("firedDateTime") is None:
        told.odd("firedDateTime", "a time", None)
    return told.time("firedDateTime")


def _count(inside: Fields) -> int:
    """How many occurrences; one where the field says nothing usable."""
    number = inside.number("occurrenceCount")
    if number is None:
        return 1
    if number.is_integer() and 0 < number < _MOST_OCCURRENCES:
        return int(number)
    inside.odd("occurrenceCount", "a small whole number", number)
    return 1


def _code(origin: str) -> CodeHint | None:
    """The error's name in the last part of the origin, without the workload before and the kind of backup after it."""
    found = _ORIGIN.fullmatch(origin.rpartition("_")[2].casefold())
    return CodeHint("alert-id", found[1]) if found and not _HEX.fullmatch(found[1]) else None
