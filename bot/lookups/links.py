"""The portal's pages of whatever is known of a job: the same, in the same order, on every card."""

from azure_ops.models import ItemRef, JobRef, VmRef
from azure_ops.portal import Portal
from responses.cards.portal_links import LinkKind


def links_to(
    portal: Portal, job: JobRef | None, item: ItemRef | None = None, vm: VmRef | None = None
) -> tuple[tuple[LinkKind, str], ...]:
    """Kind and address of each page; what is not known, or is no id of Azure's, has none."""
    pages: list[tuple[LinkKind, str]] = [
        ("job" if portal.job_form else "jobs", portal.job(job) if job else ""),
        ("item" if portal.item_form else "items", portal.item(item) if item else ""),
        ("vm", portal.vm(vm) if vm else ""),
        ("vault", portal.vault(job.vault) if job else ""),
    ]
    return tuple((kind, url) for kind, url in pages if url)
