"""The words after `/backup` about routes, incidents and digests, as people type them at night, in two languages."""

import random
from dataclasses import astuple
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.backup_command import Asked, read_backup_command
from intents.routing import SEVERITIES, Place
from intents.watch_command import incidents_text
from intents.watch_intents import (
    AREAS,
    NotRead,
    ShowDigest,
    ShowIncidents,
    ShowRoutes,
    Subscribe,
    Unsubscribe,
)
from responses.catalog import load

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
CODE = "UserErrorGuestAgentStatusUnavailable"


def read(text: str) -> Asked:
    return read_backup_command(text, NOW, ZoneInfo("Europe/Amsterdam"))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("subscribe", Subscribe()),
        ("subscribe all", Subscribe()),
        ("volg alles", Subscribe()),
        ("subscribe vault-prod", Subscribe(name="vault-prod")),
        ("SUBSCRIBE to the vault-prod", Subscribe(name="vault-prod")),
        ("follow vault-prod,", Subscribe(name="vault-prod")),
        ('subscribe "My Production Account" digest', Subscribe(name="My Production Account", mode="digest")),
        ("subscribe vault-prod digest", Subscribe(name="vault-prod", mode="digest")),
        ("volg kluis-prod elke", Subscribe(name="kluis-prod", mode="each")),
        ("volg de kluis vault-prod overzicht", Subscribe(Place(vaults=("vault-prod",)), mode="digest")),
        (f"subscribe vault-prod {CODE} digest", Subscribe(name="vault-prod", codes=(CODE,), mode="digest")),
        (f"subscribe {CODE}", Subscribe(codes=(CODE,))),
        ("subscribe vault-prod UserErrorGuest*", Subscribe(name="vault-prod", codes=("UserErrorGuest*",))),
        ("subscribe vault-prod agent", Subscribe(name="vault-prod", areas=("agent",))),
        ("volg vault-prod beleid", Subscribe(name="vault-prod", areas=("policy",))),
        ("subscribe all agent", Subscribe(areas=("agent",))),
        ("subscribe vm:sql-* agent", Subscribe(Place(vms=("sql-*",)), areas=("agent",))),
        ("subscribe agent", Subscribe(name="agent")),
        ("subscribe vault-prod critical high", Subscribe(name="vault-prod", severities=("critical", "high"))),
        ("volg vault-prod kritiek", Subscribe(name="vault-prod", severities=("critical",))),
        ("subscribe severity:high,critical", Subscribe(severities=("critical", "high"))),
        ("subscribe BackupVaultProd", Subscribe(name="BackupVaultProd")),
        ("subscribe VMBackupVault01", Subscribe(name="VMBackupVault01")),
        ("subscribe backup-*", Subscribe(name="backup-*")),
        ("subscribe vm:sql-*,web-* vault:v1", Subscribe(Place(vaults=("v1",), vms=("sql-*", "web-*")))),
        ("subscribe tag:env=prod tag:owner=sql", Subscribe(Place(tags=(("env", "prod"), ("owner", "sql"))))),
        ('subscribe tag:env="prod, east"', Subscribe(Place(tags=(("env", "prod, east"),)))),
        ("subscribe tag env=prod", Subscribe(Place(tags=(("env", "prod"),)))),
        ('subscribe group:"rg app" sub:"R&amp;D"', Subscribe(Place(("R&D",), ("rg app",)))),
        ("subscribe vault: vault-prod vm= vm-1", Subscribe(Place(vaults=("vault-prod",), vms=("vm-1",)))),
        ("volg kluis vault-prod server vm-1", Subscribe(Place(vaults=("vault-prod",), vms=("vm-1",)))),
        ("subscribe code:ext-status-85 area:Agent", Subscribe(codes=("ext-status-85",), areas=("agent",))),
        ("subscribe vault-prod --nl", Subscribe(name="vault-prod", language="nl")),
        (
            "subscribe vault-prod mention:<!subteam^S0ONCALL|@on-call>",
            Subscribe(name="vault-prod", mention="S0ONCALL", mention_for=SEVERITIES),
        ),
        (
            "subscribe vault-prod critical mention <!subteam^S0ONCALL>",
            Subscribe(name="vault-prod", mention="S0ONCALL", mention_for=("critical",)),
        ),
        (
            "subscribe vault-prod <@U0EMMA|emma> high",
            Subscribe(name="vault-prod", mention="U0EMMA", mention_for=("high",)),
        ),
        (
            "subscribe vm:sql-* tag:env=prod agent critical mention:<!subteam^S0ONCALL|@on-call>",
            Subscribe(
                Place(vms=("sql-*",), tags=(("env", "prod"),)),
                areas=("agent",),
                mention="S0ONCALL",
                mention_for=("critical",),
            ),
        ),
    ],
)
def test_what_is_to_be_told_here(text: str, asked: Asked) -> None:
    assert read(text) == asked


