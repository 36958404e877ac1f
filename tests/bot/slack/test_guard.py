"""The guard: every hostile request is refused before anything is parsed, and none of it reaches the log."""

import asyncio
import json
import logging
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack import guard
from bot.slack.door import Door
from bot.slack.guard import LARGEST_BODY, Guard
from tests.bot.slack.signing import NOW, SECRET, Behind, Headers, call, signature, signed

FORM = b"command=%2Fbackup-error&text=ExtensionStuckInDeletionState&user_id=U012&marker=kept-out-of-the-log"
DEEP = b'{"a":' * 100_000


def _with(name: bytes, value: bytes, body: bytes = FORM) -> Headers:
    return [(header, value if header == name else old) for header, old in signed(body)]


def _signed_at(timestamp: bytes) -> Headers:
    return [
        (b"x-slack-request-timestamp", timestamp),
        (b"x-slack-signature", signature(FORM, timestamp)),
    ]


def _unsigned(body: bytes) -> Headers:
    return _with(b"x-slack-signature", b"v0=" + b"0" * 64, body)


_TIME, _SIGNATURE = b"x-slack-request-timestamp", b"x-slack-signature"
_RIGHT = signature(FORM, str(int(NOW)).encode())

HOSTILE: dict[str, tuple[Headers, bytes, int]] = {
    "wrong signature": (_unsigned(FORM), FORM, 401),
    "another secret": (signed(FORM, secret="not-ours"), FORM, 401),
    "another body": (signed(FORM), FORM + b"&more=1", 401),
    "another version": (_with(_SIGNATURE, b"v1" + _RIGHT[2:]), FORM, 401),
    "short signature": (_with(_SIGNATURE, _RIGHT[:-1]), FORM, 401),
    "empty signature": (_with(_SIGNATURE, b""), FORM, 401),
    "upper-case signature": (_with(_SIGNATURE, _RIGHT.upper()), FORM, 401),
    "non-ASCII signature": (_with(_SIGNATURE, "v0=é".encode() * 13 + b"ab"), FORM, 401),
    "latin-1 signature": (_with(_SIGNATURE, b"v0=" + b"\xff" * 64), FORM, 401),
    "signature twice": ([*signed(FORM), (_SIGNATURE, _RIGHT)], FORM, 401),
    "a wrong signature before the right one": ([(_SIGNATURE, b"v0=" + b"0" * 64), *signed(FORM)], FORM, 401),
    "timestamp twice": ([*signed(FORM), (_TIME, str(int(NOW)).encode())], FORM, 401),
    "no headers": ([], FORM, 401),
    "no timestamp": ([(_SIGNATURE, _RIGHT)], FORM, 401),
    "no signature": ([(_TIME, str(int(NOW)).encode())], FORM, 401),
    "stale by 301 s": (signed(FORM, at=NOW - 301), FORM, 401),
    "early by 301 s": (signed(FORM, at=NOW + 301), FORM, 401),
    "timestamp not an integer": (_signed_at(b"soon"), FORM, 401),
    "timestamp with a fraction": (_signed_at(b"%d.5" % int(NOW)), FORM, 401),
    "negative timestamp": (_signed_at(b"-%d" % int(NOW)), FORM, 401),
    "timestamp with a sign": (_signed_at(b"+%d" % int(NOW)), FORM, 401),
    "timestamp with a gap": (_signed_at(b" %d" % int(NOW)), FORM, 401),
    "huge timestamp": (_signed_at(b"9" * 5_000), FORM, 401),
    "timestamp in Arabic digits": (_signed_at("١٧٩٠٠٠٠٠٠٠".encode()), FORM, 401),
    "superscript timestamp": (_signed_at("²".encode("latin-1")), FORM, 401),
    "infinite timestamp": (_signed_at(b"inf"), FORM, 401),
    "invalid UTF-8": (_unsigned(b"\xff\xfe\x80"), b"\xff\xfe\x80", 401),
    "broken JSON": (_unsigned(b'{"a":'), b'{"a":', 401),
    "JSON array": (_unsigned(b"[1]"), b"[1]", 401),
    "payload=[1]": (_unsigned(b"payload=[1]"), b"payload=[1]", 401),
    "payload={": (_unsigned(b"payload={"), b"payload={", 401),
    "JSON 100,000 deep": (_unsigned(DEEP), DEEP, 401),
    "ssl_check": ([], b"ssl_check=1", 401),
    "ssl_check with a command": ([], b"ssl_check=1&command=%2Fbackup-error&text=x", 401),
    "url_verification": ([], b'{"type":"url_verification","challenge":"x"}', 401),
    "20 MB": ([(b"content-length", b"20971520")], b"x" * 20_971_520, 413),
    "2 MB of a=1&": (signed(b"a=1&" * 500_000), b"a=1&" * 500_000, 413),
    "2 MB unsigned": (_unsigned(b"a=1&" * 500_000), b"a=1&" * 500_000, 413),
    "one byte too many": (signed(b"x" * (LARGEST_BODY + 1)), b"x" * (LARGEST_BODY + 1), 413),
    "a length that is a lie": (_with(b"content-length", b"99999999999999999999"), FORM, 413),
    "a length that is a word": (_with(b"content-length", b"many"), FORM, 413),
    "a negative length": (_with(b"content-length", b"-1"), FORM, 413),
}
SIGNED_BUT_BROKEN: dict[str, bytes] = {
    "invalid UTF-8": b"payload=\xff\xfe",
    "broken JSON": b'{"a":',
    "JSON array": b"[1]",
    "payload=[1]": b"payload=[1]",
    "payload={": b"payload={",
    "payload=null": b"payload=null",
    "empty payload": b"payload=",
    "JSON 100,000 deep": DEEP,
    "payload 100,000 deep": b"payload=" + b"[" * 100_000,
    "nothing": b"",
    "no fields": b"hello",
    "empty object": b"{}",
    "JSON whose payload is a list": b'{"payload": [1]}',
    "JSON whose payload is a number": b'{"payload": 1}',
    "JSON whose payload is empty": b'{"payload": null}',
}


