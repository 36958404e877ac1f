"""Changes of the estate from outside: what people, policies and Azure itself do to VMs, vaults and jobs.

`Estate.change` takes one JSON object with one or more of these members, applied in the order written:

    {"add_failure": {"vm": NAME, "code": CODE, "vault"?, "count"?: 1, "ended_ago"?: seconds}}   -> jobs: [ids]
        A job of that item that has failed, and from now on the cause of it. With "count" as many, an hour apart. A VM
        that does not exist is made and protected, when "vault" is given.
    {"break": {"vm": NAME, "code": CODE, "foreign"?: false}}    the next backup fails with CODE; "foreign": an extension
        of another publisher is at fault, so removing the snapshot extension does not help
    {"mend": {"vm": NAME}}                                      somebody repaired what was wrong
    {"power": {"vm": NAME, "state": "running"|"stopped"|"deallocated"|"starting"|"stopping"}}
    {"agent": {"vm": NAME, "state": "Ready"|"Not Ready"}}
    {"add_vault": {"subscription": ID, "group": G, "name": N, "location"?}}
    {"add_vm": {"subscription": ID, "group": G, "name": N, "os"?: "Windows"|"Linux", "vault"?}}     "vault" protects it
    {"remove_vm": {"vm": NAME}}                                 deleted in Compute; its protection stays
    {"lock": {"vm": NAME, "level"?: "CanNotDelete"|"ReadOnly", "at"?: "vm"|"group"|"subscription"|"extension",
        "extension"?, "name"?, "notes"?}}                       a management lock there   -> id
    {"unlock": {"vm": NAME}}                                    no lock reaches the VM any more
    {"tag": {"vm": NAME, "tags": {KEY: VALUE}}}                 these are the VM's tags from now on
    {"protect": {"vm": NAME, "vault": V}}, {"unprotect": {"vm": NAME}}
    {"run_backup": {"vm": NAME}}                                a backup starts, as by a schedule   -> jobs: [id]
    {"run_restore": {"vm": NAME}}                               a restore starts; no cancelling it  -> jobs: [id]
    {"schedule": {"every_hours": H}}        a backup of everything now, and then every H hours
    {"odd_types": {"job": ID, "kinds": [..]}} or {"odd_types": {"vm": NAME, "kinds": [..]}}
        wrong types in fields, see JOB_ODDITIES and VM_ODDITIES; an empty list takes them away
    {"list_late": {"seconds": S}}           jobs that start from now on are listed S seconds later than they can be read
    {"stuck_operations": true|false}        operations asked for from now on stay InProgress; false lets them go on
    {"retire_job": {"job": ID}}             the job is no longer there
    {"storm": {"failures": N, "vaults": V, "code": CODE or "codes": [CODE, ..], "first"?: 0, "seconds"?: 0}}
        backups of N VMs of V vaults fail, just now or within so many seconds, by one cause or by several in turn; VMs
        and vaults are made as needed, in a subscription "Storm". With "first" the VMs from that number on -> jobs: N
    {"recover": {"vms"?: N, "share"?: 0..1, "seconds"?: 0}}     the next backups of VMs of storms that fail are good: of
        all, of the first N, or of a share of them   -> recovered: how many
    {"night": {"days"?: 1}}     each of the coming nights, at half past one (UTC), everything is backed up and ends by
        what is wrong with it   -> until: when the last night is over, in seconds since 1970

"vm" is the name of a VM, a database or a share that is protected, "vault" the name of a vault; both may be narrowed
with "subscription" and, a vault, with "group". Anything else is refused with a sentence that names what is wrong.
"""

from collections.abc import Callable
from typing import Any, Final

from sandbox.azure.estate.ailments import break_vm, mend_vm
from sandbox.azure.estate.backups import Backups
from sandbox.azure.estate.causes import Cause
from sandbox.azure.estate.finding import Finder, fields, known_cause, number, one_of, only_one, text
from sandbox.azure.estate.locks import Locks
from sandbox.azure.estate.nights import Nights
from sandbox.azure.estate.nouns import Item, Job, Json, Os, Vault, Vm
from sandbox.azure.estate.odd_types import JOB_ODDITIES, VM_ODDITIES
from sandbox.azure.estate.refusals import bad_change
from sandbox.azure.estate.register import Register
from sandbox.azure.estate.storms import Storms

_POWERS: Final = ("running", "stopped", "deallocated", "starting", "stopping")
_LASTS: Final = 150.0
_DAY: Final = 86_400.0


