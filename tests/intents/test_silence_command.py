"""Muting, maintenance and their ends, as people type them; what could mean two things is asked back."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.backup_command import Asked, read_backup_command
from intents.routing import Place
from intents.silence_command import MOST_MAINTENANCE, MOST_MUTE
from intents.watch_intents import EndSilence, Maintain, Mute, NotRead, ShowSilences, Unmute

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # a Sunday, four in the morning there


def read(text: str, now: datetime = NOW) -> Asked:
    return read_backup_command(text, now, AMSTERDAM)


def here(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("mute vm-1 3d", here(25, 4)), ("MUTE vm-1 3 DAYS", here(25, 4)),
        ("mute vm-1 for 3 days", here(25, 4)), ("mute vm vm-1 3d", here(25, 4)), ("mute vm:vm-1 3d", here(25, 4)),
        ("mute 3d vm-1", here(25, 4)), ("mute until 18:00 vm-1", here(22, 18)), ("demp vm-1 3 dagen", here(25, 4)),
        ("mute vm-1 18:00", here(22, 18)), ("mute vm-1 until 18:00", here(22, 18)),
        ("mute vm-1 until tomorrow 8:00", here(23, 8)), ("demp vm-1 tot maandag", here(23, 0)),
        ("demp vm-1 tot 18 uur", here(22, 18)), ("demp vm-1 tot morgen 8 uur", here(23, 8)),
        ("mute vm-1 until 8pm", here(22, 20)), ("mute vm-1 until 2026-12-01", here(1, 0, month=12)),
        ("mute vm-1 until 2026-12-01 18:00", here(1, 18, month=12)), ("mute vm-1 18:00 tomorrow", here(23, 18)),
        ("demp vm-1 tot ma 8u", here(23, 8)),
        ("mute vm-1 2h 30m", here(22, 6, 30)), ("silence vm-1 3d", here(25, 4)), ("mute vm-1 90d", NOW + MOST_MUTE),
        ('mute "vm-1" 1w', here(29, 4)), ("mute `vm-1` until midnight", here(23, 0)),
        ("demp de server vm-1 3d", here(25, 4)),
    ],
)  # fmt: skip
def test_a_vm_is_muted_until_then(text: str, until: datetime) -> None:
    assert read(text) == Mute("vm-1", until)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("because of a move", "a move"), ("because I move it", "I move it"), ("wegens verhuizing", "verhuizing"),
        ("omdat we hem verhuizen", "we hem verhuizen"), ("for the disk swap", "the disk swap"),
        ('"disk swap"', "disk swap"), ("reason: 2 disks of vm:sql-01, <@U0EMMA> knows",
        "2 disks of vm:sql-01, <@U0EMMA> knows"), ("reden:verhuizing", "verhuizing"), ('because "R&amp;D asked"',
        "R&D asked"), ("because tag env is wrong until monday", "tag env is wrong until monday"),
        ("because " + "x" * 300, "x" * 200),
    ],
)  # fmt: skip
def test_the_reason_is_kept_as_it_was_written(text: str, reason: str) -> None:
    assert read(f"mute vm-1 3d {text}") == Mute("vm-1", here(25, 4), reason=reason)
    asked = read(f"maintenance vault-prod 3d {text}")
    assert isinstance(asked, Maintain)
    assert asked.reason == reason


def test_the_vault_can_be_said() -> None:
    for text in (
        "mute vm-1 vault:v1 3d",
        "mute vm-1 in vault v1 3d",
        "mute vm-1 3d kluis:v1",
        "mute vault:v1 vm:vm-1 3d",
    ):
        assert read(text) == Mute("vm-1", here(25, 4), "v1"), text


@pytest.mark.parametrize(
    ("text", "word", "what"),
    [
        ("mute", "", "place"), ("mute 3d", "", "place"), ("mute vault:v1 3d", "", "place"), ("mute vm-1", "", "end"),
        ("mute vm-1 91d", "", "end"), ("mute vm-1 0h", "0h", "end"), ("mute vm-1 until 8 uur", "until 8 uur", "end"),
        ("mute vm-1 until 4h", "until 4h", "end"), ("mute vm-1 until further notice", "until further", "end"),
        ("mute vm-1 until yesterday", "until yesterday", "end"), ("mute vm-1 today", "today", "end"),
        ("mute vm-1 until 2026-11-01", "until 2026-11-01", "end"), ("mute vm-1 for monday", "for monday", "end"),
        ("mute vm-1 in 2 hours", "in", "word"), ("mute vm-1 on monday", "on", "word"),
        ("demp vm-1 over 2 uur", "over", "word"), ("mute vm-1 vm-2 3d", "vm-2", "word"),
        ("mute vm-1 3d vm-2", "vm-2", "word"), ("mute vm:vm-1 vm:vm-2 3d", "vm-2", "word"),
        ("mute vm-1 3d vm:vm-2", "vm-2", "word"), ("mute vm-1 vault:a vault:b 3d", "b", "word"),
        ("mute vm-1 3d 18:00", "18:00", "word"), ("mute vm-1 monday 8h", "8h", "word"),
        ("mute vm-1 18:00 for 3d", "for 3d", "end"),
        ("mute vm-1 3d until friday", "until", "word"), ("mute vm-1 3d disk swap", "disk", "word"),
        ("mute vm-1 3d because", "because", "word"), ("mute vm-1 tag:env=x 3d", "tag:env=x", "word"),
        ("mute vm-1 3d tag:env=x", "tag:env=x", "word"), ('mute vm-1 "x" 3d', '"x"', "word"),
        ("mute vm-1 tot en met maandag", "tot en", "end"), ("mute vm-1 01-12-2026", "01-12-2026", "word"),
        ("mute <@U0EMMA> 3d", "<@U0EMMA>", "word"), ("unmute", "", "place"), ("unmute vm-1 vm-2", "vm-2", "word"),
        ("unmute vault:v1", "vault:v1", "word"),
        ("maintenance", "", "place"), ("maintenance 4h", "", "place"), ("maintenance vault-prod", "", "end"),
        ("maintenance vault-prod 32d", "", "end"), ("maintenance vault-prod saturday", "saturday", "end"),
        ("maintenance vault-prod 18:00", "18:00", "end"), ("maintenance vault-prod in 2 hours", "in", "word"),
        ("maintenance vault-prod from 22:00", "from 22:00", "end"),
        ("maintenance vault-prod from 22:00 until", "from 22:00", "end"),
        ("maintenance vault-prod from 22:00 06:00", "from 22:00 06:00", "end"),
        ("maintenance vault-prod from 4h until 06:00", "from 4h", "end"),
        ("maintenance vault-prod from 22:00 until 8 uur", "from 22:00 until 8 uur", "end"),
        ("maintenance vault-prod from yesterday until 8:00", "from yesterday", "end"),
        ("maintenance vault-prod from monday until 2026-11-22 18:00", "from monday until 2026-11-22 18:00", "end"),
        ("maintenance from vault-prod 4h", "from vault-prod", "end"),
        ("maintenance vault-prod 4h from 22:00", "from", "word"),
        ("maintenance vault-prod vault-acc 4h", "vault-acc", "word"),
        ("maintenance vault-prod 4h vault-acc", "vault-acc", "word"),
        ("maintenance vault-prod code:UserErrorX 4h", "code:UserErrorX", "word"),
        ("maintenance vault-prod 4h severity:high", "severity:high", "word"),
        ("maintenance vault-prod from 2026-12-01 until 2027-02-01", "", "end"),
        ("silences vm-1", "vm-1", "word"), ("silences end", "end", "word"), ("silences end a b", "b", "word"),
    ],
)  # fmt: skip
def test_what_was_not_understood_is_named_and_nothing_is_silenced(text: str, word: str, what: str) -> None:
    assert read(text) == NotRead(word, what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "starts", "ends"),
    [
        ("4h", NOW, here(22, 8)), ("for 4 hours", NOW, here(22, 8)), ("31d", NOW, NOW + MOST_MAINTENANCE),
        ("until 06:00", NOW, here(22, 6)), ("tot maandag 8:00", NOW, here(23, 8)),
        ("from now until 06:00", NOW, here(22, 6)), ("van nu tot 6:00", NOW, here(22, 6)),
        ("from 12:00 until 14:00", here(22, 12), here(22, 14)), ("12:00 until 14:00", here(22, 12), here(22, 14)),
        ("12:00-14:00", here(22, 12), here(22, 14)), ("from 12:00–14:00", here(22, 12), here(22, 14)),
        ("tussen 12:00 en 14:00", here(22, 12), here(22, 14)), ("between 12:00 and 14:00", here(22, 12), here(22, 14)),
        ("12:00 - 14:00", here(22, 12), here(22, 14)), ("from 12:00 for 8h", here(22, 12), here(22, 20)),
        ("from 12:00 8h", here(22, 12), here(22, 20)), ("van 20 uur tot 23 uur", here(22, 20), here(22, 23)),
        ("tomorrow 22:00 until 06:00", here(23, 22), here(24, 6)), ("at 22:00 for 8h", here(22, 22), here(23, 6)),
        ("on saturday 22:00 until sunday 06:00", here(28, 22), here(29, 6)),
        ("from saturday 22:00 until sunday 06:00", here(28, 22), here(29, 6)),
        ("van zaterdag 22:00 tot zondag 6:00", here(28, 22), here(29, 6)), ("saturday 8h", here(28, 0), here(28, 8)),
        ("from 2026-12-01 until 2026-12-03", here(1, 0, month=12), here(3, 0, month=12)),
        ("from 2026-12-01T18:00Z until 2026-12-01T20:00Z", here(1, 19, month=12), here(1, 21, month=12)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("command", ["maintenance vault-prod {}", "onderhoud van vault-prod {}"])
def test_maintenance_of_a_vault(command: str, text: str, starts: datetime, ends: datetime) -> None:
    assert read(command.format(text)) == Maintain(Place(), "vault-prod", starts, ends)


def test_a_night_that_has_begun_already_is_the_one_that_is_meant() -> None:
    text = "maintenance vault-prod from 22:00 until 06:00"
    for now, starts, ends in (
        (here(22, 4), here(22, 4), here(22, 6)),
        (here(22, 12), here(22, 22), here(23, 6)),
        (here(22, 22, 30), here(22, 22, 30), here(23, 6)),
    ):
        assert read(text, now) == Maintain(Place(), "vault-prod", starts, ends)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("tag:env=test 4h", Place(tags=(("env", "test"),))), ("4h tag:env=test", Place(tags=(("env", "test"),))),
        ("vault vault-prod 4h", Place(vaults=("vault-prod",))),
        ("rg:rg-app vm:a,b 4h", Place((), ("rg-app",), (), ("a", "b"))),
        ('for sub:"My account" 4h', Place(("My account",))), ("until 08:00 vm:a", Place(vms=("a",))),
    ],
)  # fmt: skip
def test_maintenance_of_a_part_of_the_estate(text: str, place: Place) -> None:
    assert read(f"maintenance {text}") == Maintain(place, "", NOW, here(22, 8))


def test_a_name_and_labels_together_are_both_kept() -> None:
    asked = read("maintenance vault-prod 4h tag:env=test because of patches --nl")
    place = Place(tags=(("env", "test"),))
    assert asked == Maintain(place, "vault-prod", NOW, here(22, 8), "patches", "nl")


def test_vaults_called_like_days() -> None:
    assert read("maintenance sun 4h") == Maintain(Place(), "sun", NOW, here(22, 8))
    assert read("mute do tot 08:00") == Mute("do", here(22, 8))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("unmute vm-1", Unmute("vm-1")), ("unmute vm:vm-1", Unmute("vm-1")), ("dempen-stop vm-1", Unmute("vm-1")),
        ("dempen stop vm-1", Unmute("vm-1")), ("ontdemp de server vm-1 --nl", Unmute("vm-1", "nl")),
        ("silences", ShowSilences()), ("silence", ShowSilences()), ("dempingen", ShowSilences()),
        ("silences end 4f2a", EndSilence("4f2a")), ("silence end #4F2A", EndSilence("4F2A")),
        ("dempingen stop 4f2a", EndSilence("4f2a")),
    ],
)  # fmt: skip
def test_lists_and_ends(text: str, asked: Asked) -> None:
    assert read(text) == asked


_SIGNS = st.characters(categories=["L", "N"], include_characters="-_. *?:=,#@&<>")
_NAMES = st.text(_SIGNS, min_size=1, max_size=30).map(lambda name: " ".join(name.split())).filter(bool)
_MINUTES = st.integers(1, 40_000)


@given(_NAMES, _NAMES, st.integers(1, 80_000), _NAMES, st.booleans())
def test_any_vm_until_any_time_survives_as_text(name: str, vault: str, minutes: int, why: str, is_first: bool) -> None:
    until = NOW + timedelta(minutes=minutes)
    end = f"until {until:%Y-%m-%dT%H:%MZ}"
    names = f'"{name}" vault:"{vault}"'
    parts = (end, names) if is_first else (names, end)
    text = f'mute {" ".join(parts)} "{why}"'.replace("&", "&amp;")
    assert read(text) == Mute(name, until, vault, why)


@given(_NAMES, st.lists(_NAMES, max_size=2, unique=True), _MINUTES, _MINUTES)
def test_any_maintenance_survives_as_text(name: str, vms: list[str], begins: int, lasts: int) -> None:
    starts, ends = NOW + timedelta(minutes=begins), NOW + timedelta(minutes=begins + lasts)
    place = " ".join(f'vm:"{vm}"' for vm in vms)
    text = f'maintenance "{name}" {place} from {starts:%Y-%m-%dT%H:%MZ} until {ends:%Y-%m-%dT%H:%MZ}'
    asked = read(text.replace("&", "&amp;"))
    assert asked == Maintain(Place(vms=tuple(vms)), name, starts, ends)


_WORDS = st.sampled_from(
    ["vm-1", "vault:v1", "vm:", "vault", "tag:a=b", "3d", "4h", "18:00", "until", "tot", "from", "van", "for", "voor",
     "now", "nu", "and", "en", "-", "tomorrow", "monday", "8", "uur", "pm", "12:00-14:00", "in", "on", "because", "x",
     '"', "`", "<@U0EMMA>", "me", "--nl", "2026-12-01", "reason:", "end", "all", "the"]
)  # fmt: skip


@given(
    st.sampled_from(["mute", "maintenance", "silence", "unmute", "silences"]),
    st.lists(_WORDS | st.text(max_size=10), max_size=9).map(" ".join),
)
def test_nothing_breaks_it_and_a_silence_is_bounded(command: str, text: str) -> None:
    asked = read(f"{command} {text}")
    assert isinstance(asked, Asked)
    if isinstance(asked, Mute):
        assert asked.name
        assert NOW < asked.until <= NOW + MOST_MUTE
    if isinstance(asked, Maintain):
        assert asked.name or not asked.place.is_everything
        assert NOW <= asked.starts < asked.ends <= asked.starts + MOST_MAINTENANCE


@given(
    st.sampled_from(["mute vm-1", "maintenance vault-prod"]),
    st.lists(_WORDS.filter(lambda word: word not in ("because", "reason:", "for", "voor", '"', "`")), max_size=6),
    st.sampled_from(["zzz", "vm-9", "tag:q=r", "severity:high"]),
)
def test_no_word_is_passed_over(command: str, words: list[str], odd: str) -> None:
    """Without a word that leads a reason in, a stray word shows up in what was read, or is told."""
    asked = read(" ".join([command, *words, odd]))
    kept = odd.rpartition(":")[2].partition("=")[0]
    assert isinstance(asked, NotRead) or kept in repr(asked)