class _Nobody:
    """In Bolt's place: whatever reaches it would have been dispatched."""

    def __init__(self) -> None:
        self.requests: list[object] = []

    async def async_dispatch(self, request: object) -> object:
        self.requests.append(request)
        raise AssertionError("a broken body was dispatched")


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def door(behind: Behind) -> Guard:
    return Guard(behind, SECRET, now=lambda: NOW)


@pytest.fixture(autouse=True)
def whole_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test sends, its body never stands in the log."""
    caplog.set_level(logging.DEBUG)
    yield
    assert "kept-out-of-the-log" not in caplog.text
    assert _RIGHT.decode() not in caplog.text


@pytest.mark.parametrize(("headers", "body", "status"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_request_is_refused_and_reaches_nothing(
    door: Guard, behind: Behind, headers: Headers, body: bytes, status: int
) -> None:
    answer = await call(door, headers, [body])
    assert answer.status == status
    assert (answer.body, behind.bodies) == (b"", [])
    assert answer.headers[b"x-slack-no-retry"] == b"1"


@pytest.mark.parametrize("body", SIGNED_BUT_BROKEN.values(), ids=SIGNED_BUT_BROKEN.keys())
async def test_a_signed_body_that_is_no_payload_is_a_bad_request(body: bytes) -> None:
    app = Guard(Door(_Nobody()), SECRET, now=lambda: NOW)  # type: ignore[arg-type]
    assert (await call(app, signed(body), [body])).status == 400


@pytest.mark.parametrize("at", [NOW, NOW - 300, NOW + 300])
async def test_a_signed_request_within_five_minutes_is_let_in(door: Guard, behind: Behind, at: float) -> None:
    answer = await call(door, signed(FORM, at=at), [FORM])
    assert (answer.status, answer.body, behind.bodies) == (200, b"card", [FORM])


@pytest.mark.parametrize(
    "pieces", [[FORM[:10], FORM[10:]], [b"", FORM, b""], [FORM[at : at + 1] for at in range(len(FORM))]]
)
async def test_a_body_in_pieces_is_put_together(door: Guard, behind: Behind, pieces: list[bytes]) -> None:
    assert (await call(door, signed(FORM), pieces)).status == 200
    assert behind.bodies == [FORM]


async def test_the_largest_body_is_let_in(door: Guard, behind: Behind) -> None:
    body = b"x" * LARGEST_BODY
    assert (await call(door, signed(body), [body])).status == 200
    assert behind.bodies == [body]


async def test_a_body_without_a_length_is_cut_off_at_the_cap(door: Guard, behind: Behind) -> None:
    piece = b"a=1&" * 16_384
    headers = [pair for pair in signed(piece * 32) if pair[0] != b"content-length"]
    assert (await call(door, headers, [piece] * 32)).status == 413
    assert behind.bodies == []


async def test_a_length_smaller_than_the_body_does_not_widen_the_cap(door: Guard, behind: Behind) -> None:
    headers = [(name, b"10" if name == b"content-length" else value) for name, value in signed(FORM)]
    assert (await call(door, headers, [b"x" * LARGEST_BODY, b"y"])).status == 413
    assert behind.bodies == []


async def test_a_body_that_never_comes_is_given_up(
    door: Guard, behind: Behind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "_BODY_SECONDS", 0.02)
    assert (await call(door, signed(FORM), None)).status == 408
    assert (await call(door, [], None)).status == 401
    assert behind.bodies == []


async def test_a_caller_who_hangs_up_reaches_nothing(door: Guard, behind: Behind) -> None:
    assert (await call(door, signed(FORM), [])).status == 401
    assert behind.bodies == []


async def test_a_replay_is_refused(door: Guard, behind: Behind) -> None:
    assert (await call(door, signed(FORM), [FORM])).status == 200
    assert (await call(door, signed(FORM), [FORM])).status == 401
    assert behind.bodies == [FORM]


async def test_a_redelivery_of_the_same_request_is_acknowledged_and_goes_no_further(
    door: Guard, behind: Behind
) -> None:
    assert (await call(door, signed(FORM), [FORM])).status == 200
    again = await call(door, signed(FORM, more=[(b"x-slack-retry-num", b"1")]), [FORM])
    assert (again.status, again.body, behind.bodies) == (200, b"", [FORM])


async def test_a_retry_header_opens_nothing(door: Guard, behind: Behind) -> None:
    forged = [*_unsigned(FORM), (b"x-slack-retry-num", b"1")]
    assert (await call(door, forged, [FORM])).status == 401
    assert behind.bodies == []


async def test_a_replay_stays_refused_until_its_signature_is_stale(behind: Behind) -> None:
    clock = [NOW]
    door = Guard(behind, SECRET, now=lambda: clock[0])
    early = signed(FORM, at=NOW + 300)
    assert (await call(door, early, [FORM])).status == 200
    for later in (1, 299, 300, 599, 600, 601, 900):
        clock[0] = NOW + later
        assert (await call(door, early, [FORM])).status == 401
    assert behind.bodies == [FORM]


async def test_what_failed_may_come_again(door: Guard, behind: Behind) -> None:
    behind.status = 500
    assert (await call(door, signed(FORM), [FORM])).status == 500
    behind.status = 200
    assert (await call(door, signed(FORM), [FORM])).status == 200
    assert (await call(door, signed(FORM), [FORM])).status == 401
    assert behind.bodies == [FORM, FORM]


async def test_what_crashed_may_come_again() -> None:
    """The server answers 500 for an app that raises; Slack's next delivery must find the door open."""
    bodies: list[bytes] = []

    async def crashing(scope: object, receive: object, send: object) -> None:
        bodies.append(FORM)
        raise RuntimeError("a bug")

    door = Guard(crashing, SECRET, now=lambda: NOW)
    for _ in range(2):
        with suppress(RuntimeError):
            await call(door, signed(FORM), [FORM])
    assert len(bodies) == 2


