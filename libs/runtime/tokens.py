"""Short-lived tokens between our own processes: who calls, for which tenant, on whose behalf."""

import time
from base64 import urlsafe_b64decode
from dataclasses import dataclass

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from libs.contracts.envelope import Actor
from libs.runtime.errors import Refused
from libs.runtime.keyring import Keyring

LIFETIME = 60
LEEWAY = 10
ALGORITHM = "HS256"
LARGEST = 4096

_MALFORMED = (ValueError, TypeError, LookupError, AttributeError, RecursionError, FileNotFoundError)
"""What reading a token that is no token runs into: parts that are missing, of another type, or deep as a well."""


@dataclass(frozen=True)
class Caller:
    """Who asks. `tenant` is None only for what concerns no tenant (health of a service, its dead letters)."""

    service: str
    tenant: str | None
    actor: Actor | None


class Tokens:
    """Makes tokens of this process and checks those of others; one key per pair of processes."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def make(self, *, to: str, tenant: str | None, actor: Actor | None = None) -> str:
        versioned = self._keyring.tokens(self._keyring.service, to)
        now = int(time.time())
        claims = {
            "iss": self._keyring.service,
            "aud": to,
            "iat": now,
            "exp": now + LIFETIME,
            "tenant": tenant,
            "actor": orjson.loads(actor.encode()) if actor else None,
        }
        header = {"alg": ALGORITHM, "kid": versioned.active, "typ": "simpul+jwt"}
        return jwt.encode(header, claims, OctKey.import_key(versioned.current), algorithms=[ALGORITHM])

    def check(self, token: str) -> Caller:
        """Raises:
        Refused: `unauthenticated`, for whatever is wrong with it.
        """
        try:
            return self._checked(token)
        except (JoseError, *_MALFORMED):
            raise Refused("unauthenticated") from None

    def _checked(self, token: str) -> Caller:
        if len(token) > LARGEST:
            raise ValueError("too long")
        payload = token.split(".")[1]
        issuer = str(orjson.loads(_unpadded(payload))["iss"])
        if issuer not in self._keyring.callers:
            raise ValueError("issuer")
        versioned = self._keyring.tokens(issuer, self._keyring.service)
        head = orjson.loads(_unpadded(token.split(".")[0]))
        if head.get("alg") != ALGORITHM or head.get("typ") != "simpul+jwt":
            raise ValueError("header")
        key = OctKey.import_key(versioned.keys[head["kid"]])
        decoded = jwt.decode(token, key, algorithms=[ALGORITHM])
        claims = decoded.claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": self._keyring.service},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(claims)
        if claims["exp"] - claims["iat"] > LIFETIME:
            raise ValueError("lifetime")
        tenant, actor = claims.get("tenant"), claims.get("actor")
        if tenant is not None and not isinstance(tenant, str):
            raise ValueError("tenant")
        return Caller(issuer, tenant, Actor.decode(orjson.dumps(actor)) if actor is not None else None)


def _unpadded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
