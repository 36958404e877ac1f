"""What a digest says of a time: pure counting over incidents, ended jobs and a channel's part of the estate."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final, Literal, get_args
from zoneinfo import ZoneInfo

from azure_ops.models import ProtectedItem, VaultRef
from bot.charts.chart import Bar, Chart
from bot.incidents.rows import row_of
from bot.incidents.rules import InForce
from bot.incidents.scene import Scene
from bot.store.incidents import Incident
from bot.store.outcomes import Ended
from bot.watch_settings import Weekday
from intents.routing import Failing, Route, covers
from responses.cards.digest import CauseOf, DigestOf, OverdueItem
from responses.cards.jobs import Trouble
from responses.cards.labels import labels
from responses.catalog.model import Language

Kind = Literal["daily", "weekly", "catch-up"]
_DAYS: Final[tuple[str, ...]] = get_args(Weekday)
# What was due while the bot was away is still told, unless it is old news by now.
_LATEST: Final = 6 * 3_600.0
_CAUSES: Final = 5
_ROWS: Final = 8


@dataclass(frozen=True, slots=True)
class Due:
    """A digest that is to be told: of which time, and under which key it is told once."""

    kind: Kind
    since: float
    until: float
    key: str


class Part:
    """A channel's part of the estate, by its routes; a vault or an item is judged once."""

    def __init__(self, channel: str, rules: InForce, scene: Scene) -> None:
        self._routes = [route for route in rules.routes if route.channel == channel]
        self._is_rest = channel == rules.default_channel
        self._scene = scene
        self._vaults: dict[str, bool] = {}

    def has_vault(self, vault_key: str) -> bool:
        """Whether what happens in a vault may be told here."""
        if vault_key not in self._vaults:
            self._vaults[vault_key] = self._covers_vault(vault_key)
        return self._vaults[vault_key]

    def has_item(self, item: ProtectedItem) -> bool:
        """Whether what happens to an item may be told here."""
        if self._is_rest:
            return True
        vm = item.vm
        failing = replace(
            self._failing(item.ref.vault),
            resource_group=vm.resource_group if vm else "",
            vm=vm.name if vm else item.name,
        )
        return any(_covers_place(route, failing) for route in self._routes)

    def _covers_vault(self, vault_key: str) -> bool:
        if self._is_rest:
            return True
        places = self._scene.places
        vault = places.vault(vault_key) if places else None
        if vault is None:
            return False
        failing = self._failing(vault.ref)
        return any(_covers_place(route, failing, only_vault=True) for route in self._routes)

    def _failing(self, ref: VaultRef) -> Failing:
        """Something in a vault, as far as the vault itself tells."""
        places = self._scene.places
        vault = places.vault(ref.key) if places else None
        return Failing(
            subscription_id=ref.subscription_id,
            subscription=places.name_of(ref.subscription_id) if places else "",
            vault=ref.name,
            tags=vault.tags if vault else (),
        )


def is_for(channel: str, one: Incident, rules: InForce, scene: Scene, now: float) -> bool:
    """Whether an incident is told in a channel."""
    return any(each.channel == channel for each in rules.deliveries(scene.failing(one, now)))


def due_at(now: float, at: str, zone: str, weekly_on: str, *, daily: bool) -> list[Due]:
    """The digests whose moment has come within the last hours."""
    local = datetime.fromtimestamp(now, ZoneInfo(zone))
    clock = time.fromisoformat(at)
    moment = datetime.combine(local.date(), clock, ZoneInfo(zone))
    if moment > local:
        moment -= timedelta(days=1)
    until = moment.timestamp()
    if now - until > _LATEST:
        return []
    found = []
    if weekly_on == _DAYS[moment.weekday()]:
        found.append(Due("weekly", (moment - timedelta(days=7)).timestamp(), until, f"weekly-{moment:%Y-%m-%d}"))
    if daily:
        found.append(Due("daily", (moment - timedelta(days=1)).timestamp(), until, f"daily-{moment:%Y-%m-%d}"))
    return found


def digest_of(
    due: Due, mine: Sequence[Incident], scene: Scene, language: Language, known_before: set[str] | None
) -> DigestOf:
    """The incidents' half of a digest; jobs and items are laid over it. Without `known_before` no cause is new."""
    still = [one for one in mine if one.is_open]
    counted = Counter(one.cause for one in mine if due.since <= one.last_at <= due.until or one.is_open)
    causes = []
    for cause, count in counted.most_common(_CAUSES):
        one = next(each for each in mine if each.cause == cause)
        is_new = known_before is not None and cause not in known_before
        title = str(one.facts.get("title") or "")
        causes.append(CauseOf(scene.entry(one), scene.code(one), title, count, is_new))
    shown = (still or list(mine))[:_ROWS]
    return DigestOf(
        kind=due.kind,
        since=datetime.fromtimestamp(due.since, UTC),
        until=datetime.fromtimestamp(due.until, UTC),
        good=0,
        failed=sum(one.count for one in mine),
        opened=sum(due.since <= one.first_at <= due.until for one in mine),
        resolved=sum(one.resolved_at is not None and due.since <= one.resolved_at <= due.until for one in mine),
        open_now=len(still),
        causes=tuple(causes),
        incidents=tuple(row_of(one, scene, language) for one in shown),
        more=max(0, len(still or mine) - len(shown)),
        overdue=(),
        overdue_count=None,
        picture=None,
        more_causes=len(counted) - len(causes),
    )


def _covers_place(route: Route, failing: Failing, *, only_vault: bool = False) -> bool:
    """Whether a route is about this place, whatever the error; for a whole vault, what is narrower is in it too."""
    place = route.place
    if only_vault:
        place = replace(place, vms=(), resource_groups=())
    return covers(replace(route, place=place, codes=(), areas=(), severities=()), failing)


def with_counts(
    digest: DigestOf, ended: Sequence[Ended], overdue: list[OverdueItem] | None, unread: tuple[Trouble, ...]
) -> DigestOf:
    """The same with how the jobs of the time ended, and with items that are late; None where that is not known."""
    return replace(
        digest,
        good=sum(each.is_good for each in ended),
        failed=sum(not each.is_good for each in ended),
        overdue=tuple((overdue or [])[:_ROWS]),
        overdue_count=None if overdue is None else len(overdue),
        unread=unread,
    )


def digest_chart(ended: Sequence[Ended], due: Due, seconds: float, zone: str, language: Language) -> Chart:
    """Good and failed backups in each hour or day of a digest's time."""
    # In the week when the clock goes back the last hour belongs to the last day.
    count = max(1, round((due.until - due.since) / seconds))
    places = [(min(count - 1, int((each.at - due.since) // seconds)), each.is_good) for each in ended]
    good = Counter(place for place, is_good in places if is_good)
    failed = Counter(place for place, is_good in places if not is_good)
    say = labels(language)
    return Chart(
        title=say.text(f"chart.{due.kind}"),
        good_label=say.text("chart.good"),
        failed_label=say.text("chart.failed"),
        bars=tuple(Bar(due.since + number * seconds, good[number], failed[number]) for number in range(count)),
        step="hour" if seconds == 3_600.0 else "day",
        zone=zone,
        language=language,
    )