async def test_what_was_a_bad_request_is_not_tried_again(door: Guard, behind: Behind) -> None:
    behind.status = 400
    assert (await call(door, signed(FORM), [FORM])).status == 400
    assert (await call(door, signed(FORM), [FORM])).status == 401


async def test_a_refused_request_does_not_use_up_a_signature(door: Guard) -> None:
    assert (await call(door, signed(FORM), [FORM + b"x"])).status == 401
    assert (await call(door, signed(FORM), [FORM])).status == 200


_EVENT = json.dumps({"type": "event_callback", "event": {"type": "app_home_opened", "user": "U012"}}).encode()


@settings(max_examples=200, derandomize=True)
@given(st.data())
def test_no_mutation_of_a_signed_request_is_let_in(data: st.DataObject) -> None:
    """One thing of a right request is changed: a byte of the body, of the signature or of the timestamp."""
    body = data.draw(st.sampled_from([FORM, _EVENT, b"payload=%7B%22type%22%3A%22block_actions%22%7D"]))
    timestamp = str(int(NOW)).encode()
    parts = [body, signature(body, timestamp), timestamp]
    which = data.draw(st.integers(0, 2))
    parts[which] = data.draw(_mutations(parts[which]))
    headers = [(_TIME, parts[2]), (_SIGNATURE, parts[1])]
    behind = Behind()
    answer = _run(Guard(behind, SECRET, now=lambda: NOW), headers, parts[0])
    assert answer in (401, 413)
    assert behind.bodies == []


@st.composite
def _mutations(draw: st.DrawFn, value: bytes) -> bytes:
    """The value with a byte changed, dropped, doubled or added, cut off, or other bytes altogether."""
    at = draw(st.integers(0, len(value) - 1))
    byte = bytes([draw(st.integers(0, 255))])
    mutated = draw(
        st.sampled_from(
            [
                value[:at] + byte + value[at + 1 :],
                value[:at] + value[at + 1 :],
                value[:at] + byte + value[at:],
                value[:at],
                value + byte,
                b"",
                value.swapcase(),
            ]
        )
    )
    return mutated if mutated != value else value + b"0"


def _run(door: Guard, headers: Headers, body: bytes) -> int:
    async def once() -> int:
        return (await call(door, headers, [body])).status

    return asyncio.run(once())
