"""The servers that `slash` compares, each a process: ours, a bare Starlette endpoint, a bare Bolt app."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sandbox.ports import free_port

SECRET = "0123456789abcdef0123456789abcdef"
CODE = "ExtensionStuckInDeletionState"


@contextmanager
def running(name: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """One of "ours", "starlette", "bolt" listening on loopback: its process and port."""
    port, folder = free_port(), tempfile.TemporaryDirectory(prefix="bench-")
    environment = os.environ | {
        "BACKUP_BOT_DATABASE_URL": f"sqlite:///{folder.name}/bot.db",
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_SIGNING_SECRET": SECRET,
        # Nobody answers there; the acknowledgement never waits for it.
        "SLACK_API_BASE_URL": f"http://127.0.0.1:{free_port()}/api/",
        "BACKUP_BOT_PORT": str(port),
        "BACKUP_BOT_LOG_LEVEL": os.environ.get("BACKUP_BOT_LOG_LEVEL", "error"),
    }
    command = (
        [sys.executable, "-m", "bot", "serve"] if name == "ours" else [sys.executable, "-m", __name__, name, str(port)]
    )
    process = subprocess.Popen(command, env=environment)
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield process, port
    finally:
        process.terminate()
        process.wait(5)
        folder.cleanup()


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 20) -> None:
    """Return as soon as a URL answers. Raises RuntimeError when the process ends or the time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.01)
    raise RuntimeError(f"{url} did not answer")


def card() -> dict[str, Any]:
    """The acknowledgement that all three give: the remediation card of one entry, in English."""
    from bot.answers import Answers
    from responses.catalog import load

    answer: dict[str, Any] = json.loads(Answers(load()).acknowledgement(CODE, "en"))
    return answer


def starlette_app() -> Any:
    """Verifies the signature and returns the finished body; nothing else."""
    from slack_sdk.signature import SignatureVerifier
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response
    from starlette.routing import Route

    verifier = SignatureVerifier(SECRET)
    body = json.dumps(card(), ensure_ascii=False, separators=(",", ":")).encode()

    async def events(request: Request) -> Response:
        headers = {key: request.headers.get(key, "") for key in ("x-slack-signature", "x-slack-request-timestamp")}
        if not verifier.is_valid_request(await request.body(), headers):
            return Response(status_code=401)
        return Response(body, media_type="application/json")

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/health", health)])


def bolt_app(port: int) -> Any:
    """One listener that acknowledges with the same card; its auth.test is answered by this same server, once."""
    from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    client = AsyncWebClient(token="xoxb-bench", base_url=f"http://127.0.0.1:{port}/api/")
    app = AsyncApp(client=client, signing_secret=SECRET, process_before_response=True)
    answer = card()

    @app.command("/backup-error")
    async def explain(ack: Any) -> None:
        await ack(answer)

    handler = AsyncSlackRequestHandler(app, path="/slack/events")

    async def asgi(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"] != "/slack/events":
            body = b'{"ok":true,"url":"x","team":"t","user":"u","team_id":"T1","user_id":"U1","bot_id":"B1"}'
            headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})
        else:
            await handler(scope, receive, send)

    return asgi


def main() -> None:
    """`python -m scripts.benchmarks.servers NAME PORT`."""
    import uvicorn

    name, port = sys.argv[1], int(sys.argv[2])
    app = starlette_app() if name == "starlette" else bolt_app(port)
    options: dict[str, Any] = {
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "date_header": False,
    }
    uvicorn.run(app, host="127.0.0.1", port=port, **options)


if __name__ == "__main__":
    main()
