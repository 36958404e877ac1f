"""An incident as one row of a list."""

from datetime import UTC, datetime

from bot.incidents.scene import Scene, severity
from bot.store.incidents import Incident
from responses.cards.incident_list import IncidentRow, Mark
from responses.catalog.model import Language


def row_of(one: Incident, scene: Scene, language: Language, *, now: float | None = None) -> IncidentRow:
    """The row, with marks for what people did about it and how bad it is."""
    entry = scene.entry(one)
    marks: list[Mark] = []
    if one.is_open:
        how_bad = severity(one, now if now is not None else one.last_at)
        marks += [how_bad] if how_bad != "normal" else []
        marks += ["acknowledged"] if one.acknowledged_by else []
        marks += ["assigned"] if one.assigned_to else []
        marks += ["snoozed"] if one.is_snoozed else []
        told = one.facts.get("told") or {}
        marks += ["silenced"] if told.get("silence") else []
    return IncidentRow(
        id=one.id,
        vm=one.vm,
        vault=one.vault,
        title=entry.words[language].title if entry else str(one.facts.get("title") or one.code),
        code=scene.code(one),
        count=one.count,
        last_at=datetime.fromtimestamp(one.last_at, UTC),
        is_open=one.is_open,
        marks=tuple(marks),
        assigned_to=one.assigned_to,
    )
