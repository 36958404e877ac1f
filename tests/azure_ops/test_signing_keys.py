"""The tenant's keys: new ones, old ones, none; many who ask at once, and endpoints that answer nonsense."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.caller import CallerCheck, Trust
from azure_ops.signing_keys import KeysUnreachable, read_keys
from tests.azure_ops.entra import OURS, TENANT, TRUST, Clock, Entra, check, claims, key_set, refusal, signed


async def test_a_new_key_is_found_when_it_is_first_used() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims()))
    entra.names = ("one", "two")
    clock.seconds += 61
    await checker.verify(signed(claims(), "two"))
    assert entra.asked == 2


async def test_a_key_taken_back_is_no_longer_believed_after_an_hour() -> None:
    entra, clock = Entra("one", "two"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims(), "two"))
    entra.names = ("one",)
    clock.seconds += 3_601
    assert await refusal(checker, signed(claims(), "two")) == "unknown-key"


async def test_made_up_key_names_do_not_make_us_ask_entra_again_and_again() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    for n in range(200):
        assert await refusal(checker, signed(claims(), f"made-up-{n}")) == "unknown-key"
        clock.seconds += 1
    assert entra.asked <= 4


async def test_while_entra_cannot_be_reached_the_keys_serve_for_a_day_and_no_longer() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims()))
    entra.is_down = True
    clock.seconds += 80_000
    await checker.verify(signed(claims()))
    clock.seconds += 7_000
    assert await refusal(checker, signed(claims())) == "keys-unreachable"


async def test_without_keys_from_the_start_nobody_is_let_in_until_entra_answers() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    entra.is_down = True
    for _ in range(30):
        assert await refusal(checker, signed(claims())) == "keys-unreachable"
        clock.seconds += 0.5
    assert entra.asked == 2
    entra.is_down = False
    clock.seconds += 10
    await checker.verify(signed(claims()))


async def test_a_new_key_that_cannot_be_fetched_is_our_trouble_and_not_the_callers() -> None:
    entra, clock = Entra("one"), Clock()
    checker = check(entra, clock)
    await checker.verify(signed(claims()))
    entra.is_down = True
    clock.seconds += 61
    assert await refusal(checker, signed(claims(), "two")) == "keys-unreachable"
    await checker.verify(signed(claims()))


async def test_many_callers_at_once_wait_for_one_answer() -> None:
    entra, answered = Entra("one"), asyncio.Event()

    async def slow(url: str) -> bytes:
        await answered.wait()
        return await entra.fetch(url)

    checker = CallerCheck(TRUST, fetch=slow)
    callers = [asyncio.create_task(checker.verify(signed(claims()))) for _ in range(20)]
    await asyncio.sleep(0)
    answered.set()
    async with asyncio.timeout(5):
        await asyncio.gather(*callers)
    assert entra.asked == 1


async def test_hanging_up_does_not_keep_the_keys_from_being_fetched() -> None:
    entra, answered = Entra("one"), asyncio.Event()

    async def slow(url: str) -> bytes:
        await answered.wait()
        return await entra.fetch(url)

    checker = CallerCheck(TRUST, fetch=slow, now=Clock())
    first = asyncio.create_task(checker.verify(signed(claims(), "made-up")))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    answered.set()
    async with asyncio.timeout(5):
        await checker.verify(signed(claims()))
    assert entra.asked == 1


async def test_the_end_of_the_program_does_not_wait_for_entra() -> None:
    async def never(_: str) -> bytes:
        await asyncio.Event().wait()
        return b""

    checker = CallerCheck(TRUST, fetch=never)
    waiting = asyncio.create_task(checker.verify(signed(claims())))
    await asyncio.sleep(0)
    async with asyncio.timeout(5):
        await checker.close()
        await asyncio.wait([waiting])
    assert waiting.cancelled()


@asynccontextmanager
async def key_server(answer: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[CallerCheck]:
    """A check whose authority is a server on this machine."""
    app = web.Application()
    app.router.add_get("/{tenant}/discovery/v2.0/keys", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield CallerCheck(Trust(TENANT, (OURS,), authority=f"http://{host}:{port}"))
    finally:
        await runner.cleanup()


async def test_keys_that_arrive_in_pieces_are_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    # No proxy of the environment is asked for what is on this machine.
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")

    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        whole = key_set("two", "one")
        for start in range(0, len(whole), 100):
            await response.write(whole[start : start + 100])
            await asyncio.sleep(0)
        await response.write_eof()
        return response

    async with key_server(drip) as checker, asyncio.timeout(5):
        await checker.verify(signed(claims()))


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"text": "<html>"},
        {"text": "[]"},
        {"text": '{"keys": {}}'},
        {"text": '{"keys": []}'},
        {"body": key_set("one") + b" " * 1_100_000},
        {"body": b'{"keys"', "headers": {"Content-Encoding": "gzip"}},
        {"body": zlib.compress(key_set("one") + b" " * 3_000_000), "headers": {"Content-Encoding": "deflate"}},
    ],
    ids=["500", "page", "list", "object", "none", "too large", "no gzip", "too large when unpacked"],
)
async def test_a_key_endpoint_that_answers_nonsense_is_no_source_of_keys(answer: dict[str, Any]) -> None:
    async def keys(_: web.Request) -> web.Response:
        return web.Response(**answer)

    async with key_server(keys) as checker, asyncio.timeout(5):
        assert await refusal(checker, signed(claims())) == "keys-unreachable"


async def test_keys_of_another_address_are_not_taken() -> None:
    async def elsewhere(request: web.Request) -> web.Response:
        if request.match_info["tenant"] == TENANT:
            raise web.HTTPFound("/another/discovery/v2.0/keys")
        return web.Response(body=key_set("one"))

    async with key_server(elsewhere) as checker, asyncio.timeout(5):
        assert await refusal(checker, signed(claims())) == "keys-unreachable"


async def test_a_key_endpoint_that_speaks_no_http_is_no_source_of_keys() -> None:
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    checker = CallerCheck(Trust(TENANT, (OURS,), authority=f"http://127.0.0.1:{port}"))
    async with asyncio.timeout(5):
        assert await refusal(checker, signed(claims())) == "keys-unreachable"
        server.close()
        await server.wait_closed()
        nobody = CallerCheck(Trust(TENANT, (OURS,), authority=f"http://127.0.0.1:{port}"))
        assert await refusal(nobody, signed(claims())) == "keys-unreachable"


def test_only_public_rsa_signing_keys_are_taken_from_a_set() -> None:
    one = json.loads(key_set("one"))["keys"][0]
    others = [
        one | {"kid": "enc", "use": "enc"},
        one | {"kid": "oct", "kty": "oct", "k": "c2VjcmV0"},
        one | {"kid": 5},
        one | {"kid": ""},
        one | {"kid": "no-n", "n": "!"},
        one | {"kid": "no-e", "e": None},
        {"kid": "nothing", "kty": "RSA"},
        "text",
        None,
    ]
    bare = {name: one[name] for name in ("kty", "n", "e")} | {"kid": "bare"}
    found = read_keys(json.dumps({"keys": [*others, one, bare]}).encode())
    assert sorted(found) == ["bare", "one"]


@given(
    st.dictionaries(st.sampled_from(["kty", "use", "kid", "n", "e", "alg", "d"]), st.text(max_size=12) | st.integers())
)
def test_no_key_set_is_worse_than_unreachable(key: dict[str, object]) -> None:
    for body in ({"keys": [key]}, {"keys": [key | {"kty": "RSA", "use": "sig", "kid": "k"}]}, key, [key]):
        with suppress(KeysUnreachable):
            read_keys(json.dumps(body).encode())
