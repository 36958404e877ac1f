"""Where Azure Resource Manager is, and that nothing which needs our token is asked of anyone else."""

import ipaddress
from collections.abc import Mapping
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlencode, urlsplit

from azure_ops.errors import UnexpectedAnswer
from azure_ops.reasons import Why

PUBLIC: Final = "https://management.azure.com"
_KNOWN: Final = frozenset(
    {"management.azure.com", "management.usgovcloudapi.net", "management.chinacloudapi.cn"},
)
# Entra of the clouds that have one of their own.
_AUTHORITIES: Final = {
    "management.usgovcloudapi.net": "login.microsoftonline.us",
    "management.chinacloudapi.cn": "login.chinacloudapi.cn",
}
_PORTS: Final = {"http": 80, "https": 443}
_PATH_SAFE: Final = "/%;:@!$&'()*+,=~"


def arm_address(base_url: str) -> str:
    """`https://host[:port]` of Resource Manager, without a slash at its end.

    Plain http is taken for loopback alone. ValueError, without the address's secrets, for anything else.
    """
    parts = _split(base_url.strip().rstrip("/"))
    if parts is None or parts.path or parts.query or parts.fragment or parts.username is not None:
        raise ValueError("the address of Azure Resource Manager is https:// and a host, nothing more")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("the address of Azure Resource Manager may be http:// for loopback only")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(url: str) -> SplitResult | None:
    """The parts of an absolute http(s) URL with a host; None for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and parts.hostname and port != 0 else None


def is_loopback(host: str) -> bool:
    """`localhost`, 127.0.0.0/8 and ::1."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def audience_of(base_url: str) -> str:
    """For whom a token is asked: the cloud's Resource Manager; loopback plays the public cloud's."""
    host = urlsplit(base_url).hostname or ""
    return PUBLIC if is_loopback(host) else f"https://{host}" if host in _KNOWN else base_url


def authority_of(base_url: str) -> str | None:
    """The host of Entra for a cloud with one of its own, None for the usual one."""
    return _AUTHORITIES.get(urlsplit(base_url).hostname or "")


def url_of(base_url: str, path: str, api_version: str, params: Mapping[str, str] | None = None) -> str:
    """The whole URL of an ARM path, quoted or not. UnexpectedAnswer for a path that leads elsewhere."""
    segments = unquote(path).split("/")
    if (
        not path.startswith("/")
        or "" in segments[1:]
        or any(segment in (".", "..") for segment in segments)
        or any(letter in "?#\\" or letter < " " for letter in path)
    ):
        raise UnexpectedAnswer(where=path[:300], why=Why.NOT_A_PATH)
    query = urlencode({"api-version": api_version} | dict(params or {}), quote_via=quote, safe="$'(),:")
    return f"{base_url}{quote(path, safe=_PATH_SAFE)}?{query}"


def pinned(base_url: str, url: str, where: str) -> str:
    """An address that an answer gave, if it is Resource Manager's own.

    UnexpectedAnswer, naming the host, for another scheme, host or port. The result begins with `base_url` itself, so
    that no other reading of the address can lead elsewhere.
    """
    if url.startswith(f"{base_url}/"):
        return url
    if url.startswith("/") and not url.startswith("//"):
        url = base_url + url
    parts, home = _split(url), urlsplit(base_url)
    if parts is None or parts.username is not None or _origin(parts) != _origin(home):
        host = parts.netloc.rpartition("@")[2] if parts else "?"
        raise UnexpectedAnswer(where=where, why=Why.OTHER_HOST, host=host[:200])
    return f"{base_url}{quote(parts.path, safe=_PATH_SAFE)}" + (f"?{parts.query}" if parts.query else "")


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]
