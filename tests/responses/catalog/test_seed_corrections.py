"""The machine-translated document that the catalog began with could break a machine; none of its errors is in ours."""

import re

import pytest

from intents.resolve import Resolver
from responses.catalog import load
from responses.catalog.model import LANGUAGES, Language, plain

CATALOG = load()
RESOLVER = Resolver(CATALOG)
BOTH = pytest.mark.parametrize("language", LANGUAGES)


def _commands(code: str, language: Language) -> str:
    return "\n".join(command.text for step in CATALOG[code].words[language].steps for command in step.commands)


def _steps(code: str, language: Language) -> str:
    return "\n".join(plain(step.prose) for step in CATALOG[code].words[language].steps)


def _verbatim(code: str, language: Language) -> list[str]:
    """What is shown in code type: inline, and each line of a command."""
    words = CATALOG[code].words[language]
    proses = (words.meaning, words.careful, *(step.prose for step in words.steps))
    inline = [span.text for prose in proses for span in prose if span.kind == "code"]
    return inline + _commands(code, language).splitlines()


def _all(code: str, language: Language) -> str:
    words = CATALOG[code].words[language]
    prose = (words.title, plain(words.meaning), plain(words.careful), _steps(code, language))
    return "\n".join((*prose, _commands(code, language)))


def _everything() -> str:
    return "\n".join(_all(entry.code, language) for entry in CATALOG for language in LANGUAGES)


@BOTH
def test_01_snapshots_are_deleted_and_never_disks(language: Language) -> None:
    code = "ExtensionFailedSnapshotLimitReachedError"
    words = CATALOG[code].words[language]
    warning = plain(words.careful).casefold()
    only, never = {"en": ("snapshots only, never", "disk"), "nl": ("alleen momentopnamen, nooit", "schijf")}[language]
    assert only in warning
    assert never in warning
    deletes_disks = {
        "en": r"(?i)\b(delete|remove)\s+(the |any |unneeded |unused )*disks?\b",
        "nl": r"(?i)\bverwijder\s+(de |het |onnodige )*(schijf|schijven)\b|schijven\b[^.]*\bte verwijderen",
    }[language]
    assert not re.search(deletes_disks, _all(code, language))
    deleted = {"en": r"(?i)delete the snapshots", "nl": r"(?i)verwijder de momentopnamen"}[language]
    assert re.search(deleted, _steps(code, language))
    assert not re.search(r"blob delete|disk delete|Remove-AzDisk", _commands(code, language))


@BOTH
def test_02_the_linux_configuration_file_is_written_in_lower_case(language: Language) -> None:
    shown = _verbatim("ExtensionFailedSnapshotLimitReachedError", language)
    assert "/etc/azure/vmbackup.conf" in shown
    assert "IsAnySnapshotFailed" in shown
    assert "/etc/Azure" not in _everything()


@BOTH
@pytest.mark.parametrize("code", ["UserErrorVmNotInDesirableState", "VmNotInDesirableState"])
def test_03_the_path_for_selinux_is_there(code: str, language: Language) -> None:
    assert "/var/lib/waagent" in _verbatim(code, language)
    assert "SELinux" in _steps(code, language)


@BOTH
def test_04_the_value_for_strong_cryptography_is_spelt_right_and_is_one(language: Language) -> None:
    code = "ExtensionSnapshotFailedNoSecureNetwork"
    shown = "\n".join(_verbatim(code, language))
    assert set(re.findall(r"(?i)schusestrongcrypto", _everything())) == {"SchUseStrongCrypto"}
    assert re.search(r'"?SchUseStrongCrypto"?(=dword:00000001|\s+/t REG_DWORD\s+/d (1|0x1)\b|[^\n]*-Value 1\b)', shown)
    assert re.search(r"\.NETFramework\\v4\.0\.30319", shown)
    assert "Wow6432Node" in shown


@BOTH
def test_05_the_installer_service_starts_by_hand_and_is_registered_anew(language: Language) -> None:
    code = "ExtensionVCRedistInstallationFailure"
    shown = "\n".join(_verbatim(code, language))
    assert re.search(r"(?i)(HKEY_LOCAL_MACHINE|HKLM:?)\\SYSTEM\\CurrentControlSet\\Services\\Msiserver", shown)
    assert re.search(r"\bStart\b", shown)
    assert re.search(r"(?i)/v Start /t REG_DWORD /d 3\b|\b3\b[^\n]*\b4\b", _all(code, language))
    assert re.search(r"(?i)\bmsiexec(\.exe)? /unregister\b", shown)
    assert re.search(r"(?i)\bmsiexec(\.exe)? /(register|regserver)\b", shown)
    assert not re.search(r"(?i)msiexec/", _everything())
    assert "vcredist2013_x64" in shown


