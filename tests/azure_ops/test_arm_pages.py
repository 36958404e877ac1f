"""Lists of many pages, and addresses that answers give: nothing but Resource Manager itself is ever asked."""

import asyncio
from contextlib import aclosing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azure_ops.addresses import arm_address, audience_of, authority_of, is_loopback, pinned, url_of
from azure_ops.arm import Arm, ArmSettings
from azure_ops.errors import AzureError, NotFound, UnexpectedAnswer
from azure_ops.reasons import Why
from azure_ops.sessions import proxy_for
from tests.azure_ops.arm_stand_in import PATH, VERSION, Say, Scene, running, scene

HOME = "https://management.azure.com"


async def gather(arm: Arm, seen: list[list[Any]]) -> None:
    async for page in arm.pages(PATH, api_version=VERSION):
        seen.append(page)


async def test_pages_come_one_after_the_other() -> None:
    async with scene() as here:
        following = f"{here.azure.url}{PATH}?api-version=2&%24skipToken=a%2Bb%3D"
        here.azure.says = [
            Say(body={"value": [1, 2], "nextLink": following}),
            Say(body={"value": [], "nextLink": f"{PATH}?page=3"}),
            Say(503, b""),
            Say(body={"value": [3], "nextLink": ""}),
        ]
        pages = [page async for page in here.arm.pages(PATH, api_version=VERSION, params={"$filter": "x eq 'y'"})]
    assert pages == [[1, 2], [], [3]]
    queries = [asked.query for asked in here.azure.asked]
    assert queries[0] == {"api-version": VERSION, "$filter": "x eq 'y'"}
    assert queries[1:] == [{"api-version": "2", "$skipToken": "a+b="}, {"page": "3"}, {"page": "3"}]


async def test_every_page_has_its_own_time() -> None:
    async with scene() as here:
        here.azure.says = [Say(body={"value": [at], "nextLink": f"{PATH}?page={at}"}) for at in range(70)] + [Say()]
        pages = [page async for page in here.arm.pages(PATH, api_version=VERSION)]
    assert len(pages) == 71
    assert sum(here.time.slept) == pytest.approx(21 / 5, abs=0.3)


async def test_what_was_read_before_a_page_fails_is_good() -> None:
    async with scene() as here:
        here.azure.says = [Say(body={"value": [1], "nextLink": f"{here.azure.url}/2"}), Say(404, b"")]
        seen: list[list[Any]] = []
        with pytest.raises(AzureError):
            await gather(here.arm, seen)
    assert seen == [[1]]


def many(pages: int) -> list[Say]:
    """Pages of one row each."""
    links = [f"{PATH}?page={at + 1}" for at in range(1, pages)]
    return [Say(body={"value": [at + 1], "nextLink": link}) for at, link in enumerate([*links, ""])]


async def until_asked(here: Scene, times: int) -> None:
    """At most five seconds."""
    for _ in range(1_000):
        if len(here.azure.asked) >= times:
            return
        await asyncio.sleep(0.005)


@pytest.mark.parametrize(("wanted", "asked"), [(1, 1), (2, 3), (3, 4), (5, 5)])
async def test_one_page_ahead_is_asked_for_once_somebody_wants_a_second(wanted: int, asked: int) -> None:
    """Whoever finds what they look for on the first page costs Azure one question."""
    async with scene(*many(5)) as here:
        async with aclosing(here.arm.pages(PATH, api_version=VERSION)) as pages:
            seen = [(await anext(pages))[0] for _ in range(wanted)]
            await until_asked(here, asked)
        await asyncio.sleep(0.02)
    assert seen == [1, 2, 3, 4, 5][:wanted]
    assert len(here.azure.asked) == asked


async def test_a_page_ahead_that_fails_is_told_after_the_one_before_it() -> None:
    async with scene(*many(5)[:2], Say(404, b"")) as here:
        seen: list[list[Any]] = []
        with pytest.raises(NotFound):
            await gather(here.arm, seen)
    assert seen == [[1], [2]]


@pytest.mark.parametrize("fault", ["hang", "cut", ""])
async def test_a_page_ahead_that_nobody_wants_is_given_up(fault: Any) -> None:
    async with scene(*many(5)[:2], Say(404, b"", fault=fault)) as here:
        async with aclosing(here.arm.pages(PATH, api_version=VERSION)) as pages:
            assert [(await anext(pages))[0] for _ in range(2)] == [1, 2]
            assert [task.get_name() for task in asyncio.all_tasks()].count("next page") == 1
            await until_asked(here, 3)
        assert "next page" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_beside_a_long_page_nothing_else_is_asked_for() -> None:
    long = Say(body={"value": [0] * 301, "nextLink": f"{PATH}?page=3"})
    async with scene(*many(2)[:1], long, Say()) as here, aclosing(here.arm.pages(PATH, api_version=VERSION)) as pages:
        for _ in range(2):
            await anext(pages)
        await asyncio.sleep(0.02)
        assert len(here.azure.asked) == 2
        assert await anext(pages) == []


async def test_a_list_that_leads_back_to_itself_ends() -> None:
    async with scene(Say(body={"value": [1], "nextLink": f"{PATH}?again"})) as here:
        with pytest.raises(UnexpectedAnswer) as told:
            _ = [page async for page in here.arm.pages(PATH, api_version=VERSION)]
    assert told.value.values["why"] == Why.NO_END
    assert len(here.azure.asked) == 2


