"""A running Azure in the hands of a test or a program: its address, tokens, estate, switches and record."""

from collections.abc import Sequence

from sandbox.azure.calls import Calls
from sandbox.azure.estate import Estate, Json, Refusal
from sandbox.azure.faults import Faults
from sandbox.azure.identity import ARM_HOSTS, Identity
from sandbox.azure.limits import Limits
from sandbox.azure.monitor import Monitor
from sandbox.azure.pages import Habits
from sandbox.azure.tokens import Principal, Tokens
from sandbox.clock import Clock
from sandbox.control_paths import Refused


class RunningAzure:
    """Everything that one run holds; what is refused with 4xx on a control path raises Refused here."""

    def __init__(self, estate: Estate, url: str, habits: Habits) -> None:
        self.estate = estate
        self.url = url  # without a trailing slash
        self.habits = habits
        self.clock: Clock = estate.clock
        self.faults = Faults()
        self.limits = Limits(self.clock.now)
        self.record = Calls(self.clock.now)
        self.tokens = Tokens(estate.tenant_id)
        self.identity = Identity(self.tokens)
        self.monitor = Monitor(estate, self.tokens)

    @property
    def token(self) -> str:
        """A bearer for Resource Manager, new each time, as the managed identity's endpoint gives it."""
        return self.tokens.issue(self.identity.managed, f"{ARM_HOSTS[0]}/")

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs for the real ManagedIdentityCredential and DefaultAzureCredential to work here.

        AZURE_TOKEN_CREDENTIALS keeps the latter from looking for anybody's real credentials on this machine.
        """
        return {
            "AZURE_ARM_BASE_URL": self.url,
            "IDENTITY_ENDPOINT": f"{self.url}/msi/token",
            "IDENTITY_HEADER": self.identity.header,
            "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        }

    @property
    def application(self) -> Principal:
        """The service principal for client credentials: app_id, object_id, secret. Its tenant is estate.tenant_id."""
        return self.identity.application

    @property
    def calls(self) -> list[Json]:
        """Every request that changed something or would have, oldest first."""
        return self.record.changes

    @property
    def counts(self) -> dict[str, int]:
        """How many requests came for each operation."""
        return self.record.counts

    def mint(self, claims: Json) -> str:
        """A token with these claims, signed by the run's key; see Tokens.mint. Raises Refused."""
        numbers = [claims[name] for name in ("exp", "nbf", "iat") if claims.get(name) is not None]
        texts = [claims[name] for name in ("iss", "ver", "tid") if claims.get(name) is not None]
        is_right = all(isinstance(one, int | float) and abs(one) < 1e12 for one in numbers)
        if not is_right or not all(isinstance(one, str) for one in texts):
            raise Refused("invalid_claims", "exp, nbf and iat take seconds since 1970; iss, ver and tid take text.")
        return self.tokens.mint(claims)

    def expire_tokens(self) -> None:
        """All tokens given so far are answered as expired from now on."""
        self.tokens.expire_all()

    def rotate_keys(self, *, forget: bool = False) -> Json:
        """Sign with a new key: the published ones, newest first. With `forget` the old ones are gone."""
        self.tokens.rotate(forget=forget)
        return self.tokens.jwks()

    def advance(self, seconds: float) -> float:
        """Push the clock; the time after it. Nothing happens by itself before somebody looks. Raises ValueError."""
        return self.clock.advance(seconds)

    def change(self, what: Json) -> Json:
        """Change the estate; see `sandbox.azure.estate.changes`. Raises Refused."""
        try:
            return self.estate.change(what)
        except Refusal as error:
            raise Refused("invalid_change", error.message, error.status) from error

    def alert_to(self, url: str, *, audience: str = "", version: str = "2.0") -> None:
        """From now on each backup that fails is told to this webhook; with an `audience` it brings Entra's token."""
        self.monitor.add({"url": url, "audience": audience, "version": version})

    def alerts(self, **habits: float) -> Json:
        """How alerts come from now on, see `sandbox.azure.monitor.AlertHabits`: copies=2, shuffle=True and so on."""
        return self.monitor.set(habits)

    def deliveries(self) -> list[Json]:
        """What Azure Monitor has sent or is about to, oldest first: `Delivery.as_json` of each."""
        return self.monitor.deliveries()

    def storm(
        self, failures: int, vaults: int, code: str | Sequence[str], first: int = 0, *, seconds: float = 0.0
    ) -> Json:
        """Backups of so many VMs fail, just now or within so many seconds; several codes take turns."""
        codes = [code] if isinstance(code, str) else list(code)
        said = {"failures": failures, "vaults": vaults, "codes": codes, "first": first, "seconds": seconds}
        return self.change({"storm": said})

    def recover(self, *, vms: int | None = None, share: float = 1.0, seconds: float = 0.0) -> Json:
        """The next backups of VMs that failed in a storm are good: of all, of the first so many, or of a share."""
        count = {} if vms is None else {"vms": vms}
        return self.change({"recover": {"share": share, "seconds": seconds} | count})

    def night(self, days: int = 1) -> Json:
        """So many nights pass, in which everything is backed up: {ok, until, good, failed}, jobs of these nights."""
        before = len(self.estate.ended(0))
        said = self.change({"night": {"days": days}})
        self.clock.advance(max(0.0, said["until"] - self.clock.now()))
        ended = [job for job in self.estate.ended(before) if job.operation == "Backup"]
        good = sum(job.status.startswith("Completed") for job in ended)
        return said | {"good": good, "failed": sum(job.status == "Failed" for job in ended)}

    def reset(self) -> None:
        """Back to the first state. The clock stays where it is; tokens and habits too."""
        self.estate.reset()
        self.faults.reset()
        self.limits.reset()
        self.record.reset()
        self.monitor.reset()