@pytest.mark.parametrize(
    ("text", "word", "what"),
    [
        ("subscribe vault-prod vault-acc", "vault-acc", "word"), ("subscribe vault-prod vm-*", "vm-*", "word"),
        ("subscribe vault-prod each digest", "digest", "word"), ("subscribe vault-prod @oncall", "@oncall", "person"),
        ("subscribe mention:@on-call", "@on-call", "person"), ("subscribe vault-prod mention @x", "@x", "person"),
        ("subscribe vault-prod me", "me", "person"), ("subscribe vault:", "vault:", "word"),
        ("subscribe vault", "vault", "word"), ("subscribe vault digest", "vault", "word"),
        ("subscribe tag:env", "tag:env", "word"), ("subscribe tag:=prod", "tag:=prod", "word"),
        ("subscribe area:agnt", "agnt", "word"), ("subscribe severity:bad", "bad", "word"),
        ("subscribe vault-prod <@U1AA> <@U2BB>", "<@U2BB>", "word"), ("subscribe --all", "--all", "word"),
        ("subscribe <#C0ALERTS|alerts>", "<#C0ALERTS|alerts>", "word"), ('subscribe "vault-prod', '"', "word"),
        ("subscribe " + "x" * 301, "x" * 59 + "…", "word"), ("unsubscribe vault-prod vm-1", "vm-1", "word"),
        ("unsubscribe --force", "--force", "word"), ("routes vault-prod", "vault-prod", "word"),
        ("incidents vm-1 vm-2", "vm-2", "word"), ("incidents mine all", "all", "word"),
        ("incidents code:x", "code:x", "word"), ("incidents <@U0EMMA>", "<@U0EMMA>", "word"),
        ("digest vault-prod", "vault-prod", "word"), ("digest weekly daily", "daily", "word"),
        ("stop vault-prod", "stop", "word"),
    ],
)  # fmt: skip
def test_what_was_not_understood_is_named(text: str, word: str, what: str) -> None:
    assert read(text) == NotRead(word, what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("unsubscribe", Unsubscribe()), ("unsubscribe all", Unsubscribe(is_all=True)),
        ("unsubscribe 4f2a", Unsubscribe("4f2a")), ("unsubscribe #4f2a", Unsubscribe("4f2a")),
        ("unsubscribe from vault-prod", Unsubscribe("vault-prod")),
        ("stop-volgen vault-prod", Unsubscribe("vault-prod")), ("stop volgen alles", Unsubscribe(is_all=True)),
        ("unfollow vault:vault-prod", Unsubscribe("vault-prod")), ('unsubscribe "all"', Unsubscribe("all")),
        ("routes", ShowRoutes()), ("routes all", ShowRoutes(is_all=True)), ("routes alle --nl", ShowRoutes(True, "nl")),
        ("incidents", ShowIncidents()), ("incidenten", ShowIncidents()), ("incidents mine", ShowIncidents("", "mine")),
        ("incidents me", ShowIncidents("", "mine")), ("incidenten van mij", ShowIncidents("", "mine")),
        ("incidents of vault-prod", ShowIncidents("vault-prod")), ("incidents vm sql-01", ShowIncidents("sql-01")),
        ("incidents resolved vm:sql-01", ShowIncidents("sql-01", "resolved")),
        ("incidenten opgelost --nl", ShowIncidents("", "resolved", "nl")), ('incidents "all"', ShowIncidents("all")),
        ("digest", ShowDigest()), ("digest weekly", ShowDigest("weekly")), ("overzicht week", ShowDigest("weekly")),
        ("overzicht", ShowDigest()),
    ],
)  # fmt: skip
def test_lists_and_ends(text: str, asked: Asked) -> None:
    assert read(text) == asked


def test_every_code_of_the_catalog_is_one_where_the_catalog_is_at_hand() -> None:
    known = {name.casefold() for entry in load() for name in (entry.code, *entry.also)}
    for name in sorted(known):
        asked = read_backup_command(f"subscribe vault-prod {name.upper()}", NOW, UTC, known)
        assert asked == Subscribe(name="vault-prod", codes=(name.upper(),)), name
        assert read_backup_command(f"subscribe {name}", NOW, UTC, known) == Subscribe(codes=(name,)), name


