"""What a fault answers in place of Azure, and how it spoils an answer."""

from collections.abc import Callable
from copy import deepcopy
from typing import Final
from urllib.parse import urlsplit

from sandbox.azure.estate import Json, Refusal
from sandbox.azure.faults import Plan
from sandbox.azure.odd_answers import twisted
from sandbox.azure.tokens import expired
from sandbox.azure.wire import Answer, Request, Route, error_answer

_TITLES: Final = {
    500: ("InternalServerError", "Encountered internal server error."),
    502: ("BadGateway", "The server did not receive a valid response from an upstream server."),
    503: ("ServiceUnavailable", "The server is busy. Please try again later."),
    504: ("GatewayTimeout", "The gateway did not receive a response from 'Microsoft.RecoveryServices' in time."),
}
_OPERATION_HEADERS: Final = ("azure-asyncoperation", "location")


def in_place(plan: Plan, request: Request, route: Route | None, now: float) -> Answer:
    """The answer of a fault that replaces Azure's own; not for `cut`, which answers nothing."""
    return _INSTEAD[plan.instead](plan.how, request, route, now)


def _expired_token(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    return unauthorized(expired(now - 60, now), request)


def unauthorized(error: Refusal, request: Request) -> Answer:
    """A 401 with the challenge that clients read."""
    challenge = (
        f'Bearer authorization_uri="{request.base}/common/oauth2/authorize", error="invalid_token", '
        f'error_description="{error.message.replace(chr(34), chr(39))}"'
    )
    return error_answer(error, WWW_Authenticate=challenge)


def _forbidden(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    action = how["action"] or (route.action if route else "") or "Microsoft.Resources/unknown/read"
    scope = request.path.split("?", 1)[0]
    message = (
        f"The client '{request.caller.app_id}' with object id '{request.caller.object_id}' does not have authorization "
        f"to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, "
        "please refresh your credentials."
    )
    return error_answer(Refusal(403, "AuthorizationFailed", message))


def _throttle(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    subscription = request.names.get("subscription", "")
    message = f"Number of requests for subscription '{subscription}' exceeded the limit. Please try again later."
    return _with_retry(Refusal(429, "TooManyRequests", message), how)


def _conflict(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    message = how["message"] or "Another operation on this resource is in progress. Try again after it has ended."
    return _with_retry(Refusal(409, how["code"], message), how)


def _precondition(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    return error_answer(Refusal(412, how["code"], how["message"] or "The resource has changed since it was read."))


def _redirect(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    return Answer(how["status"], None, {"Location": how["to"]})


def _server_error(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    return _with_retry(Refusal(how["status"], *_TITLES[how["status"]]), how)


def _html(how: Json, request: Request, route: Route | None, now: float) -> Answer:
    page = (
        b"<html><head><title>Our services aren't available right now</title></head><body><h2>Sorry</h2></body></html>"
    )
    return Answer(how["status"], None, {"Content-Type": "text/html"}, page)


def _with_retry(error: Refusal, how: Json) -> Answer:
    if how["retry_after"] is None:
        return error_answer(error)
    return error_answer(error, Retry_After=f"{how['retry_after']:g}")


_INSTEAD: Final[dict[str, Callable[[Json, Request, Route | None, float], Answer]]] = {
    "expired_token": _expired_token,
    "forbidden": _forbidden,
    "throttle": _throttle,
    "conflict": _conflict,
    "precondition": _precondition,
    "redirect": _redirect,
    "server_error": _server_error,
    "html": _html,
}


def spoil(plan: Plan, answer: Answer) -> None:
    """Change a right answer as the plan's other faults say."""
    odd = plan.besides.get("wrong_types")
    if odd:
        _twist(answer, odd["kinds"])
    foreign = plan.besides.get("foreign_next_link")
    link = answer.body.get("nextLink") if isinstance(answer.body, dict) else None
    if foreign and link and isinstance(link, str):
        answer.body = {**answer.body, "nextLink": _moved(link, foreign["to"])}
    foreign = plan.besides.get("foreign_operation_url")
    if foreign:
        for name in answer.headers:
            if name.casefold() in _OPERATION_HEADERS:
                answer.headers[name] = _moved(answer.headers[name], foreign["to"])
    if "truncated" in plan.besides:
        content = answer.content()
        answer.raw = content[: len(content) // 2]


def _moved(url: str, to: str) -> str:
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{to.rstrip('/')}{parts.path}{query}"


def _twist(answer: Answer, kinds: str) -> None:
    """Wrong types in what the answer holds; an empty one stays empty."""
    if answer.body is None or answer.raw is not None:
        return
    answer.body = twisted(deepcopy(answer.body), kinds)
    if answer.body is None:
        answer.raw = b"null"
