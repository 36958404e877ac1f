"""How Azure writes times and durations."""

from datetime import UTC, datetime


def moment(seconds: float) -> str:
    """Seconds since 1970 -> "2017-08-03T05:31:07.014604Z"."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"


def offset_moment(seconds: float) -> str:
    """As Compute writes it: "2019-10-14T23:11:22+00:00"."""
    return datetime.fromtimestamp(int(seconds), UTC).isoformat()


def span(seconds: float) -> str:
    """A duration in ISO 8601: 754.25 -> "PT12M34.25S"."""
    whole = max(0.0, round(seconds, 6))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    text = f"{int(hours)}H" if hours else ""
    text += f"{int(minutes)}M" if minutes else ""
    if left or not text:
        text += f"{left:.6f}".rstrip("0").rstrip(".") + "S"
    return f"PT{text}"