@BOTH
def test_06_the_classic_cmdlets_can_be_run(language: Language) -> None:
    lines = _commands("UNCODED.RestoreCloudInternalError", language).splitlines()
    assert '$deployment = Get-AzureDeployment -ServiceName "<cloud-service>" -Slot "Production"' in lines
    assert "Get-AzureDns -DnsSettings $deployment.DnsSettings" in lines
    assert "$deployment.ReservedIPName" in lines
    reserved = _commands("UNCODED.RestoreReservedIpMismatch", language)
    assert "Get-AzureDeployment -ServiceName" in reserved
    assert ".ReservedIPName" in reserved
    assert not re.search(r"(?i)\$dep\.|Get-AzureDns-|Get-Azure-|-sleuf|productie\"", _everything())
    classic = {"en": "classic", "nl": "klassiek"}[language]
    assert classic in _all("UNCODED.RestoreCloudInternalError", language).casefold()


@BOTH
@pytest.mark.parametrize(
    "code", ["ExtensionSnapshotFailedCOM", "ExtensionInstallationFailedCOM", "ExtensionInstallationFailedMDTC"]
)
def test_07_com_services_are_started_by_their_english_names(code: str, language: Language) -> None:
    assert "net start COMSysApp" in _commands(code, language).splitlines()
    assert "COM+ System Application" in _all(code, language)
    assert "Distributed Transaction Coordinator" in _all(code, language)
    assert "Network Service" in _all(code, language)
    assert not re.search(r"-\s*net (start|stop)", _everything())


@BOTH
def test_08_the_certificate_keeps_its_name(language: Language) -> None:
    code = "ExtensionConfigParsingFailure"
    assert "Windows Azure CRP Certificate Generator" in _verbatim(code, language)
    assert "Issued To" in _steps(code, language)
    assert {"en": "classic deployment model", "nl": "klassieke implementatiemodel"}[language] in _steps(code, language)


@BOTH
def test_09_the_line_to_look_for_in_the_log_is_english(language: Language) -> None:
    assert "Faulting application name: IaaSBcdrExtension.exe" in _verbatim("VMRestorePointInternalError", language)


@BOTH
def test_10_names_have_no_stray_spaces(language: Language) -> None:
    assert ".cloudapp.net" in _verbatim("UNCODED.RestoreDnsNameTaken", language)
    for code in ("ExtensionSnapshotFailedCOM", "ExtensionFailedVssServiceInBadState"):
        assert "services.msc" in _verbatim(code, language)
    assert not re.search(r"(?i)\. cloudapp|services\. msc|\. exe\b|\. conf\b", _everything())
    assert not re.search(r"HK(?:LM|CR|CU|EY_[A-Z_]+):?(?:\s+\\|\\\s|\s+(?:SOFTWARE|SYSTEM)\b)", _everything())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (
            "Fout code: UserErrorSkuNotAvailable-fout bericht: het maken van de VM is mislukt omdat de geselecteerde"
            " VM-grootte niet beschikbaar is",
            "UserErrorSkuNotAvailable",
        ),
        ("Fout code: UserErrorMarketPlaceVMNotSupported-fout bericht: mislukt", "UserErrorMarketPlaceVMNotSupported"),
        ("Het maken van een UserErrorSkuNotAvailable-VM is mislukt", "UserErrorSkuNotAvailable"),
        ("De ExtensionStuckInDeletionState-extensie status", "ExtensionStuckInDeletionState"),
    ],
)
def test_11_a_code_glued_to_other_words_is_found(line: str, code: str) -> None:
    match = RESOLVER.resolve(line)
    assert (match.codes, match.is_sure) == ((code,), True)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (
            "Fout bericht: de moment opname bewerking is mislukt, omdat de status van de VSS-schrij vers ongeldig is.",
            "ExtensionFailedVssWriterInBadState",
        ),
        (
            "Foutbericht: het maken van de VM is mislukt omdat de geselecteerde VM- grootte niet beschik baar is.",
            "UserErrorSkuNotAvailable",
        ),
        ("de extensie status is geen onder steuning voor de back-up bewerking", "ExtensionStuckInDeletionState"),
    ],
)
def test_12_split_dutch_words_and_labels_are_read(line: str, code: str) -> None:
    match = RESOLVER.resolve(line)
    assert (match.codes, match.is_sure) == ((code,), True)


@BOTH
def test_13_the_missing_agent_is_an_error_of_its_own(language: Language) -> None:
    agent = "De VM-agent is niet aanwezig op de virtuele machine"
    assert RESOLVER.resolve(agent).codes[0] == "UNCODED.VmAgentNotPresent"
    for code in ("VmNotInDesirableState", "UserErrorVmNotInDesirableState"):
        assert not [message for message in CATALOG[code].messages if "not present" in message or "aanwezig" in message]
    assert "persistent" not in _all("ExtensionFailedVssWriterInBadState", language)


def test_14_the_dutch_message_says_where_the_data_comes_from() -> None:
    messages = CATALOG["CopyingVHDsFromBackUpVaultTakingLongTime"].messages
    assert any("uit de kluis" in message for message in messages)
    for text in ("Er is een time-out opgetreden tijdens het kopiëren van de back-upgegevens", messages[0]):
        assert RESOLVER.resolve(text).codes == ("CopyingVHDsFromBackUpVaultTakingLongTime",)