_NAMES = st.text(st.characters(categories=["L", "N"], include_characters="-_.;&<> *?:=,#@"), max_size=30).map(
    lambda name: " ".join(name.split())
)
_SOME = _NAMES.filter(bool)
_LANGUAGES = st.sampled_from([None, "en", "nl"])


@given(_NAMES, st.sampled_from(["open", "mine", "snoozed", "resolved", "all"]), _LANGUAGES)
def test_a_question_about_incidents_survives_as_text(name: str, which: str, language: object) -> None:
    asked = ShowIncidents(name, which, language)  # type: ignore[arg-type]
    assert read(incidents_text(asked).replace("&", "&amp;")) == asked


_LISTS = st.lists(_SOME, max_size=2, unique=True).map(tuple)
_TAGS = st.lists(
    st.tuples(_SOME.filter(lambda key: "=" not in key and key == key.strip()), _SOME), max_size=2, unique=True
).map(tuple)
_PLACES = st.builds(Place, _LISTS, _LISTS, _LISTS, _LISTS, _TAGS)
_GRAVE = st.sets(st.sampled_from(SEVERITIES)).map(lambda some: tuple(each for each in SEVERITIES if each in some))
_SUBSCRIBES = st.builds(
    Subscribe, _PLACES, _NAMES, _LISTS, st.lists(st.sampled_from(AREAS), unique=True, max_size=2).map(tuple), _GRAVE,
    st.sampled_from([None, "each", "digest"]), language=_LANGUAGES,
)  # fmt: skip


@given(_SUBSCRIBES, st.sampled_from(["", "S0ONCALL", "U0EMMA"]), st.randoms(use_true_random=False))
def test_a_route_is_read_whatever_the_order_of_its_words(asked: Subscribe, who: str, dice: random.Random) -> None:
    """Written with labels and quotes, in any order, it is what was meant."""
    text = _text(asked, who, dice)
    found = read(text.replace("&", "&amp;"))
    assert isinstance(found, Subscribe), (text, found)
    for one, other in zip(astuple(found.place), astuple(asked.place), strict=True):
        assert set(one) == set(other), text
    assert (found.name, found.mode, found.language) == (asked.name, asked.mode, asked.language)
    assert (set(found.codes), set(found.areas)) == (set(asked.codes), set(asked.areas))
    told = (found.severities, found.mention, found.mention_for)
    assert told == (((), who, asked.severities or SEVERITIES) if who else (asked.severities, "", ()))


def _text(asked: Subscribe, who: str, dice: random.Random) -> str:
    place = asked.place
    labelled = {
        "sub": place.subscriptions, "group": place.resource_groups, "vault": place.vaults, "vm": place.vms,
        "code": asked.codes,
    }  # fmt: skip
    parts = [f'{label}:"{name}"' for label, names in labelled.items() for name in names]
    parts += [f'tag:"{key}={value}"' for key, value in place.tags]
    parts += [f"area:{each}" for each in asked.areas] + list(asked.severities)
    parts += [f'"{asked.name}"'] if asked.name else []
    parts += [asked.mode] if asked.mode else []
    parts += [{"S": "<!subteam^S0ONCALL|@on-call>", "U": "<@U0EMMA>"}[who[0]]] if who else []
    dice.shuffle(parts)
    return " ".join(["subscribe", *parts, *([f"--{asked.language}"] if asked.language else [])])


@given(
    st.sampled_from(["subscribe", "unsubscribe", "routes", "incidents", "digest", "stop volgen", ""]),
    st.lists(
        st.sampled_from(
            ["vm:", "vault", "tag:a=", 'tag:"', "mention:", "<@U0EMMA>", "<!subteam^S0A>", "all", "each", "critical",
             "agent", "me", "--nl", '"', "`", ",", "=", "&quot;", "sub:x", "code", CODE, "@x", "#4f2a"]
        )
        | st.text(max_size=12),
        max_size=7,
    ).map(" ".join),
)  # fmt: skip
def test_no_text_breaks_it(command: str, text: str) -> None:
    asked = read(f"{command} {text}")
    assert isinstance(asked, Asked)
    if isinstance(asked, NotRead):
        assert len(asked.word) <= 60
