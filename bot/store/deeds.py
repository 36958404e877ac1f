"""A record of the audit log as people read it: the VM and the vault by name, and what tells how it came out."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from bot.store.audit import Record
from responses.cards.audit_log import DeedRow

_VAULT: Final = re.compile(r"/vaults/([^/]+)", re.IGNORECASE)
_ITEM: Final = re.compile(r"/protecteditems/[^/]*;([^/;]+)$", re.IGNORECASE)


def deed_row(record: Record) -> DeedRow:
    """The record in the shape of its card; details that are not what we write are left out, and nothing raises."""
    details = _details(record)
    item, vault = _ITEM.search(record.subject), _VAULT.search(record.subject)
    return DeedRow(
        number=record.number,
        at=datetime.fromtimestamp(record.at, UTC),
        kind=record.kind,
        actor=record.actor,
        vm=_text(details, "vm") or (item[1] if item else ""),
        vault=vault[1] if vault else "",
        code=_text(details, "code"),
        why=_text(details, "why"),
        reason=_text(details, "reason"),
        grant=_text(details, "grant"),
        approved_by=_text(details, "approved_by"),
    )


def _details(record: Record) -> Mapping[str, Any]:
    """An altered row must still be readable."""
    try:
        found = json.loads(record.details)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, Mapping) else {}


def _text(details: Mapping[str, Any], name: str) -> str:
    value = details.get(name)
    return value if isinstance(value, str) else ""
