"""A request to Azure as the routes see it, and what they answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import parse_qsl, unquote, urlencode

import orjson

from sandbox.azure.estate import Json, Refusal

Kind = Literal["read", "write", "delete", "graph", "open"]
OPEN: Final = "open"  # the kind of what needs no bearer token: token endpoints, keys, metadata


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, by the token: application id and object id."""

    app_id: str
    object_id: str


@dataclass(slots=True)
class Request:
    """`base` is this server as the client named it ("http://127.0.0.1:4391"); header names are lower case.

    `names` holds the variable segments of the path, once it has been routed.
    """

    method: str
    base: str
    raw_path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes = b""
    names: Mapping[str, str] = field(default_factory=dict)
    caller: Caller = Caller("", "")

    @property
    def path(self) -> str:
        """Decoded, for people."""
        return unquote(self.raw_path)

    def above(self, levels: int) -> str:
        """The path, as it was sent, without its last segments."""
        return self.raw_path.rstrip("/").rsplit("/", levels)[0]

    def asked(self, name: str) -> str:
        """The query parameter of that name in any case, "" without it."""
        folded = name.casefold()
        return next((value for key, value in self.query if key.casefold() == folded), "")

    def json(self) -> Json:
        """The body's object; {} for an empty body. Raises Refusal 400."""
        if not self.body.strip():
            return {}
        try:
            body = orjson.loads(self.body)
        except orjson.JSONDecodeError as error:
            raise Refusal(400, "InvalidRequestContent", f"The request content was invalid JSON: {error}.") from error
        if not isinstance(body, dict):
            raise Refusal(400, "InvalidRequestContent", "The request content is not a JSON object.")
        return body

    def form(self) -> dict[str, str]:
        """The body as a form."""
        return dict(parse_qsl(self.body.decode("utf-8", errors="replace"), keep_blank_values=True))

    def url_with(self, **changed: str) -> str:
        """This request's own address with these query parameters (without their $) put in or replaced."""
        names = {f"${name}".casefold() for name in changed}
        kept = [(key, value) for key, value in self.query if key.casefold() not in names]
        return f"{self.base}{self.raw_path}?" + urlencode([*kept, *((f"${k}", v) for k, v in changed.items())])


@dataclass(slots=True)
class Answer:
    """`body` None is an empty one; `raw` (HTML, say) goes before `body`."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def content(self) -> bytes:
        """What is sent."""
        if self.raw is not None:
            return self.raw
        return b"" if self.body is None else orjson.dumps(self.body)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation of Azure's: `pattern` is a path with {names}; `action` is what a role must allow.

    `changes` says that a success of it changes something in Azure, which is recorded.
    """

    operation: str
    method: str
    pattern: str
    handle: Callable[[Request], Answer]
    kind: Kind = "read"
    action: str = ""
    changes: bool = False


def error_answer(error: Refusal, **headers: str) -> Answer:
    """An error as ARM shapes it. Header names have underscores for dashes."""
    body = {"error": {"code": error.code, "message": error.message}}
    return Answer(error.status, body, {name.replace("_", "-"): value for name, value in headers.items()})
