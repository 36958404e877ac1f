"""Where clients get tokens: managed identity endpoints, an authority for applications, its keys; and cloud metadata."""

import secrets
import uuid
from typing import Final

import jwt

from sandbox.azure.estate import Json, Refusal
from sandbox.azure.tokens import APP_LIFETIME_SECONDS, LIFETIME_SECONDS, Principal, Tokens
from sandbox.azure.wire import OPEN, Answer, Request, Route

ARM_HOSTS: Final = ("https://management.azure.com", "https://management.core.windows.net")
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class _Denied(Exception):
    """An authority says no: `error` of OAuth and the number behind AADSTS."""

    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.body: Json = {
            "error": error,
            "error_description": f"AADSTS{number}: {message}",
            "error_codes": [number],
            "trace_id": str(uuid.uuid4()),
            "correlation_id": str(uuid.uuid4()),
        }


class Identity:
    """One managed identity and one application, known by the run's secrets."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.header = secrets.token_hex(16)  # what App Service gives a program as IDENTITY_HEADER
        self.managed = Principal("5a5dba0c-1111-4000-8000-00000000a001", "5a5dba0c-1111-4000-8000-00000000b001")
        self.application = Principal(
            "5a5dba0c-2222-4000-8000-00000000a002", "5a5dba0c-2222-4000-8000-00000000b002", secrets.token_urlsafe(24)
        )

    def routes(self) -> list[Route]:
        """None of them needs a bearer token."""
        return [
            Route("token", "GET", "/msi/token", self._app_service, OPEN),
            Route("token", "GET", "/metadata/identity/oauth2/token", self._metadata_service, OPEN),
            Route("token", "POST", "/{tenant}/oauth2/v2.0/token", self._authority, OPEN),
            Route("token", "POST", "/{tenant}/oauth2/token", self._authority, OPEN),
            Route("openid_configuration", "GET", "/{tenant}/v2.0/.well-known/openid-configuration", self._openid, OPEN),
            Route("openid_configuration", "GET", "/{tenant}/.well-known/openid-configuration", self._openid, OPEN),
            Route("keys", "GET", "/{tenant}/discovery/v2.0/keys", self._keys, OPEN),
            Route("keys", "GET", "/{tenant}/discovery/keys", self._keys, OPEN),
            Route("instance_discovery", "GET", "/common/discovery/instance", self._instance, OPEN),
            Route("cloud_metadata", "GET", "/metadata/endpoints", self._clouds, OPEN),
        ]

    # Managed identity

    def _app_service(self, request: Request) -> Answer:
        if not secrets.compare_digest(request.headers.get("x-identity-header", "").encode(), self.header.encode()):
            return Answer(401, {"statusCode": 401, "message": "The X-IDENTITY-HEADER is missing or wrong."})
        return self._managed_token(request, {})

    def _metadata_service(self, request: Request) -> Answer:
        if request.headers.get("metadata", "").casefold() != "true":
            return _bad_request("Required metadata header not specified or not correct")
        seconds = str(LIFETIME_SECONDS)
        return self._managed_token(request, {"expires_in": seconds, "ext_expires_in": seconds})

    def _managed_token(self, request: Request, more: Json) -> Answer:
        resource = request.asked("resource")
        if not resource or not request.asked("api-version"):
            return _bad_request("The query needs resource and api-version")
        asked = request.asked("client_id") or request.asked("object_id") or request.asked("principal_id")
        if (asked and asked not in (self.managed.app_id, self.managed.object_id)) or request.asked("mi_res_id"):
            return _bad_request("Identity not found")
        token = self._tokens.issue(self.managed, resource)
        claims = jwt.decode(token, options={"verify_signature": False})
        body = {
            "access_token": token, "client_id": self.managed.app_id, "expires_on": str(claims["exp"]),
            "not_before": str(claims["nbf"]), "resource": resource, "token_type": "Bearer",
        }  # fmt: skip
        return Answer(body=body | more)

    # The authority

    def _authority(self, request: Request) -> Answer:
        try:
            return self._application_token(request.names["tenant"], request.form())
        except _Denied as denied:
            return Answer(denied.status, denied.body)

    def _application_token(self, tenant: str, form: dict[str, str]) -> Answer:
        if tenant.casefold() != self._tokens.tenant:
            raise _Denied(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise _Denied(400, "unsupported_grant_type", 70003, "The sandbox gives tokens for client_credentials only.")
        if form.get("client_id", "").casefold() != self.application.app_id:
            raise _Denied(400, "unauthorized_client", 700016, "Application with this identifier was not found.")
        self._prove(form)
        audience = _audience(form)
        token = self._tokens.issue(self.application, audience, APP_LIFETIME_SECONDS)
        seconds = APP_LIFETIME_SECONDS
        body = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}
        return Answer(body=body)

    def _prove(self, form: dict[str, str]) -> None:
        """A secret, or an assertion: that one's issuer is not looked up, as no other issuer is played here."""
        if "client_assertion" in form:
            if form.get("client_assertion_type") != _ASSERTION:
                raise _Denied(400, "invalid_request", 900144, "client_assertion_type is missing or wrong.")
            _check_assertion(form["client_assertion"])
        elif not form.get("client_secret"):
            raise _Denied(401, "invalid_client", 7000216, "'client_assertion' or 'client_secret' is required.")
        elif not secrets.compare_digest(form["client_secret"].encode(), self.application.secret.encode()):
            raise _Denied(401, "invalid_client", 7000215, "Invalid client secret provided.")

    def _openid(self, request: Request) -> Answer:
        tenant = request.names["tenant"]
        if tenant.casefold() not in (self._tokens.tenant, "common", "organizations"):
            denied = _Denied(400, "invalid_tenant", 90002, f"Tenant '{tenant}' not found.")
            return Answer(denied.status, denied.body)
        is_second = "/v2.0/" in request.path.casefold()
        root, version = f"{request.base}/{self._tokens.tenant}", "/v2.0" if is_second else ""
        body = {
            "issuer": self._tokens.issuer("2.0" if is_second else "1.0"),
            "authorization_endpoint": f"{root}/oauth2{version}/authorize",
            "device_authorization_endpoint": f"{root}/oauth2{version}/devicecode",
            "token_endpoint": f"{root}/oauth2{version}/token",
            "jwks_uri": f"{root}/discovery{version}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["pairwise"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        }
        return Answer(body=body)

    def _keys(self, request: Request) -> Answer:
        return Answer(body=self._tokens.jwks())

    def _instance(self, request: Request) -> Answer:
        host = request.base.split("//", 1)[1]
        body = {
            "api-version": "1.1",
            "tenant_discovery_endpoint": f"{request.base}/{self._tokens.tenant}/v2.0/.well-known/openid-configuration",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
        return Answer(body=body)

    # The cloud's description, as the Azure CLI asks for it

    def _clouds(self, request: Request) -> Answer:
        version = request.asked("api-version")
        if not version:
            raise Refusal(400, "MissingApiVersionParameter", "The api-version query parameter is required.")
        base, audiences = request.base, [f"{ARM_HOSTS[1]}/", f"{ARM_HOSTS[0]}/"]
        if version < "2018":
            login = {"loginEndpoint": f"{base}/", "audiences": audiences}
            return Answer(body={"galleryEndpoint": base, "graphEndpoint": base, "portalEndpoint": base,
                                "authentication": login})  # fmt: skip
        login = {
            "loginEndpoint": base, "audiences": audiences, "tenant": "common", "identityProvider": "AAD",
        }  # fmt: skip
        cloud = {
            "name": "AzureSandbox", "portal": base, "resourceManager": base, "gallery": base, "graph": base,
            "graphAudience": f"{base}/", "microsoftGraphResourceId": f"{base}/", "authentication": login,
            "media": base, "batch": base, "sqlManagement": base, "vmImageAliasDoc": base,
            "suffixes": dict.fromkeys(("storage", "keyVaultDns", "sqlServerHostname"), "sandbox.invalid"),
        }  # fmt: skip
        # The first versions list clouds; from 2022 on the answer is this one (the Azure CLI reads it so).
        return Answer(body=[cloud] if version < "2022" else cloud)


def is_arm_audience(audience: str, own: str) -> bool:
    """Whether a token for that audience is one for Resource Manager; `own` is this server's address."""
    return audience.rstrip("/").casefold() in (*ARM_HOSTS, own)


def _audience(form: dict[str, str]) -> str:
    """`scope` of version 2.0 ends with /.default; version 1.0 has `resource`."""
    scopes = [one for one in form.get("scope", "").split() if one.endswith("/.default")]
    if len(scopes) == 1:
        return scopes[0].removesuffix("/.default")
    if form.get("resource"):
        return form["resource"]
    raise _Denied(400, "invalid_scope", 70011, "The scope must be one resource with the suffix /.default.")


def _check_assertion(assertion: str) -> None:
    try:
        jwt.decode(assertion, options={"verify_signature": False, "verify_exp": True})
    except jwt.ExpiredSignatureError as error:
        raise _Denied(401, "invalid_client", 700024, "Client assertion is not within its valid time range.") from error
    except jwt.PyJWTError as error:
        raise _Denied(401, "invalid_client", 50027, "JWT token is invalid or malformed.") from error


def _bad_request(description: str) -> Answer:
    return Answer(400, {"error": "invalid_request", "error_description": description})
