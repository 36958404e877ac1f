"""How often Azure is asked, how long a trace is looked for, and how much may be done in a day."""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """The table `[operations]` of the config file, or BACKUP_BOT_OPERATIONS as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    poll_seconds: float = Field(default=15.0, gt=0, le=300)
    settle_seconds: float = Field(default=90.0, gt=0, le=900)
    approval_minutes: float = Field(default=30.0, gt=0, le=1_440)
    retries_per_item: int = Field(default=4, ge=1, le=100)
    retries_per_vault: int = Field(default=50, ge=1, le=10_000)
    retries_at_once: int = Field(default=10, ge=1, le=1_000)
    longest_hours: float = Field(default=24.0, gt=0, le=168)
