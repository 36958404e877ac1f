"""Environment and config file to one frozen object, with every problem told at once and each with its remedy."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from azure_ops.portal import PUBLIC, Portal
from bot.config_tables import ListedProblems
from bot.limits import Limits
from bot.portal_settings import PortalSettings
from bot.remedies import REMEDIES
from bot.rights.grants import read_grants, with_lookup_users
from bot.setting_checks import (
    api_url,
    arm_url,
    database,
    each_is,
    folder,
    listed,
    long_secret,
    own_database,
    sealing_key,
    table,
    token,
)  # fmt: skip
from bot.watch_config import read_maintenance, read_routes
from bot.watch_settings import Watch
from intents.policy import Grant
from intents.routing import Route, Silence
from responses.catalog.model import Language

if TYPE_CHECKING:
    from azure_ops.caller import Trust

_SECRETS = (
    "slack_bot_token", "slack_signing_secret", "slack_app_token", "database_url", "audit_key", "alert_secret",
)  # fmt: skip
_FILE_VARIABLE = "BACKUP_BOT_CONFIG"
_UNPREFIXED = (
    "slack_bot_token", "slack_signing_secret", "slack_app_token", "slack_api_base_url", "azure_arm_base_url",
)  # fmt: skip
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MEMBER = re.compile(r"[UW][A-Z0-9]{2,20}")
# The portals of Azure's clouds, by the host of their Resource Manager.
_PORTALS = {
    "management.usgovcloudapi.net": "https://portal.azure.us",
    "management.chinacloudapi.cn": "https://portal.azure.cn",
}


class SettingsError(Exception):
    """The settings cannot be used; `problems` holds one sentence each, without any secret."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))

    @property
    def report(self) -> str:
        """All of them, as a program says it before it ends."""
        return "\n".join(("The settings cannot be used:", *(f"- {problem}" for problem in self.problems)))


class _Read(BaseSettings):
    """One way of reading for all of them."""

    model_config = SettingsConfigDict(
        env_prefix="BACKUP_BOT_", frozen=True, extra="forbid", env_ignore_empty=True, populate_by_name=True
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file."""
        return init_settings, env_settings


class AzureSettings(_Read):
    """What a look-up in Azure needs: the half that the command line reads too, where Slack's secrets are not."""

    azure_arm_base_url: Annotated[str, AfterValidator(arm_url)] = Field(
        default="https://management.azure.com", validation_alias="AZURE_ARM_BASE_URL"
    )
    azure_credential: Literal["default", "managed-identity", "workload-identity", "environment", "cli"] = "default"
    subscriptions: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(listed), each_is(_GUID, "the id of a subscription")
    ] = ()
    portal: Annotated[PortalSettings, NoDecode, BeforeValidator(table)] = PortalSettings()

    @property
    def azure_portal(self) -> Portal:
        """The portal of the cloud that Resource Manager belongs to."""
        url = _PORTALS.get(urlsplit(self.azure_arm_base_url).hostname or "", PUBLIC)
        return Portal(url, self.portal.tenant, self.portal.job, self.portal.item)


class StoreSettings(_Read):
    """Where the bot remembers: the half that `audit` reads too."""

    database_url: Annotated[SecretStr, AfterValidator(database)] = Field(default_factory=own_database)
    audit_key: Annotated[SecretStr, AfterValidator(sealing_key)] | None = None

    @property
    def audit_secret(self) -> bytes:
        """What seals the audit log; nothing for plain hashes."""
        return self.audit_key.get_secret_value().encode() if self.audit_key else b""

    @property
    def engine_url(self) -> str:
        """Where the engine keeps its work: a file of its own beside SQLite's, the same database on Postgres."""
        url = self.database_url.get_secret_value()
        if not url.startswith("sqlite"):
            return url
        path = Path(url.partition(":///")[2])
        return f"sqlite:///{path.with_name(f'{path.stem}-engine{path.suffix}')}"


class RightsSettings(_Read):
    """Who may do what: the half that `whocan` reads too."""

    grants: Annotated[tuple[Grant, ...], NoDecode, BeforeValidator(read_grants)] = ()
    lookup_users: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(listed), each_is(_MEMBER, "the id of a Slack member")
    ] = ()

    @property
    def all_grants(self) -> tuple[Grant, ...]:
        """Every grant: those written out, and that of the people who are only listed for look-ups."""
        return with_lookup_users(self.grants, self.lookup_users)


