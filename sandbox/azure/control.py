"""The control paths (`/_sandbox/`) of the Azure side: what tests and people ask and change."""

from dataclasses import asdict, fields
from typing import Final

import jwt
from starlette.applications import Starlette
from starlette.requests import Request

from sandbox.azure.estate import Json
from sandbox.azure.running import RunningAzure
from sandbox.control_paths import Refused, advance, changing, reading

_MOST: Final = 100_000


def control_app(azure: RunningAzure) -> Starlette:
    """Every control path, over one run."""
    return Starlette(
        routes=[
            reading("calls", lambda request: _calls(azure, request)),
            reading("estate", lambda _: azure.estate.summary()),
            reading("clock", lambda _: {"now": azure.clock.now()}),
            reading("faults", lambda _: azure.faults.as_json()),
            reading("limits", lambda _: azure.limits.as_json()),
            reading("habits", lambda _: asdict(azure.habits)),
            reading("deliveries", lambda _: {"deliveries": azure.monitor.deliveries()}),
            reading("alerts", lambda _: asdict(azure.monitor.habits)),
            changing("alerts", azure.monitor.set),
            changing("action-groups", azure.monitor.add),
            changing("deliveries", lambda body: _resend(azure, body)),
            changing("estate", azure.change),
            changing("night", lambda body: _night(azure, body)),
            changing("clock", lambda body: advance(azure.clock, body)),
            changing("faults", azure.faults.set),
            changing("limits", azure.limits.set),
            changing("habits", lambda body: _habits(azure, body)),
            changing("tokens", lambda body: _tokens(azure, body)),
            changing("tokens/expire", lambda _: _expire(azure)),
            changing("keys/rotate", lambda body: _rotate(azure, body)),
            changing("reset", lambda _: _reset(azure)),
        ]
    )


def _calls(azure: RunningAzure, request: Request) -> Json:
    if request.query_params.get("all") == "1":
        return {"counts": azure.counts}
    return {"calls": azure.calls}


def _night(azure: RunningAzure, body: Json) -> Json:
    days = body.get("days", 1)
    if set(body) - {"days"} or isinstance(days, bool) or not isinstance(days, int):
        raise Refused("invalid_argument", 'It takes {"days": a whole number}.')
    return azure.night(days)


def _resend(azure: RunningAzure, body: Json) -> Json:
    count = body.get("again", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= _MOST:
        raise Refused("invalid_argument", f"again takes a whole number from 1 to {_MOST}.")
    return azure.monitor.resend(count)


def _habits(azure: RunningAzure, body: Json) -> Json:
    known = {one.name for one in fields(azure.habits)}
    for name, value in body.items():
        least = 1 if name == "page_size" else 0
        if name not in known:
            raise Refused("unknown_habit", f"There is no {name!r}. There are: {', '.join(sorted(known))}.")
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= _MOST:
            raise Refused("invalid_habit", f"{name} takes a whole number from {least} to {_MOST}.")
    for name, value in body.items():
        setattr(azure.habits, name, value)
    return asdict(azure.habits)


def _tokens(azure: RunningAzure, body: Json) -> Json:
    claims = body.get("claims", {})
    if not isinstance(claims, dict) or set(body) - {"claims"}:
        raise Refused("invalid_claims", 'It takes {"claims": {...}}; a claim of null is left out.')
    token = azure.mint(claims)
    return {"access_token": token, "claims": jwt.decode(token, options={"verify_signature": False})}


def _expire(azure: RunningAzure) -> Json:
    azure.expire_tokens()
    return {"ok": True}


def _rotate(azure: RunningAzure, body: Json) -> Json:
    forget = body.get("forget", False)
    if not isinstance(forget, bool):
        raise Refused("invalid_argument", "forget takes true or false.")
    return azure.rotate_keys(forget=forget)


def _reset(azure: RunningAzure) -> Json:
    azure.reset()
    return {"ok": True}