class Changes:
    """Applies changes to the register."""

    def __init__(self, register: Register, backups: Backups) -> None:
        self._register = register
        self._backups = backups
        self._find = Finder(register)
        locks, storms = Locks(register), Storms(register)
        self._known: dict[str, Callable[[Any, float], Json]] = {
            "add_failure": self._add_failure,
            "break": self._break,
            "mend": self._mend,
            "power": self._power,
            "agent": self._agent,
            "add_vault": self._add_vault,
            "add_vm": self._add_vm,
            "remove_vm": self._remove_vm,
            "lock": locks.lock,
            "unlock": locks.unlock,
            "tag": self._tag,
            "protect": self._protect,
            "unprotect": self._unprotect,
            "run_backup": self._run_backup,
            "run_restore": self._run_restore,
            "schedule": self._schedule,
            "odd_types": self._odd_types,
            "list_late": self._list_late,
            "stuck_operations": self._stuck_operations,
            "retire_job": self._retire_job,
            "storm": storms.storm,
            "recover": storms.recover,
            "night": Nights(register, backups).plan,
        }

    def apply(self, what: object, now: float) -> Json:
        """{"ok": true} and what the members say. Refusal 400 names what is wrong; what came before it has been done."""
        if not isinstance(what, dict) or not what:
            raise bad_change(f"send an object with one or more of: {', '.join(self._known)}")
        for name in what:
            if name not in self._known:
                raise bad_change(f"unknown change '{name}'; known: {', '.join(self._known)}")
        said: Json = {"ok": True}
        for name, detail in what.items():
            said |= self._known[name](detail, now)
        return said

    def settings(self) -> Json:
        """The switches as they stand."""
        return {"list_late": self._register.list_late, "stuck_operations": self._register.agenda.is_stuck}

    # Failures

    def _add_failure(self, detail: object, now: float) -> Json:
        said = fields(detail, "add_failure", "vm", "code", "vault", "subscription", "group", "count", "ended_ago")
        cause, code = known_cause(said)
        item = self._failing_item(said, cause, now)
        count, ago = int(number(said, "count", 1)), number(said, "ended_ago", 0)
        if not 1 <= count <= 1000:
            raise bad_change("'count' is 1 to 1000")
        jobs = [self._failed(item, cause, code, now - ago - 3600 * nth) for nth in reversed(range(count))]
        if cause.cure != "retry" and cause.operation == "Backup":
            _set_cause(item, code)
        return {"jobs": [job.id for job in jobs]}

    def _failing_item(self, said: Json, cause: Cause, now: float) -> Item:
        name = text(said, "vm")
        found = [item for item in self._find.items_named(said) if item.workload == cause.workload]
        if not found and "vault" in said and cause.workload == "AzureIaasVM":
            vault = self._find.vault(said)
            os: Os = "Linux" if cause.os == "linux" else "Windows"
            vm = self._register.add_vm(Vm(vault.subscription, vault.group, name, os, vault.location))
            return self._good_before(self._register.protect(vm, vault), now)
        return only_one(found, f"protected {cause.workload} item named '{name}'", [item.vault.name for item in found])

    def _good_before(self, item: Item, now: float) -> Item:
        """One that is made to fail had a good backup the day before, as nearly all have."""
        end = now - _DAY
        item.last = self._register.add_job(
            Job(item, self._register.new_id("job", item.path), end - _LASTS, end, "Completed", "Backup")
        )
        return item

    def _failed(self, item: Item, cause: Cause, code: str, end: float) -> Job:
        job_id = self._register.new_id("job", item.path)
        job = Job(item, job_id, end - _LASTS, end, "Failed", cause.operation, code)
        job.listed_from = end + self._register.list_late if self._register.list_late else 0.0
        if cause.operation == "Backup" and (item.last is None or item.last.start < job.start):
            item.last = job
        return self._register.add_job(job)

    def _break(self, detail: object, now: float) -> Json:
        said = fields(detail, "break", "vm", "code", "vault", "subscription", "group", "foreign")
        cause, code = known_cause(said)
        if cause.workload == "AzureIaasVM":
            break_vm(self._find.vm(said), code, foreign=said.get("foreign") is True)
        else:
            _set_cause(self._find.item(said), code)
        return {}

    def _mend(self, detail: object, now: float) -> Json:
        said = fields(detail, "mend", "vm", "vault", "subscription", "group")
        others = [item for item in self._find.items_named(said) if item.vm is None]
        if others:
            only_one(others, "item", [item.vault.name for item in others]).cause = ""
        else:
            mend_vm(self._find.vm(said, or_gone=True))
        return {}

    # VMs and vaults

    def _power(self, detail: object, now: float) -> Json:
        said = fields(detail, "power", "vm", "state", "subscription", "group")
        vm, state = self._find.vm(said), one_of(said, "state", _POWERS)
        vm.power = state
        if state in ("starting", "stopping"):
            vm.cause = vm.cause or "UserErrorVmNotInDesirableState"
        elif vm.cause == "UserErrorVmNotInDesirableState":
            mend_vm(vm)
            vm.power = state
        return {}

    def _agent(self, detail: object, now: float) -> Json:
        said = fields(detail, "agent", "vm", "state", "subscription", "group")
        vm, state = self._find.vm(said), one_of(said, "state", ("Ready", "Not Ready"))
        if state == "Not Ready":
            break_vm(vm, "UserErrorGuestAgentStatusUnavailable")
        elif vm.agent != "Ready":
            mend_vm(vm)
        return {}

    def _add_vault(self, detail: object, now: float) -> Json:
        said = fields(detail, "add_vault", "subscription", "group", "name", "location")
        subscription = self._find.subscription(said)
        location = text(said, "location") if "location" in said else "westeurope"
        vault = Vault(subscription, text(said, "group"), text(said, "name"), location)
        if any(one.key == vault.key for one in subscription.vaults):
            raise bad_change(f"there is a vault '{vault.name}' in that group already")
        return {"id": self._register.add_vault(vault).path}

    def _add_vm(self, detail: object, now: float) -> Json:
        said = fields(detail, "add_vm", "subscription", "group", "name", "os", "vault")
        subscription = self._find.subscription(said)
        group, name = text(said, "group"), text(said, "name")
        os = one_of({"os": "Windows"} | said, "os", ("Windows", "Linux"))
        if self._register.has_vm(subscription.id, group, name):
            raise bad_change(f"there is a VM '{name}' in that group already")
        vault = self._find.vault({"vault": said["vault"], "subscription": subscription.id}) if "vault" in said else None
        vm = self._register.add_vm(Vm(subscription, group, name, "Linux" if os == "Linux" else "Windows", "westeurope"))
        if vault is not None:
            self._register.protect(vm, vault)
        return {"id": vm.path}

    def _remove_vm(self, detail: object, now: float) -> Json:
        break_vm(self._find.vm(fields(detail, "remove_vm", "vm", "subscription", "group")), "BCMV2VMNotFound")
        return {}

    def _tag(self, detail: object, now: float) -> Json:
        said = fields(detail, "tag", "vm", "tags", "subscription", "group")
        tags = said.get("tags")
        if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
            raise bad_change("'tags' is an object of texts")
        self._find.vm(said).tags = dict(tags)
        return {}

    def _protect(self, detail: object, now: float) -> Json:
        said = fields(detail, "protect", "vm", "vault", "subscription", "group")
        vm = self._find.vm({name: said[name] for name in said if name not in ("vault", "group")})
        if vm.item is not None:
            raise bad_change(f"'{vm.name}' is protected in '{vm.item.vault.name}' already")
        vault = self._find.vault(said)
        item = self._register.protect(vm, vault)
        return {"id": item.path}

    def _unprotect(self, detail: object, now: float) -> Json:
        item = self._find.item(fields(detail, "unprotect", "vm", "vault", "subscription", "group"))
        if item.running is not None:
            raise bad_change(f"a backup of '{item.name}' is running")
        self._register.remove_item(item)
        return {}

    # Jobs and switches

    def _run_backup(self, detail: object, now: float) -> Json:
        item = self._find.item(fields(detail, "run_backup", "vm", "vault", "subscription", "group"))
        if item.running is not None or item.state != "Protected":
            raise bad_change(f"'{item.name}' has a running backup, or its protection is stopped")
        return {"jobs": [self._backups.start(item, now, by_user=False).id]}

    def _run_restore(self, detail: object, now: float) -> Json:
        item = self._find.item(fields(detail, "run_restore", "vm", "vault", "subscription", "group"))
        return {"jobs": [self._backups.restore(item, now).id]}

    def _schedule(self, detail: object, now: float) -> Json:
        hours = number(fields(detail, "schedule", "every_hours"), "every_hours", 0)
        if hours < 1:
            raise bad_change("'every_hours' is 1 or more")
        self._backups.keep_schedule(hours * 3600, now)
        return {}

    def _odd_types(self, detail: object, now: float) -> Json:
        said = fields(detail, "odd_types", "job", "vm", "kinds", "vault", "subscription", "group")
        kinds = said.get("kinds")
        known = JOB_ODDITIES if "job" in said else VM_ODDITIES
        if not isinstance(kinds, list) or not all(kind in known for kind in kinds):
            raise bad_change(f"'kinds' is a list of: {', '.join(known)}")
        target = self._find.job(text(said, "job")) if "job" in said else self._find.vm(said)
        target.odd = " ".join(kinds)
        return {}

    def _list_late(self, detail: object, now: float) -> Json:
        seconds = number(fields(detail, "list_late", "seconds"), "seconds", -1)
        if seconds < 0:
            raise bad_change("'list_late' takes {\"seconds\": 0 or more}")
        self._register.list_late = seconds
        return {}

    def _stuck_operations(self, detail: object, now: float) -> Json:
        if not isinstance(detail, bool):
            raise bad_change("'stuck_operations' is true or false")
        if detail:
            self._register.agenda.is_stuck = True
        else:
            self._register.agenda.release(now)
        return {}

    def _retire_job(self, detail: object, now: float) -> Json:
        job = self._find.job(text(fields(detail, "retire_job", "job"), "job"))
        if not job.is_over:
            raise bad_change("that job is running")
        self._register.remove_job(job)
        return {}


def _set_cause(item: Item, code: str) -> None:
    if item.vm is not None:
        break_vm(item.vm, code)
    else:
        item.cause = code
