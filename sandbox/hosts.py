"""Loopback only: whether a Host header or an address means this machine."""

import ipaddress
from urllib.parse import urlsplit


def is_loopback_host(header: str) -> bool:
    """Whether a Host header (with or without port) names this machine. Anything else may be a rebound foreign name."""
    try:
        name = urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return False
    return is_loopback_name(name) and "@" not in header and "/" not in header


def is_loopback_name(name: str) -> bool:
    """Whether a host name or address is this machine itself."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
