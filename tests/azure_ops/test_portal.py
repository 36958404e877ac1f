"""Links for people: they open what they name, and nothing that is no id of Azure's gets one."""

import pytest

from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef
from azure_ops.portal import Portal, checked_form

VAULT = VaultRef("11111111-1111-4111-8111-111111111111", "rg-(a).b", "vault-prod")
VAULT_PATH = (
    "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg-%28a%29.b/providers/"
    "Microsoft.RecoveryServices/vaults/vault-prod"
)
ENCODED = VAULT_PATH.replace("/", "%2F")
JOB = JobRef(VAULT, "3f9c0f6a-0000-4000-8000-000000000001")
ITEM = ItemRef(VAULT, "Azure", "IaasVMContainer;iaasvmcontainerv2;rg;vm-1", "VM;iaasvmcontainerv2;rg;vm-1")
FORM = "https://portal.azure.com/#view/Extension/JobBlade"


def test_without_a_form_a_job_and_an_item_lead_to_the_vaults_lists() -> None:
    page = f"https://portal.azure.com/#resource{VAULT_PATH}"
    assert Portal().vault(VAULT) == page
    assert Portal().job(JOB) == Portal().jobs(VAULT) == f"{page}/backupJobs"
    assert Portal().item(ITEM) == f"{page}/backupItems"


def test_another_cloud_and_a_tenant() -> None:
    vm = VmRef(VAULT.subscription_id, "rg", "vm-1")
    assert Portal("https://portal.azure.us/", "contoso.example").vm(vm) == (
        f"https://portal.azure.us/#@contoso.example/resource{vm.path}"
    )


@pytest.mark.parametrize(
    ("form", "page"),
    [
        (f"{FORM}/jobId/{{id}}", f"{FORM}/jobId/{ENCODED}%2FbackupJobs%2F{JOB.name}"),
        (f"{FORM}/vaultId/{{vault}}/job/{{name}}", f"{FORM}/vaultId/{ENCODED}/job/{JOB.name}"),
        ("https://portal.azure.com/#resource{path}", f"https://portal.azure.com/#resource{VAULT_PATH}/backupJobs/{JOB.name}"),
    ],
)  # fmt: skip
def test_with_a_form_a_job_has_a_page_of_its_own(form: str, page: str) -> None:
    portal = Portal(job_form=checked_form(form))
    assert portal.job(JOB) == page
    assert portal.jobs(VAULT).endswith("/backupJobs")


def test_with_a_form_an_item_has_a_page_of_its_own() -> None:
    portal = Portal(item_form=checked_form(f"{FORM}/id/{{id}}/name/{{name}}"))
    assert portal.item(ITEM) == (
        f"{FORM}/id/{ENCODED}%2FbackupFabrics%2FAzure%2FprotectionContainers%2FIaasVMContainer%3Biaasvmcontainerv2%3Brg"
        "%3Bvm-1%2FprotectedItems%2FVM%3Biaasvmcontainerv2%3Brg%3Bvm-1/name/VM%3Biaasvmcontainerv2%3Brg%3Bvm-1"
    )


@pytest.mark.parametrize("portal", [Portal(), Portal(job_form=f"{FORM}/{{id}}", item_form=f"{FORM}/{{id}}")])
def test_there_is_no_link_to_what_is_no_id(portal: Portal) -> None:
    nowhere = VaultRef("", "", "")
    assert portal.vault(nowhere) == portal.jobs(nowhere) == ""
    assert portal.job(JobRef(nowhere, "1")) == ""
    assert portal.item(ItemRef(nowhere, "a", "b", "c")) == ""
    assert portal.vm(VmRef(VAULT.subscription_id, "..", "vm")) == ""


@pytest.mark.parametrize(
    ("form", "said"),
    [
        (f"{FORM}/jobId/1", "one page for all"),
        (f"{FORM}/vaultId/{{vault}}", "one page for all"),
        (f"{FORM}/{{id}}/{{job}}", "other braces"),
        (f"{FORM}/{{id", "other braces"),
        (f"{FORM}/{{id}}>|x", "no address has"),
        (f"{FORM}/{{id}} ", "no address has"),
        ("http://portal.azure.com/#x/{id}", "does not begin with https://"),
        ("javascript:alert(1)#{id}", "does not begin with https://"),
        ("https://{name}.example/#x", "does not begin with https://"),
        ("https:///#{id}", "does not begin with https://"),
        (f"{FORM}/{{id}}" + "x" * 300, "longer than 300"),
    ],
)
def test_a_form_that_cannot_be_right_is_refused(form: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        checked_form(form)
