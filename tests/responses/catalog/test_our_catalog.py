"""Our own entries: which there are, which buttons they offer, and what no reader may ever see in them."""

import re
from datetime import date

import pytest

from responses.catalog import OURS, Catalog, load
from responses.catalog.model import LANGUAGES, Entry, Words, plain

# The 24 codes and 28 un-coded messages and topics of the document that the catalog began with ...
CODES = """
AzureVmOffline BCMV2VMNotFound CopyingVHDsFromBackUpVaultTakingLongTime ExtensionConfigParsingFailure
ExtensionFailedSnapshotLimitReachedError ExtensionFailedTimeoutVMNetworkUnresponsive ExtensionFailedVssServiceInBadState
ExtensionFailedVssWriterInBadState ExtensionInstallationFailedCOM ExtensionInstallationFailedMDTC
ExtensionSnapshotBitlockerError ExtensionSnapshotFailedCOM ExtensionSnapshotFailedNoSecureNetwork
ExtensionStuckInDeletionState ExtensionVCRedistInstallationFailure ResourceNotFound
UserErrorBCMPremiumStorageQuotaError UserErrorFsFreezeFailed UserErrorMarketPlaceVMNotSupported
UserErrorRequestDisallowedByPolicy UserErrorSkuNotAvailable UserErrorVmNotInDesirableState VMRestorePointInternalError
VmNotInDesirableState
""".split()
UNCODED = """
TOPIC.AgentSetup TOPIC.AgentUpdate TOPIC.AgentValidate TOPIC.BasicChecks TOPIC.NetworkingDhcp
TOPIC.OtherBackupProductEvent517 TOPIC.SlowBackupOrRestore TOPIC.SnapshotDelaySqlVss TOPIC.SnapshotExtensionReload
TOPIC.SnapshotHighCpuMemory TOPIC.SnapshotManyVmsPerCloudService TOPIC.SnapshotRdpShutdown UNCODED.JobCancelFailed
UNCODED.JobCancelNotSupported UNCODED.JobNotCancelable UNCODED.JobNotInProgress UNCODED.RestoreCloudInternalError
UNCODED.RestoreDnsNameTaken UNCODED.RestoreInputEndpointLimit UNCODED.RestoreNotAuthorized
UNCODED.RestoreReservedIpMismatch UNCODED.RestoreResourceGroupQuota UNCODED.RestoreStorageAccountNotSupported
UNCODED.RestoreStorageAccountOffline UNCODED.RestoreSubnetMissing UNCODED.RestoreVaultStorageRegionMismatch
UNCODED.RestoreVnetConfigIncorrect UNCODED.VmAgentNotPresent
""".split()
# ... and the VM errors of the family of the agent and of the snapshot that timed out.
AGENT_FAMILY = """
BackUpOperationFailed ExtensionOperationFailedForManagedDisks ExtensionSnapshotFailedNoNetwork
GuestAgentSnapshotTaskStatusError UserErrorBackupOperationInProgress UserErrorBcmDatasourceNotPresent
UserErrorCrpReportedUserError UserErrorGuestAgentStatusUnavailable UserErrorKeyVaultPermissionsNotConfigured
UserErrorRpCollectionLimitReached UserErrorUnsupportedDiskSize UserErrorVmProvisioningStateFailed
""".split()
NUMBERS = {"320001": "ResourceNotFound", "400094": "BCMV2VMNotFound", "380008": "AzureVmOffline"}

OUR_CATALOG = load()
ENTRIES = tuple(OUR_CATALOG)


def every_text(words: Words) -> list[str]:
    """All that one language of an entry shows, piece by piece."""
    texts = [words.title, plain(words.meaning), plain(words.careful)]
    for step in words.steps:
        texts += [plain(step.prose), *(command.text for command in step.commands)]
    return texts


def _of(code: str) -> Entry:
    entry = OUR_CATALOG.get(code)
    assert entry is not None, f"{code} has no entry"
    return entry


def test_the_lists_are_whole() -> None:
    assert (len(set(CODES)), len(set(UNCODED)), len(set(AGENT_FAMILY))) == (24, 28, 12)


@pytest.mark.parametrize("code", CODES + AGENT_FAMILY)
def test_every_code_has_an_entry_spelt_as_azure_does(code: str) -> None:
    entry = _of(code)
    assert entry.has_code
    assert code in entry.codes


@pytest.mark.parametrize("slug", UNCODED)
def test_every_message_without_a_code_has_an_entry_with_a_slug(slug: str) -> None:
    entry = _of(slug)
    assert not entry.has_code
    assert entry.code == slug


@pytest.mark.parametrize(("number", "code"), NUMBERS.items())
def test_the_three_known_numbers_name_their_entries(number: str, code: str) -> None:
    assert number in _of(code).numbers


def test_no_number_is_invented() -> None:
    assert {number for entry in ENTRIES for number in entry.numbers} <= set(NUMBERS)


def test_only_two_errors_offer_to_remove_the_extension() -> None:
    offering = {entry.code for entry in ENTRIES if "remove-extension" in entry.offers}
    assert offering == {"ExtensionStuckInDeletionState", "UserErrorVmProvisioningStateFailed"}


def test_no_retry_is_offered_while_another_backup_runs() -> None:
    assert "retry-backup" not in _of("UserErrorBackupOperationInProgress").offers


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_no_slug_stands_in_any_text(entry: Entry) -> None:
    shown = [text for language in LANGUAGES for text in every_text(entry.words[language])]
    assert not [text for text in (*shown, *entry.messages, *entry.symptoms) if re.search(r"UNCODED\.|TOPIC\.", text)]
    assert not [code for code in entry.codes if code.startswith(("UNCODED.", "TOPIC."))]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_both_languages_say_the_same_things_in_their_own_words(entry: Entry) -> None:
    english, dutch = entry.words["en"], entry.words["nl"]
    assert english.title != dutch.title
    assert plain(english.meaning) != plain(dutch.meaning)
    for one, other in zip(english.steps, dutch.steps, strict=True):
        assert one.commands == other.commands
        assert plain(one.prose) != plain(other.prose)
    assert not re.search(r"\b(the|with|your|please)\b", " ".join(_own_words(dutch)))
    assert not re.search(r"\b(het|een|niet|wordt)\b", " ".join(_own_words(english)))


def _own_words(words: Words) -> list[str]:
    """Prose without code, names of buttons (bold) and links, which stay as the product writes them."""
    proses = (words.meaning, words.careful, *(step.prose for step in words.steps))
    return [span.text for prose in proses for span in prose if span.kind == "plain"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_sources_are_microsofts_and_were_looked_at(entry: Entry) -> None:
    assert entry.source.startswith("https://learn.microsoft.com/")
    assert date(2026, 1, 1) <= entry.reviewed <= date(2027, 12, 31)


def test_files_are_named_after_their_entries() -> None:
    assert {file.stem for file in OURS.glob("*.md")} == {entry.code for entry in ENTRIES}


def test_a_catalog_finds_entries_in_any_case_and_says_when_there_is_none() -> None:
    catalog = Catalog(ENTRIES)
    assert catalog["extensionSTUCKindeletionstate"].code == "ExtensionStuckInDeletionState"
    assert catalog.get("topic.agentsetup") is not None
    assert catalog.get("NoSuchCode") is None
    assert "TOPIC.AgentSetup" in catalog
    assert "NoSuchCode" not in catalog
    with pytest.raises(KeyError):
        catalog["NoSuchCode"]
    assert [entry.code.casefold() for entry in catalog] == sorted(entry.code.casefold() for entry in catalog)
