"""A force's own sign-in (OpenID Connect): what it says of itself, and what it signs."""

import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.claims import JWTClaims
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from ops import logs
from ops.config import Settings, is_private
from ops.errors import Unauthenticated, Unavailable

# Signed by the provider's own key; never by a secret that we know too, never not at all.
ALGORITHMS = [f"{kind}{size}" for kind in ("RS", "PS", "ES") for size in (256, 384, 512)]
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"
# OpenID Connect Core 1.0, section 2.
LONGEST_SUBJECT = 255
# How far the clocks of two machines may be apart, and how old an order to sign out may be.
LEEWAY_S = 60
LOGOUT_HOLDS_S = 600

_PATIENCE_S = 5
# What the provider says of itself, and its keys, are asked for again after this long.
_KEPT_S = 3600
# A provider that does not answer is left alone for so long, and so is one with unknown keys.
_RETRY_S = 5
_FRESH_KEYS_S = 60


class Provider:
    """The provider that the settings name, for the length of this process."""

    def __init__(self, settings: Settings) -> None:
        self.issuer = settings.oidc_issuer
        self.name = settings.oidc_name
        self._client_id = settings.oidc_client_id
        self._client_secret = settings.oidc_client_secret
        self._scope = settings.oidc_scope
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None
        self._failed_at: float | None = None

    def authorization(self, state: str, nonce: str, verifier: str, redirect_uri: str) -> str:
        """Give the address to send a browser to, for a code."""
        with self._client() as client:
            address, _ = client.create_authorization_url(
                self._endpoint("authorization_endpoint"),
                state=state,
                nonce=nonce,
                code_verifier=verifier,
                redirect_uri=redirect_uri,
            )
        return str(address)

    def tokens(self, code: str, verifier: str, redirect_uri: str) -> dict[str, Any]:
        """Turn a code into tokens, which it does once."""
        endpoint = self._endpoint("token_endpoint")
        try:
            with self._client() as client:
                found = client.fetch_token(
                    endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                    redirect_uri=redirect_uri,
                    allow_redirects=False,
                )
        except OAuthError as error:
            if error.error == "invalid_grant":
                raise self.untrusted("code refused") from error
            raise self._unavailable("token request refused") from error
        except (requests.RequestException, ValueError) as error:
            raise self._unavailable(type(error).__name__) from error
        if not isinstance(found.get("id_token"), str):
            raise self.untrusted("no id token")
        return dict(found)

    def claims(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """Read who signed in, if the provider said so just now, to us, and of this attempt."""
        found = self._verified(
            tokens["id_token"],
            CodeIDToken,
            nonce=nonce,
            client_id=self._client_id,
            access_token=tokens.get("access_token"),
        )
        subject = text(found["sub"])
        if subject is None or len(subject) > LONGEST_SUBJECT:
            raise self.untrusted("no subject")
        return found

    def more_claims(self, tokens: Mapping[str, Any], subject: str) -> dict[str, Any]:
        """Ask what else the provider tells about who signed in."""
        endpoint = self.describe().get("userinfo_endpoint")
        if not endpoint or not tokens.get("access_token"):
            return {}
        found = self._fetch(endpoint, dict(tokens))
        if found.get("sub") != subject:
            raise self.untrusted("userinfo of another subject")
        return found

    def logout_claims(self, token: str) -> dict[str, Any]:
        """Read an order to end sessions (OpenID Connect Back-Channel Logout 1.0)."""
        claims = self._verified(token, _LogoutToken)
        if claims["iat"] < time.time() - LOGOUT_HOLDS_S:
            raise self.untrusted("logout token too old")
        return claims

    def end_session(self, id_token: str | None, there: str) -> str | None:
        """Give the address that ends the browser's session at the provider, if it has one."""
        endpoint = self.describe().get("end_session_endpoint")
        if not endpoint:
            return None
        names = {"client_id": self._client_id, "post_logout_redirect_uri": there}
        if id_token:
            names["id_token_hint"] = id_token
        return requests.Request("GET", endpoint, params=names).prepare().url

    def names_itself(self) -> bool:
        """Tell whether each reply says whom it is from (RFC 9207)."""
        return self.describe().get("authorization_response_iss_parameter_supported") is True

    def untrusted(self, why: str) -> Unauthenticated:
        """Refuse a reply, and say why in the log alone."""
        logs.explain(oidc=why)
        return Unauthenticated(
            f"The reply from the sign-in of {self.name} could not be trusted. Sign in again."
        )

    def describe(self) -> dict[str, Any]:
        """Give what the provider says of itself."""
        if self._described is None or self._described[0] < time.monotonic() - _KEPT_S:
            found = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self.issuer:
                raise self._unavailable("it calls itself by another issuer")
            self._described = time.monotonic(), found
        return self._described[1]

    def _endpoint(self, name: str) -> str:
        endpoint = self.describe().get(name)
        if not isinstance(endpoint, str) or not is_private(endpoint):
            raise self._unavailable(f"no {name} over https")
        return endpoint

    def _verified(self, text: str, kind: type[JWTClaims], **expected: Any) -> dict[str, Any]:
        """Read a token that the provider signed for us."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        options = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self._client_id},
        }
        try:
            try:
                token = jwt.decode(text, self._known_keys(_KEPT_S), registry=registry)
            except InvalidKeyIdError:
                token = jwt.decode(text, self._known_keys(_FRESH_KEYS_S), registry=registry)
            claims = kind(token.claims, token.header, options, expected)
            claims.validate(leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            claim = getattr(error, "claim", None)
            raise self.untrusted(f"{type(error).__name__} {claim or ''}".strip()) from error
        return dict(claims)

    def _known_keys(self, kept_s: float) -> KeySet:
        if self._keys is None or self._keys[0] < time.monotonic() - kept_s:
            found = self._fetch(self._endpoint("jwks_uri"))
            try:
                self._keys = time.monotonic(), KeySet.import_key_set({"keys": found["keys"]})
            except (JoseError, KeyError, ValueError, TypeError) as error:
                raise self._unavailable("its keys can't be read") from error
        return self._keys[1]

    def _fetch(self, address: str, tokens: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the provider; one that just failed is not asked again at once."""
        if not is_private(address):
            raise self._unavailable("an address without https")
        if self._failed_at is not None and self._failed_at > time.monotonic() - _RETRY_S:
            raise self._unavailable("it failed just now")
        try:
            with self._client() as client:
                client.token = tokens
                reply = client.get(address, withhold_token=tokens is None, allow_redirects=False)
                if reply.status_code != requests.codes.ok:
                    raise requests.HTTPError(f"{reply.status_code}")
                found = reply.json()
        except (requests.RequestException, OAuthError, ValueError) as error:
            self._failed_at = time.monotonic()
            raise self._unavailable(type(error).__name__) from error
        if not isinstance(found, dict):
            raise self._unavailable("no JSON object")
        self._failed_at = None
        return found

    def _unavailable(self, why: str) -> Unavailable:
        logs.explain(oidc=why)
        return Unavailable(
            f"The sign-in of {self.name} does not answer as it should. Try again in a minute; "
            "if it stays like this, tell whoever runs this service."
        )

    def _client(self) -> OAuth2Session:
        ways = ["client_secret_basic"]
        if self._described is not None:
            ways = self._described[1].get("token_endpoint_auth_methods_supported", ways)
        way = "client_secret_basic" if "client_secret_basic" in ways else "client_secret_post"
        return OAuth2Session(
            self._client_id,
            self._client_secret,
            token_endpoint_auth_method=way,
            scope=self._scope,
            code_challenge_method="S256",
            default_timeout=_PATIENCE_S,
        )


class _LogoutToken(JWTClaims):
    """The claims of an order to end sessions, and what they must be."""

    def validate(self, now: int | None = None, leeway: int = 0) -> None:
        for name in ("iat", "exp", "jti"):
            self.options[name] = {"essential": True}
        super().validate(now, leeway)
        events = self.get("events")
        if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict):
            raise InvalidClaimError("events")
        if "nonce" in self:
            raise InvalidClaimError("nonce")
        if text(self["jti"]) is None:
            raise InvalidClaimError("jti")
        given = [self[name] for name in ("sid", "sub") if name in self]
        if not given or not all(map(text, given)):
            raise InvalidClaimError("sid")


def text(claim: object) -> str | None:
    """Read a claim that should be text; what can't be shown can't be kept either."""
    return claim if isinstance(claim, str) and claim and claim.isprintable() else None