async def test_a_page_elsewhere_is_not_asked_for_and_its_host_is_named() -> None:
    async with running() as elsewhere, scene() as here:
        here.azure.says = [Say(body={"value": [1], "nextLink": f"{elsewhere.url}/steal"})]
        seen: list[list[Any]] = []
        with pytest.raises(UnexpectedAnswer) as told:
            await gather(here.arm, seen)
    assert seen == [[1]]
    assert elsewhere.asked == []
    assert elsewhere.url.removeprefix("http://") in told.value.values["host"]


FOREIGN = [
    "https://evil.example/x",
    "http://management.azure.com/x",
    "https://management.azure.com:8443/x",
    "https://management.azure.com.evil.example/x",
    "https://management.azure.com@evil.example/x",
    "https://user:pass@management.azure.com/x",
    "https://management.azure.com\\@evil.example/x",
    "//evil.example/x",
    "https:evil.example",
    "https:///x",
    "https://[::1",
    "https://management.azure.com:99999/x",
    "ftp://management.azure.com/x",
    "evil.example",
    "javascript:alert(1)",
    " https://evil.example",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_foreign_address_is_refused(url: str) -> None:
    with pytest.raises(UnexpectedAnswer, match="other host"):
        pinned(HOME, url, "/w")


def test_a_backslash_leads_nowhere_else() -> None:
    assert pinned(HOME, "/\\evil.example", "/w") == f"{HOME}/%5Cevil.example"


@given(st.text(alphabet=st.sampled_from("ahtps:/\\@.#?%[]0 \t\nmnge.zurco"), max_size=60))
def test_whatever_an_answer_says_the_host_is_ours(tail: str) -> None:
    for url in (tail, f"https:{tail}", f"https://{tail}", f"{HOME}{tail}"):
        try:
            found = pinned(HOME, url, "/w")
        except UnexpectedAnswer:
            continue
        assert found == HOME or found.startswith((f"{HOME}/", f"{HOME}?"))


@pytest.mark.parametrize(
    "url",
    [f"{HOME}/a?b=c", "https://MANAGEMENT.azure.com/a?b=c", "https://management.azure.com:443/a?b=c", "/a?b=c"],
)
def test_our_own_address_is_taken(url: str) -> None:
    assert pinned(HOME, url, "/w") == f"{HOME}/a?b=c"


@pytest.mark.parametrize(
    ("base_url", "address", "audience", "authority"),
    [
        (f"{HOME}/", HOME, HOME, None),
        (
            "https://management.usgovcloudapi.net",
            "https://management.usgovcloudapi.net",
            "https://management.usgovcloudapi.net",
            "login.microsoftonline.us",
        ),
        (
            "https://Management.ChinaCloudApi.cn",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn",
            "login.chinacloudapi.cn",
        ),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", HOME, None),
        ("https://localhost:8443/", "https://localhost:8443", HOME, None),
        ("http://[::1]:1", "http://[::1]:1", HOME, None),
        ("https://arm.example.net:4443", "https://arm.example.net:4443", "https://arm.example.net:4443", None),
    ],
)
def test_an_address_decides_for_whom_tokens_are(
    base_url: str, address: str, audience: str, authority: str | None
) -> None:
    assert arm_address(base_url) == address
    assert (audience_of(address), authority_of(address)) == (audience, authority)


@pytest.mark.parametrize(
    "base_url",
    [
        "http://management.azure.com",
        "http://127.0.0.1.evil.example",
        "http://0.0.0.0",
        "http://10.0.0.1",
        "ftp://localhost",
        "management.azure.com",
        "",
        "https://",
        "https://host/path",
        "https://host?x",
        "https://secret:word@host",
        "https://host:0",
    ],
)
def test_anything_else_is_refused_when_the_door_is_built(base_url: str) -> None:
    with pytest.raises(ValueError) as told:
        Arm(ArmSettings(base_url))
    assert "word" not in str(told.value)


def test_loopback_is_loopback() -> None:
    assert [is_loopback(host) for host in ("LOCALHOST", "127.9.9.9", "::1")] == [True] * 3
    assert not any(map(is_loopback, ("localhost.example", "128.0.0.1", "", "::2")))


@pytest.mark.parametrize(
    "path", ["", "x", "//x", "/a//b", "/a/../b", "/a/%2e%2e/b", "/a?b", "/a#b", "/a\\b", "/a\nb", "/a/"]
)
async def test_a_path_that_leads_elsewhere_is_not_asked(path: str) -> None:
    async with scene() as here:
        with pytest.raises(UnexpectedAnswer):
            await here.arm.get(path, api_version=VERSION)
        with pytest.raises(UnexpectedAnswer):
            await here.arm.delete(path, api_version=VERSION)
    assert here.azure.asked == []


def test_names_are_quoted_once() -> None:
    for path in ("/groups/søn dag/a;b", "/groups/s%C3%B8n%20dag/a;b"):
        assert url_of(HOME, path, "1") == f"{HOME}/groups/s%C3%B8n%20dag/a;b?api-version=1"


def test_the_environments_proxy_is_used_but_never_for_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for(HOME) is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://other.example:3128")
    assert proxy_for(HOME) == "http://proxy.example:3128"
    assert proxy_for("http://127.0.0.1:1") is None
    monkeypatch.setenv("NO_PROXY", "azure.com")
    assert proxy_for(HOME) is None