class SlackSettings(_Read):
    """Slack's Web API, for who asks it and is no server: the half that `whocan` reads too."""

    slack_bot_token: Annotated[SecretStr, token("xoxb-")] | None = Field(None, validation_alias="SLACK_BOT_TOKEN")
    slack_api_base_url: Annotated[str, AfterValidator(api_url)] = Field(
        "https://slack.com/api/", validation_alias="SLACK_API_BASE_URL"
    )


class AlertSettings(_Read):
    """Who may call Azure Monitor's door: whoever knows the secret address, or brings this tenant's token."""

    alert_secret: Annotated[SecretStr, AfterValidator(long_secret)] | None = None
    alert_tenant_id: str = ""
    alert_audiences: Annotated[tuple[str, ...], NoDecode, BeforeValidator(listed)] = ()
    alert_authority: str = ""

    @property
    def alert_trust(self) -> "Trust | None":
        """Whom the secure webhook believes, None where it is not set up. ValueError, naming what is wrong."""
        if not self.alert_tenant_id and not self.alert_audiences:
            return None
        from azure_ops.caller import PUBLIC_AUTHORITY, Trust  # only who sets this up pays for what it loads

        return Trust(self.alert_tenant_id, self.alert_audiences, authority=self.alert_authority or PUBLIC_AUTHORITY)


class Settings(AzureSettings, StoreSettings, RightsSettings, SlackSettings, AlertSettings):
    """Everything that differs between installations. Secrets come from the environment only and print as asterisks."""

    slack_bot_token: Annotated[SecretStr, token("xoxb-")] = Field(validation_alias="SLACK_BOT_TOKEN")
    slack_signing_secret: SecretStr | None = Field(None, validation_alias="SLACK_SIGNING_SECRET")
    slack_app_token: Annotated[SecretStr, token("xapp-")] | None = Field(None, validation_alias="SLACK_APP_TOKEN")
    mode: Literal["http", "socket"] = "http"
    host: str = "127.0.0.1"
    port: int = Field(3000, ge=1, le=65535)
    language: Language = "en"
    channel_languages: Annotated[dict[str, Language], NoDecode, BeforeValidator(table)] = {}
    catalog: Annotated[Path, AfterValidator(folder)] | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    replica: str = Field("", max_length=100)
    operations: Annotated[Limits, NoDecode, BeforeValidator(table)] = Limits()
    watch: Annotated[Watch, NoDecode, BeforeValidator(table)] = Watch()
    routes: Annotated[tuple[Route, ...], NoDecode, BeforeValidator(read_routes)] = ()
    maintenance: Annotated[tuple[Silence, ...], NoDecode, BeforeValidator(read_maintenance)] = ()

    @model_validator(mode="after")
    def _complete(self) -> "Settings":
        """Each way of listening needs its own secret."""
        if self.mode == "http" and not (self.slack_signing_secret and self.slack_signing_secret.get_secret_value()):
            raise ValueError("slack_signing_secret: is needed in http mode")
        if self.mode == "socket" and self.slack_app_token is None:
            raise ValueError("slack_app_token: is needed in socket mode")
        try:
            _ = self.alert_trust
        except ValueError as error:
            raise ValueError(f"alert_tenant_id: {error}") from None
        return self

    def secrets(self) -> tuple[str, ...]:
        """Every secret value, for the log's redaction."""
        values = (getattr(self, name) for name in _SECRETS if name != "database_url")
        password = urlsplit(self.database_url.get_secret_value()).password
        return tuple(value.get_secret_value() for value in values if value is not None) + (
            (password,) if password else ()
        )


def load() -> Settings:
    """Read the process's environment and the config file that BACKUP_BOT_CONFIG names.

    Raises SettingsError with every problem; a secret's value is never part of one.
    """
    return _load(Settings, _unreported)


def load_azure() -> AzureSettings:
    """The Azure half of the same environment and file, without Slack's secrets. Raises SettingsError."""
    return _load(AzureSettings, lambda error, given: [])


def load_store() -> StoreSettings:
    """Where the bot remembers, from the same environment and file. Raises SettingsError."""
    return _load(StoreSettings, lambda error, given: [])


def load_rights() -> RightsSettings:
    """Who may do what, from the same environment and file. Raises SettingsError."""
    return _load(RightsSettings, lambda error, given: [])


