"""ARM ids: what Azure writes is understood, whatever else comes back from a button is not."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from azure_ops.errors import UnexpectedAnswer
from azure_ops.ids import checked, compute_location, is_operation_name
from azure_ops.models import ItemRef, JobRef, VaultRef, VmRef
from azure_ops.reading import parse_item, parse_job, parse_vault, parse_vm

SUBSCRIPTION = "11111111-1111-4111-8111-111111111111"
VAULT = VaultRef(SUBSCRIPTION, "rg-backup-prod", "vault-prod")
JOB = JobRef(VAULT, "41f3e94b-ae6b-4a20-b422-65abfcaf03e5")
ITEM = ItemRef(VAULT, "Azure", "IaasVMContainer;iaasvmcontainerv2;rg-app;vm-1", "VM;iaasvmcontainerv2;rg-app;vm-1")
DATABASE = ItemRef(VAULT, "Azure", "VMAppContainer;Compute;rg-sql;vm-sql", "SQLDataBase;MSSQLSERVER;my db (2) [old]")
VM = VmRef(SUBSCRIPTION, "rg_app.Prod-(1)", "vm_1.old")
PARSERS = (parse_vault, parse_job, parse_item, parse_vm)


@pytest.mark.parametrize("ref", [VAULT, JOB, ITEM, DATABASE, VM, VmRef(SUBSCRIPTION, "søndag", "vm")])
def test_an_id_that_azure_wrote_is_understood_by_its_own_parser_alone(
    ref: VaultRef | JobRef | ItemRef | VmRef,
) -> None:
    assert [found for parse in PARSERS if (found := parse(ref.path)) is not None] == [ref]
    checked(ref)


def test_the_words_of_an_id_may_be_in_any_case() -> None:
    group = f"/Subscriptions/{SUBSCRIPTION}/RESOURCEGROUPS/rg-backup-prod"
    other = f"{group}/providers/microsoft.recoveryservices/Vaults/vault-prod"
    assert parse_vault(other) == VAULT
    assert parse_job(f"{other}/BACKUPJOBS/{JOB.name}") == JOB


GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
HOSTILE = [
    "",
    "/",
    "vault-prod",
    VAULT.path[1:],
    VAULT.path + "/",
    VAULT.path + "\n",
    VAULT.path + "?api-version=1",
    VAULT.path + "#x",
    VAULT.path + "%2f..",
    "https://elsewhere.example" + VAULT.path,
    "//elsewhere.example" + VAULT.path,
    VAULT.path.replace("vault-prod", ".."),
    VAULT.path.replace("vault-prod", "vault_prod"),
    VAULT.path.replace("vault-prod", "v" * 51),
    VAULT.path.replace("rg-backup-prod", ".."),
    VAULT.path.replace("rg-backup-prod", "."),
    VAULT.path.replace("rg-backup-prod", "group."),
    VAULT.path.replace("rg-backup-prod", "a/../b"),
    VAULT.path.replace("rg-backup-prod", "g" * 91),
    VAULT.path.replace(SUBSCRIPTION, "1"),
    VAULT.path.replace(SUBSCRIPTION, ".."),
    VAULT.path.replace("Microsoft.RecoveryServices", "Microsoft.Recovery\u017fervices"),
    VAULT.path.replace("Microsoft.RecoveryServices", "MicrosoftxRecoveryServices"),
    JOB.path + "/cancel",
    JOB.path.replace(JOB.name, ".."),
    JOB.path.replace(JOB.name, "a b"),
    JOB.path.replace(JOB.name, "a" * 65),
    JOB.path.replace("/backupJobs/", "//backupJobs/"),
    ITEM.path + "/backup",
    ITEM.path.replace(ITEM.item, ".."),
    ITEM.path.replace(ITEM.item, " . "),
    ITEM.path.replace(ITEM.item, "VM;a\\b"),
    ITEM.path.replace(ITEM.item, "VM;a%2e"),
    ITEM.path.replace(ITEM.item, "VM;\x00"),
    ITEM.path.replace(ITEM.item, "V" * 301),
    VM.path.replace("vm_1.old", "..."),
    VM.path.replace("vm_1.old", "vm/extensions/x"),
    VM.path + "/extensions/VMSnapshot",
    f"{GROUP}/" + "x/" * 5_000,
]


@pytest.mark.parametrize("path", HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_not_exactly_an_id_is_none(path: str) -> None:
    assert [parse(path) for parse in PARSERS] == [None] * 4


@given(st.sampled_from([VAULT.path, JOB.path, ITEM.path, VM.path]), st.data())
@settings(max_examples=300)
def test_an_id_with_anything_put_into_it_is_none_or_says_the_same(path: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(path)))
    put = data.draw(
        st.text(alphabet=st.characters(codec="utf-8"), max_size=4) | st.sampled_from(["/", "/..", "%", "?"])
    )
    changed = path[:at] + put + path[at + data.draw(st.integers(0, 3)) :]
    for parse in PARSERS:
        ref = parse(changed)
        if ref is not None:
            assert ref.path.casefold() == changed.casefold()
            assert not {"..", ".", ""} & set(ref.path.split("/")[1:])
            assert not set("%?#\\\r\n") & set(ref.path)


@given(st.text(max_size=300))
@example("/" * 300)
def test_any_text_at_all_is_none(text: str) -> None:
    assert [parse(text) for parse in PARSERS] == [None] * 4


@pytest.mark.parametrize(
    "ref",
    [
        VaultRef("", "", ""),
        VaultRef(SUBSCRIPTION, "..", "vault-prod"),
        JobRef(VAULT, ""),
        JobRef(VAULT, "../../x"),
        ItemRef(VAULT, "Azure", "", ""),
        ItemRef(VAULT, "Azure", "a/b", "c"),
        VmRef(SUBSCRIPTION, "rg", "vm/extensions"),
    ],
)
def test_azure_is_never_asked_about_what_is_no_id(ref: VaultRef | JobRef | ItemRef | VmRef) -> None:
    with pytest.raises(UnexpectedAnswer):
        checked(ref)


def test_where_compute_answers_for_an_operation() -> None:
    scope = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/locations/westeurope"
    assert compute_location(scope) == (SUBSCRIPTION, "westeurope")
    assert compute_location(scope.replace("westeurope", "..")) is None
    assert compute_location(VM.path) is None
    assert is_operation_name("cd153561-20d3-467a-b911-cc1de47d4763")
    assert not is_operation_name("..")
    assert not is_operation_name("a/b")
