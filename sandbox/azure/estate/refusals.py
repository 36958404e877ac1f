"""The errors with which ARM, Recovery Services and Compute refuse; a known general code where theirs is not known."""

from sandbox.azure.estate.nouns import Refusal


def no_subscription(subscription: str) -> Refusal:
    return Refusal(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")


def no_group(group: str) -> Refusal:
    return Refusal(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")


def no_resource(kind: str, group: str) -> Refusal:
    """`kind` is "Microsoft.RecoveryServices/vaults/NAME"."""
    return Refusal(
        404,
        "ResourceNotFound",
        f"The Resource '{kind}' under resource group '{group}' was not found. "
        "For more details please go to https://aka.ms/ARMResourceNotFoundFix",
    )


def no_job(job_id: str) -> Refusal:
    return Refusal(404, "JobNotFound", f"The job '{job_id}' was not found in the vault.")


def no_policy(name: str) -> Refusal:
    return Refusal(404, "BMSUserErrorPolicyNotFound", f"The backup policy '{name}' was not found in the vault.")


def no_item() -> Refusal:
    return Refusal(
        404,
        "BMSUserErrorDataSourceObjectNotFound",
        "Item not found.\r\nSelected item might have been deleted. Please check if item is registered to the vault.",
    )


def no_point(name: str) -> Refusal:
    return Refusal(404, "RecoveryPointNotFound", f"The recovery point '{name}' was not found.")


def no_operation(operation_id: str) -> Refusal:
    return Refusal(404, "OperationNotFound", f"The operation '{operation_id}' was not found.")


def invalid_input(why: str) -> Refusal:
    """What Recovery Services says of a body or a job that it cannot use."""
    return Refusal(400, "BMSUserErrorInvalidInput", f"Input provided for the call is invalid. {why}")


def job_not_in_progress() -> Refusal:
    return Refusal(
        400,
        "BMSUserErrorInvalidInput",
        "Cannot cancel the job because it is not in progress - Cancellation is only supported for jobs which are in "
        "progress. Please attempt cancel on an in progress job.",
    )


def cancel_not_supported() -> Refusal:
    return Refusal(
        400,
        "BMSUserErrorInvalidInput",
        "Cancellation is not supported for this job type - Please wait until the job completes.",
    )


def vm_not_running() -> Refusal:
    return Refusal(409, "OperationNotAllowed", "Cannot modify extensions in the VM when the VM is not running.")


def scope_locked(path: str, scopes: list[str]) -> Refusal:
    """Resource Manager's own words; it says this before Compute hears of the request."""
    return Refusal(
        409,
        "ScopeLocked",
        f"The scope '{path}' cannot perform delete operation because following scope(s) are locked: "
        f"'{','.join(scopes)}'. Please remove the lock and try again.",
    )


def bad_change(why: str) -> Refusal:
    """What the control path says of a change that it cannot make."""
    return Refusal(400, "BadChange", why)
