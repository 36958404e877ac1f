"""Every kind of identity that the settings offer, set up against a local Azure over TLS, as Entra's is."""

import datetime
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp.connector
import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from azure_ops.credentials import Choice
from sandbox.azure import RunningAzure

# What an identity may be set up by; a test begins with none of it, and without a program to ask.
_VARIABLES: Final = (
    "AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH",
    "AZURE_CLIENT_CERTIFICATE_PASSWORD", "AZURE_FEDERATED_TOKEN_FILE", "AZURE_AUTHORITY_HOST",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST", "AZURE_TOKEN_CREDENTIALS", "IDENTITY_ENDPOINT", "IDENTITY_HEADER",
    "IMDS_ENDPOINT", "MSI_ENDPOINT", "MSI_SECRET", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY",
)  # fmt: skip
_KEY: Final = rsa.generate_private_key(65537, 2048)


@dataclass(frozen=True, slots=True)
class Kind:
    """A setting, and the environment that belongs to it; files go into the folder."""

    choice: Choice
    environment: Callable[[RunningAzure, Path], Mapping[str, str]]


def _app_service(azure: RunningAzure, _: Path) -> Mapping[str, str]:
    return {"IDENTITY_ENDPOINT": f"{azure.url}/msi/token", "IDENTITY_HEADER": azure.identity.header}


def _machine(azure: RunningAzure, _: Path) -> Mapping[str, str]:
    return {"AZURE_POD_IDENTITY_AUTHORITY_HOST": azure.url}


def _application(azure: RunningAzure) -> dict[str, str]:
    return {
        "AZURE_TENANT_ID": azure.estate.tenant_id,
        "AZURE_CLIENT_ID": azure.application.app_id,
        "AZURE_AUTHORITY_HOST": azure.url,
    }


def _secret(azure: RunningAzure, _: Path) -> Mapping[str, str]:
    return _application(azure) | {"AZURE_CLIENT_SECRET": azure.application.secret}


def _certificate(azure: RunningAzure, folder: Path) -> Mapping[str, str]:
    path = folder / "identity.pem"
    path.write_bytes(_self_signed())
    return _application(azure) | {"AZURE_CLIENT_CERTIFICATE_PATH": str(path)}


def _federated(azure: RunningAzure, folder: Path) -> Mapping[str, str]:
    path = folder / "federated-token"
    path.write_text(jwt.encode({"sub": "system:serviceaccount:bot", "exp": 4_000_000_000}, "k" * 32))
    return _application(azure) | {"AZURE_FEDERATED_TOKEN_FILE": str(path)}


def _self_signed() -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "bot")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, _KEY.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(_KEY, hashes.SHA256())
    )
    key = _KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key + certificate.public_bytes(serialization.Encoding.PEM)


KINDS: Final[Mapping[str, Kind]] = {
    "managed identity of App Service": Kind("managed-identity", _app_service),
    "managed identity of a VM": Kind("managed-identity", _machine),
    "workload identity": Kind("workload-identity", _federated),
    "secret": Kind("environment", _secret),
    "certificate": Kind("environment", _certificate),
    "default: managed identity of App Service": Kind("default", _app_service),
    "default: managed identity of a VM": Kind("default", _machine),
    "default: workload identity": Kind("default", _federated),
    "default: secret": Kind("default", _secret),
}


def bare(monkeypatch: pytest.MonkeyPatch, path: str = "") -> None:
    """An environment in which nobody is set up, and no program is found but those in `path`."""
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("PATH", path)


def trust(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trust that authority, as a program does that was started with SSL_CERT_FILE.

    The library that signs in reads the variable once, when it is loaded; that has happened here long ago.
    """
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "authority.pem"))
    known = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", known)