def load_slack() -> SlackSettings:
    """The way to Slack's Web API, from the same environment and file. Raises SettingsError."""
    return _load(SlackSettings, lambda error, given: [])


_Kind = TypeVar("_Kind", bound=_Read)


def _load(kind: type[_Kind], unreported: Callable[[ValidationError, Mapping[str, Any]], list[str]]) -> _Kind:
    problems = _unknown_variables()
    given = _from_file(os.environ.get(_FILE_VARIABLE, ""), problems)
    asked = {name: value for name, value in given.items() if name in kind.model_fields and not _in_environment(name)}
    try:
        settings = kind(**asked)
    except ValidationError as error:
        problems.extend(_sentences(error))
        problems.extend(unreported(error, given))
    else:
        if not problems:
            return settings
    raise SettingsError(problems)


def _from_file(name: str, problems: list[str]) -> dict[str, Any]:
    if not name:
        return {}
    path = Path(name)
    if not path.is_file():
        problems.append(f"{_FILE_VARIABLE}: {name} is not a file. Name a TOML file, or unset the variable")
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        problems.append(f"{_FILE_VARIABLE}: {name} is not valid TOML ({error}). Mend it, or unset the variable")
        return {}
    known: dict[str, Any] = {}
    for field, value in values.items():
        if field in _SECRETS:
            problems.append(f"{field}: secrets do not belong in the config file. {REMEDIES[field]}")
        elif field not in REMEDIES:
            problems.append(f"{field}: is not a setting. Known are: {', '.join(sorted(set(REMEDIES) - set(_SECRETS)))}")
        else:
            known[field] = value
    return known


def _in_environment(name: str) -> bool:
    """Whether a variable of ours is set; a system's own HOST, PORT or LANGUAGE is none of ours."""
    return bool(os.environ.get(_variable(name)))


def _variable(name: str) -> str:
    return name.upper() if name in _UNPREFIXED else f"BACKUP_BOT_{name.upper()}"


def _unknown_variables() -> list[str]:
    """A misspelt variable would otherwise do nothing in silence."""
    known = {_variable(name) for name in REMEDIES} | {_FILE_VARIABLE, "BACKUP_BOT_PYTHON"}
    odd = sorted(name for name in os.environ if name.startswith("BACKUP_BOT_") and name not in known)
    return [f"{name}: is not a setting. Known are: {', '.join(sorted(known))}" for name in odd]


def config_path() -> Path | None:
    """The config file, where one is named."""
    return Path(name) if (name := os.environ.get(_FILE_VARIABLE, "")) else None


def _sentences(error: ValidationError) -> list[str]:
    """Pydantic's list in our words; `input` is never shown, since it may be a secret."""
    sentences = []
    for problem in error.errors(include_url=False, include_input=False):
        name = str(problem["loc"][0]).casefold() if problem["loc"] else ""
        what = problem["msg"].removeprefix("Value error, ")
        if len(problem["loc"]) > 1:  # inside a table: say which, and which field
            what = f"{' '.join(_spot(part) for part in problem['loc'][1:])}: {what}"
        if not name and ": " in what:
            name, _, what = what.partition(": ")
        what = "is missing" if problem["type"] == "missing" else what
        cause = problem.get("ctx", {}).get("error")
        if isinstance(cause, ListedProblems):  # its problems hold their own remedies
            sentences += [f"{_variable(name)}: {each}" for each in cause.problems]
        else:
            sentences.append(f"{_variable(name)}: {what}. {REMEDIES.get(name, 'See docs/operate.md')}")
    return sentences


def _spot(part: int | str) -> str:
    """Tables are counted from 1, as people count."""
    return f"no. {part + 1}" if isinstance(part, int) else part


def _unreported(error: ValidationError, given: Mapping[str, Any]) -> list[str]:
    """Pydantic skips the check across fields while a field is wrong; tell that one too."""
    if not any(problem["loc"] for problem in error.errors(include_url=False, include_input=False)):
        return []
    mode = os.environ.get("BACKUP_BOT_MODE") or given.get("mode", "http")
    needed = {"http": "slack_signing_secret", "socket": "slack_app_token"}.get(str(mode))
    if needed and not os.environ.get(needed.upper()):
        return [f"{needed.upper()}: is needed in {mode} mode. {REMEDIES[needed]}"]
    return []
