"""What is watched, how often, where it is told, and when many failures are a storm."""

import re
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,20}")
_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _channel(value: str) -> str:
    if value and not _CHANNEL.fullmatch(value):
        raise ValueError(f"{value[:60]!r} is not the id of a channel, such as C0123456789")
    return value


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError(f"{value[:60]!r} is not a time such as 08:00")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{value[:60]!r} is not a time zone such as Europe/Amsterdam") from None
    return value


Channel = Annotated[str, AfterValidator(_channel)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Watch(BaseModel):
    """The table `[watch]` of the config file, or BACKUP_BOT_WATCH as JSON.

    `default_channel` gets what no route covers; without it and without any route nothing is watched.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    default_channel: Channel = ""
    operations_channel: Channel = ""
    sweep_seconds: float = Field(default=60.0, gt=0, le=3_600)
    overlap_minutes: float = Field(default=15.0, ge=1, le=1_440)
    first_hours: float = Field(default=24.0, ge=0, le=312)
    catch_up_minutes: float = Field(default=10.0, ge=2, le=1_440)
    by: Literal["auto", "graph", "vaults"] = "auto"
    storm_incidents: int = Field(default=5, ge=2, le=1_000)
    storm_minutes: float = Field(default=10.0, gt=0, le=1_440)
    storm_quiet_minutes: float = Field(default=60.0, gt=0, le=1_440)
    blind_minutes: float = Field(default=10.0, gt=0, le=1_440)
    digest_at: Annotated[str, AfterValidator(_clock)] = "08:00"
    digest_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    weekly_on: Weekday | Literal["never"] = "monday"
    daily: bool = True
    kept_days: float = Field(default=30.0, ge=8, le=400)

    @property
    def notices_channel(self) -> str:
        """Where the bot says how it is itself; empty where nowhere."""
        return self.operations_channel or self.default_channel

    def fallback(self, channel: str) -> str:
        """Where goes what a channel does not take, so that nothing is lost; empty where there is nothing else."""
        places = (self.default_channel, self.operations_channel)
        return next((place for place in places if place and place != channel), "")
