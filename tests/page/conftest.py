"""The program as the README starts it, and a browser on its page."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync"
).split()
Picture = Callable[[Page | Locator, str], None]
# What is waited for comes at once on a machine of one's own; a busy one must not be the reason that a test fails.
expect.set_options(timeout=30_000)


def _chromium() -> str:
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name or "-"):
            return found
    pytest.fail("The page's tests need Chromium: run scripts/test, or set CHROMIUM to a browser's path")


@pytest.fixture(scope="module")
def page_url(started: dict[str, str]) -> str:
    """Where the page is."""
    return started["page"]


@pytest.fixture(scope="module")
def azure_url(started: dict[str, str]) -> str:
    """Where the local Azure is."""
    return started["azure"]


@pytest.fixture(scope="module")
def looked(page_url: str) -> None:
    """The bot has looked for the first time, and told what it found: what fails from now on is news."""
    request = urllib.request.Request(
        f"{page_url}/_sandbox/messages?channel=C0ALERTS&user=U0EMMA", headers={"X-Sandbox": "1"}
    )
    end = time.monotonic() + 30
    while b"While I was away" not in urllib.request.urlopen(request, timeout=10).read():
        assert time.monotonic() < end, "the bot has not told within 30 seconds what it found"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """`scripts/bot sandbox --port 0`, until it is told to stop; what it says of itself."""
    ready = tmp_path_factory.mktemp("sandbox") / "ready.json"
    command = [sys.executable, "-m", "bot", "sandbox", "--port", "0", "--ready-file", str(ready)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        end = time.monotonic() + 30
        while not ready.exists():
            assert process.poll() is None, process.stdout and process.stdout.read().decode()
            assert time.monotonic() < end, "the sandbox was not ready within 30 seconds"
            time.sleep(0.05)
        yield json.loads(ready.read_text())
        process.terminate()
        process.communicate(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=_chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, page_url: str) -> Iterator[Page]:
    """A fresh sandbox in a desktop window; an error in the page's own code fails the test."""
    yield from _opened(browser, page_url, 1280, 900)


@pytest.fixture
def phone(browser: Browser, page_url: str) -> Iterator[Page]:
    """The same on a phone."""
    yield from _opened(browser, page_url, 390, 844)


def _opened(browser: Browser, url: str, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-GB")
    errors: list[str] = []
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.request.post(f"{url}/_sandbox/reset", headers={"X-Sandbox": "1"})
    opened.goto(url)
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def picture() -> Picture:
    """Keeps a screenshot for the documents when SCREENSHOTS names a folder; otherwise does nothing."""

    def keep(of: Page | Locator, name: str) -> None:
        if folder := os.environ.get("SCREENSHOTS"):
            of.screenshot(path=str(ROOT / folder / f"{name}.png"))

    return keep
