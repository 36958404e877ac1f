"""Made-up ends of backup jobs, and what incidents they must come to by a count that shares no code with the bot."""

import random

from bot.store.outcomes import Seen

_CAUSES = ("UserErrorGuestAgentStatusUnavailable", "ExtensionSnapshotFailedCOM", "SomethingNew")


def made_events(source: random.Random, *, items: int, per_item: int) -> list[Seen]:
    """Shuffled, 30 % of them doubled and 5 % of them far later than the others."""
    made = []
    for item in range(items):
        vault = f"/subscriptions/1/resourcegroups/rg/providers/microsoft.recoveryservices/vaults/v{item % 7}"
        at = 1_000.0
        for number in range(per_item):
            at += source.choice((0.0, 5.0, 60.0, 86_400.0))
            is_good = source.random() < 0.4
            cause = "" if is_good else source.choice(_CAUSES)
            job = f"{vault}/backupJobs/{item}-{number}"
            made.append(Seen(job, f"{vault}|vm-{item}", vault, at, is_good, cause, {"vm": f"vm-{item}"}))
    source.shuffle(made)
    late = {each.job for each in made if source.random() < 0.05}
    prompt = [each for each in made if each.job not in late]
    doubled = prompt + [each for each in prompt if source.random() < 0.3]
    source.shuffle(doubled)
    return doubled + [each for each in made if each.job in late]


def expected(events: list[Seen]) -> dict[tuple[str, str], list[tuple[float, float, int, float | None]]]:
    """First, last, count and end of every run of failures, counted gap by gap between good backups."""
    once = {each.job.lower(): each for each in events}.values()
    good: dict[str, list[float]] = {}
    for each in once:
        if each.is_good:
            good.setdefault(each.item_key, []).append(each.at)
    runs: dict[tuple[str, str, float], list[float]] = {}
    for each in once:
        if not each.is_good:
            # The end of its run is the first good backup at the same moment or later.
            end = min((at for at in good.get(each.item_key, ()) if at >= each.at), default=float("inf"))
            runs.setdefault((each.item_key, each.cause, end), []).append(each.at)
    found: dict[tuple[str, str], list[tuple[float, float, int, float | None]]] = {}
    for (item, cause, end), times in runs.items():
        row = (min(times), max(times), len(times), None if end == float("inf") else end)
        found.setdefault((item, cause), []).append(row)
    return {key: sorted(value, key=lambda row: row[0]) for key, value in found.items()}
