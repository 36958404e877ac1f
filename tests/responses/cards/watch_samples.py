"""What the cards of incidents, storms, digests, routes and silences are tried with: usual, worst and hostile."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, get_args

from responses.cards import watch_notices
from responses.cards.digest import CauseOf, DigestOf, OverdueItem, digest_card
from responses.cards.failure import IncidentOf, LineKind, failure_card, failure_line
from responses.cards.incident_list import (
    IncidentPage,
    IncidentRow,
    incident_list_card,
    incidents_away,
    reading_incidents,
)  # fmt: skip
from responses.cards.model import Card
from responses.cards.routes import (
    Joined,
    RouteOf,
    no_such_route_card,
    only_in_channels_card,
    routes_card,
    subscribed_card,
    unsubscribed_card,
    which_place_card,
)  # fmt: skip
from responses.cards.silences import (
    SilenceOf,
    no_such_silence_card,
    silenced_card,
    silences_card,
    unsilenced_card,
)  # fmt: skip
from responses.cards.storm import PictureOf, StormOf, storm_card
from responses.cards.trouble_azure import Trouble
from responses.cards.watch_notices import BlindKind
from responses.catalog import load
from responses.catalog.model import Language

CATALOG: Final = load()
NIGHT: Final = datetime(2026, 11, 22, 2, 10, tzinfo=UTC)
JOB: Final = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-backup-prod/providers/"
    "Microsoft.RecoveryServices/vaults/vault-prod/backupJobs/88df0be3-7c77-46c9-bfc2-fb92e3b1918a"
)
STUCK: Final = "ExtensionStuckInDeletionState"
FAILED: Final = IncidentOf(
    id="inc-0123456789abcdef", is_open=True, vm="vm-sql-01", vault="vault-prod", subscription="Production",
    entry=CATALOG.get(STUCK), code=STUCK, title="Extension stuck", said="The extension is stuck.", first_at=NIGHT,
    last_at=NIGHT, count=1, severity="normal", recovery_point=NIGHT - timedelta(hours=24), is_point_known=True,
    policy="DefaultPolicy", promised_hours=24.0, retry=f"{JOB}|1", after_fix=True, remove=f"{JOB}|1", job=JOB,
    links=(
        ("jobs", "https://portal.azure.com/#j"), ("vm", "https://portal.azure.com/#m"),
        ("vault", "https://portal.azure.com/#v"),
    ),
)  # fmt: skip
LATE: Final = replace(
    FAILED, count=4, first_at=NIGHT - timedelta(days=3), severity="critical", is_overdue=True,
    recovery_point=NIGHT - timedelta(days=4), mentions=("S0ONCALL", "U0EMMA"), earlier=NIGHT - timedelta(days=9),
)  # fmt: skip
HANDLED: Final = replace(
    LATE, acknowledged_by="U0EMMA", assigned_to="U0DAAN", snoozed_until=NIGHT + timedelta(hours=4), snoozed_by="U0EMMA",
    silenced_until=NIGHT + timedelta(hours=8), silence_reason="patch night",
)  # fmt: skip
GREEN: Final = replace(LATE, is_open=False, resolved_at=NIGHT + timedelta(hours=2))
UNKNOWN: Final = replace(
    FAILED, entry=None, code="UserErrorNobodyKnows", retry=f"{JOB}|2", remove="", recovery_point=None,
    is_point_known=False,
)  # fmt: skip
STORM: Final = StormOf(
    id="storm-0123456789abcdef", entry=CATALOG.get("UserErrorGuestAgentStatusUnavailable"),
    code="UserErrorGuestAgentStatusUnavailable", title="", total=812, open=800, resolved=12, failures=1_030,
    vaults=(("vault-prod", 300), ("vault-acc", 200), ("vault-a", 100), ("vault-b", 90), ("vault-c", 50)),
    vault_count=17, first_at=NIGHT, last_at=NIGHT + timedelta(minutes=40), is_over=False,
    picture=PictureOf("F0123456789", "Chart of failed backups"), charted=640, retry_all="storm-0123456789abcdef",
    mentions=("S0ONCALL",),
)  # fmt: skip
ROW: Final = IncidentRow(
    FAILED.id, "vm-sql-01", "vault-prod", "The extension is stuck", STUCK, 3, NIGHT, is_open=True,
    marks=("critical", "acknowledged", "snoozed"), assigned_to="U0DAAN",
)  # fmt: skip
PAGE: Final = IncidentPage(
    (ROW, replace(ROW, vm="vm-web-01", marks=(), is_open=False)), "open", "vault-prod", 12, 1, 2, "", "q|2"
)
DAILY: Final = DigestOf(
    kind="daily", since=NIGHT - timedelta(days=1), until=NIGHT, good=180, failed=6, opened=3, resolved=2, open_now=4,
    causes=(CauseOf(CATALOG.get(STUCK), STUCK, "", 3, True), CauseOf(None, "Odd", "Something odd", 1, False)),
    incidents=(ROW,), more=3, overdue=(OverdueItem("vm-sql-01", "vault-prod", NIGHT - timedelta(days=4), 24.0),
    OverdueItem("vm-new", "vault-prod", None, 24.0)), overdue_count=2, picture=PictureOf("F0123456789", "Chart"),
    more_causes=2,
)  # fmt: skip
CALM: Final = replace(
    DAILY, kind="weekly", failed=0, opened=0, open_now=0, causes=(), incidents=(), more=0, overdue=(), overdue_count=0,
    picture=None, more_causes=0,
)  # fmt: skip
AWAY: Final = replace(DAILY, kind="catch-up", overdue=(), overdue_count=None, picture=None)
BLIND: Final = replace(
    DAILY, more_causes=1, overdue=(), overdue_count=None, unread=(Trouble("azure.throttled", {"seconds": "40"}),)
)
UNSURE: Final = replace(CALM, kind="daily", overdue_count=None, unread=BLIND.unread)
OVERDUE: Final = replace(
    DAILY, open_now=0, causes=(), incidents=(), more=0, overdue=DAILY.overdue[:1], overdue_count=1, more_causes=0
)
ROUTE: Final = RouteOf(
    "4f2a", "C0ALERTS", vaults=("vault-prod",), vms=("vm-sql-*",), tags=(("env", "prod*"),), codes=(STUCK,),
    areas=("agent",), severities=("critical",), mention="S0ONCALL", mention_for=("critical", "high"), by="U0EMMA",
)  # fmt: skip
WIDE: Final = RouteOf("config-1", "C0ALERTS", mode="digest", is_here=False)
MUTED: Final = SilenceOf(
    "a1b2", "mute", NIGHT, NIGHT + timedelta(days=3), vms=("vm-sql-01",), by="U0EMMA", reason="moving"
)
PLANNED: Final = SilenceOf(
    "config-1", "maintenance", NIGHT, NIGHT + timedelta(hours=8), tags=(("env", "test"),), is_begun=False
)
WHY: Final = Trouble("azure.throttled", {"seconds": "40"})

LINES: Final = tuple(kind for kind in get_args(LineKind) if kind != "resolved")


def _line(kind: LineKind, language: Language) -> Card:
    return failure_line(kind, HANDLED, language, "U0EMMA")


def _subscribed(joined: Joined, language: Language) -> Card:
    return subscribed_card(ROUTE, is_new=True, joined=joined, language=language)


def _blind(kind: BlindKind, language: Language) -> Card:
    return watch_notices.blind_card(kind, NIGHT, WHY, language)


def _sighted(kind: BlindKind, language: Language) -> Card:
    return watch_notices.sighted_card(kind, NIGHT, NIGHT + timedelta(hours=1), language)


CARDS: Final[Mapping[str, Callable[[Language], Card]]] = {
    "failure": lambda language: failure_card(FAILED, language),
    "failure_late": lambda language: failure_card(LATE, language),
    "failure_handled": lambda language: failure_card(HANDLED, language),
    "failure_green": lambda language: failure_card(GREEN, language),
    "failure_unknown": lambda language: failure_card(UNKNOWN, language),
    **{f"line_{kind}": partial(_line, kind) for kind in LINES},
    "line_resolved": lambda language: failure_line("resolved", GREEN, language),
    "line_resolved_once": lambda language: failure_line("resolved", replace(GREEN, count=1, first_at=NIGHT), language),
    "storm": lambda language: storm_card(STORM, language),
    "storm_all": lambda language: storm_card(replace(STORM, total=40, open=40, resolved=0, vault_count=6), language),
    "storm_last": lambda language: storm_card(replace(STORM, open=1, resolved=811, is_over=True), language),
    "storm_over": lambda language: storm_card(
        replace(STORM, is_over=True, open=0, resolved=812, picture=None), language
    ),
    "incidents": lambda language: incident_list_card(PAGE, language),
    "incidents_none": lambda language: incident_list_card(
        replace(PAGE, rows=(), total=0, pages=1, next="", scope=""), language
    ),
    "incidents_reading": reading_incidents,
    "incidents_away": incidents_away,
    "digest_daily": lambda language: digest_card(DAILY, language),
    "digest_calm": lambda language: digest_card(CALM, language),
    "digest_away": lambda language: digest_card(AWAY, language),
    "digest_blind": lambda language: digest_card(BLIND, language),
    "digest_unsure": lambda language: digest_card(UNSURE, language),
    "digest_overdue": lambda language: digest_card(OVERDUE, language),
    "routes": lambda language: routes_card((ROUTE, WIDE), "C0ALERTS", language, is_all=True),
    "routes_none": lambda language: routes_card((), "", language, is_all=False),
    **{f"subscribed_{joined}": partial(_subscribed, joined) for joined in get_args(Joined)},
    "subscribed_already": lambda language: subscribed_card(ROUTE, is_new=False, joined="in", language=language),
    "unsubscribed": lambda language: unsubscribed_card((ROUTE,), language),
    "no_such_route": lambda language: no_such_route_card("vault-prd", language),
    "only_in_channels": only_in_channels_card,
    "which_place": lambda language: which_place_card("vault-prd", ("vault-prod", "vault-acc"), language),
    "silences": lambda language: silences_card((MUTED, PLANNED), language),
    "silences_none": lambda language: silences_card((), language),
    "silenced": lambda language: silenced_card(MUTED, language),
    "unsilenced": lambda language: unsilenced_card(MUTED, language),
    "no_such_silence": lambda language: no_such_silence_card("ffff", language),
    **{f"blind_{kind}": partial(_blind, kind) for kind in get_args(BlindKind)},
    **{f"sighted_{kind}": partial(_sighted, kind) for kind in get_args(BlindKind)},
    "channel_lost": lambda language: watch_notices.channel_lost_card("C0ALERTS", "is_archived", "C0GENERAL", language),
    "incident_gone": watch_notices.incident_gone,
}
