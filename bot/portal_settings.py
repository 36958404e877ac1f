"""Where links to Azure's portal lead."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict

from azure_ops.portal import checked_form

_TENANT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,98}[A-Za-z0-9])?")


def _tenant(value: str) -> str:
    if value and not _TENANT.fullmatch(value):
        raise ValueError(f"{value[:60]!r} is not the id of a tenant, nor a domain such as contoso.onmicrosoft.com")
    return value


class PortalSettings(BaseModel):
    """The table `[portal]` of the config file, or BACKUP_BOT_PORTAL as JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant: Annotated[str, AfterValidator(_tenant)] = ""
    job: Annotated[str, AfterValidator(checked_form)] = ""
    item: Annotated[str, AfterValidator(checked_form)] = ""
