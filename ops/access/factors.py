"""Second factors of a person: added, shown, taken away; and the codes for when they are lost."""

import base64
import datetime as dt
import logging
import re
import secrets
import uuid

import flask
import sqlalchemy as sa

from ops import db
from ops.access import guard, passkeys, queries, totp
from ops.access.factor_models import LONGEST_LABEL, Factor, Pending, RecoveryCode
from ops.access.models import Person
from ops.access.passkeys import Party
from ops.config import Settings
from ops.errors import Invalid, Missing, Refused, Unauthenticated

log = logging.getLogger(__name__)

CODES = 10
_WRONG_CODE = "That code is not right, or it was used before. Enter the next one that is shown."


def of(person_id: uuid.UUID) -> list[Factor]:
    """List somebody's second factors."""
    return list(db.session.scalars(queries.factors(person_id)))


def passkeys_of(person_id: uuid.UUID) -> list[bytes]:
    """List somebody's passkeys, by what their authenticators call them."""
    return [each.credential_id for each in of(person_id) if each.credential_id is not None]


def are_required() -> bool:
    """Tell whether nobody gets in by a password alone."""
    return _settings().second_factor == "required"


def can_seal() -> bool:
    """Tell whether there is a key to seal the secret of an authenticator app with."""
    return bool(_settings().secret_key)


def new_app(person_id: uuid.UUID) -> bytes | None:
    """Make the secret of an authenticator app to be, sealed; None without a key."""
    if not can_seal():
        return None
    return totp.seal(_settings().secret_key, totp.new_secret(), person_id)


def secret_of(step: Pending) -> str:
    """Open the secret of the authenticator app that is being added."""
    opened = None
    if step.secret is not None and step.person_id is not None:
        opened = totp.unseal(_settings().secret_key, step.secret, step.person_id)
    if opened is None:
        raise Refused("An authenticator app can't be added here; add a passkey instead.")
    return opened


def add_app(step: Pending, code: str, label: str, now: dt.datetime) -> Factor:
    """Add the app whose first code is right, as part of the caller's transaction."""
    used = totp.step_of(secret_of(step), digits(code), now)
    if used is None:
        raise Invalid(_WRONG_CODE, {"code": [_WRONG_CODE]})
    return _add(step, Factor(kind="totp", label=label, secret=step.secret, last_step=used))


def add_passkey(
    step: Pending, answer: str, challenge: bytes | None, label: str, party: Party
) -> Factor:
    """Add the passkey that the browser made, as part of the caller's transaction."""
    made = passkeys.made(answer, challenge, party)
    found = Factor(
        kind="passkey",
        label=label,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
    )
    return _add(step, found)


def rename(person_id: uuid.UUID, factor_id: uuid.UUID, label: str) -> None:
    """Call a factor something else."""
    found = find(person_id, factor_id)
    with db.transaction():
        found.label = named(label)


def remove(person_id: uuid.UUID, factor_id: uuid.UUID) -> None:
    """Take a factor away; with the last one go the codes that stand in for it."""
    with db.transaction():
        # Two removals at once would take the last two.
        _take_turns(person_id)
        found = find(person_id, factor_id)
        is_last = len(of(person_id)) == 1
        if is_last and are_required():
            raise Refused("Everybody needs a second factor here; add another before this goes.")
        db.session.delete(found)
        if is_last:
            _end_codes(person_id)


def remove_all(person_id: uuid.UUID) -> int:
    """Take every factor and code of somebody away, as part of the caller's transaction."""
    _end_codes(person_id)
    gone = sa.delete(Factor).where(Factor.person_id == person_id).returning(Factor.id)
    return len(db.session.scalars(gone).all())


def find(person_id: uuid.UUID, factor_id: uuid.UUID) -> Factor:
    """Find a factor of somebody's own."""
    found = db.session.get(Factor, factor_id)
    if found is None or found.person_id != person_id:
        raise Missing("There is no such passkey or authenticator app.")
    return found


def spend_code(person_id: uuid.UUID, code: str, now: dt.datetime) -> str:
    """Use up a code of an app or for recovery, as part of the caller's transaction.

    Says which it was. Each is spent by one UPDATE that finds it unspent, so
    that of two requests with the same code one gets in.
    """
    if re.fullmatch(r"\d{6}", digits(code)):
        if _spend_step(person_id, digits(code), now):
            return "totp"
    elif _spend_recovery_code(person_id, code):
        return "recovery_code"
    raise Unauthenticated(_WRONG_CODE)


def spend_passkey(
    answer: str,
    challenge: bytes | None,
    party: Party,
    person_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Take a passkey's answer, as part of the caller's transaction; say whose it is.

    Without a person it stands alone, and must have been unlocked by its holder.
    """
    credential_id = passkeys.credential_of(answer)
    factor = db.session.scalar(queries.passkey(credential_id, person_id))
    count = passkeys.check(factor, answer, challenge, party, verified=person_id is None)
    kept = (
        sa.update(Factor)
        .where(
            Factor.credential_id == credential_id,
            (Factor.sign_count < count) | ((Factor.sign_count == 0) & (count == 0)),
        )
        .values(sign_count=count, last_used_at=sa.func.now())
        .returning(Factor.person_id)
        .execution_options(synchronize_session=False)
    )
    owner = db.session.scalar(kept)
    if owner is None:
        raise Unauthenticated("That passkey was used somewhere else just now. Try again.")
    return owner


def new_codes(person_id: uuid.UUID) -> list[str]:
    """Make recovery codes as part of the caller's transaction; those before are no good now."""
    # Of two sets made at once, one would not see the other to end it.
    _take_turns(person_id)
    _end_codes(person_id)
    codes = [_new_code() for _ in range(CODES)]
    rows = [{"person_id": person_id, "code_hash": _hash_of_code(code)} for code in codes]
    db.session.execute(sa.insert(RecoveryCode), rows)
    return codes


def codes_left(person_id: uuid.UUID) -> int:
    """Count the recovery codes that are not used yet."""
    return db.session.scalar(queries.codes_left(person_id)) or 0


def digits(code: str) -> str:
    """Read a code as people type it, with blanks in the middle."""
    return re.sub(r"[\s-]", "", code)


def named(label: str) -> str:
    """Check what somebody calls a factor or token of theirs."""
    if not 0 < len(label.strip()) <= LONGEST_LABEL:
        sentence = f"Enter a name of up to {LONGEST_LABEL} characters."
        raise Invalid(sentence, {"label": [sentence]})
    return label.strip()


def _take_turns(person_id: uuid.UUID) -> None:
    """Let one transaction at a time change how somebody signs in."""
    db.session.execute(sa.select(Person.id).where(Person.id == person_id).with_for_update())


def _add(step: Pending, factor: Factor) -> Factor:
    if step.person_id is None:
        raise Refused("Begin again: this step belongs to nobody.")
    factor.person_id, factor.label = step.person_id, named(factor.label)
    db.session.add(factor)
    db.session.flush()
    return factor


def _spend_step(person_id: uuid.UUID, code: str, now: dt.datetime) -> bool:
    for factor in of(person_id):
        if factor.kind != "totp" or factor.secret is None:
            continue
        secret = totp.unseal(_settings().secret_key, factor.secret, person_id)
        if secret is None:
            log.error("factor %s can't be opened: OPS_SECRET_KEY is not what it was", factor.id)
            continue
        if (step := totp.step_of(secret, code, now)) is None:
            continue
        spent = (
            sa.update(Factor)
            .where(Factor.id == factor.id, Factor.last_step < step)
            .values(last_step=step, last_used_at=sa.func.now())
            .returning(Factor.id)
            .execution_options(synchronize_session=False)
        )
        if db.session.scalar(spent) is not None:
            return True
    return False


def _spend_recovery_code(person_id: uuid.UUID, code: str) -> bool:
    spent = (
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash_of_code(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=sa.func.now())
        .returning(RecoveryCode.id)
    )
    return db.session.scalar(spent) is not None


def _new_code() -> str:
    """Make a code of 128 bits, in groups that can be read from paper."""
    letters = base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def _hash_of_code(code: str) -> bytes:
    return guard.hash_of(re.sub(r"[^a-z2-7]", "", code.lower()))


def _end_codes(person_id: uuid.UUID) -> None:
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _settings() -> Settings:
    settings: Settings = flask.current_app.config["SETTINGS"]
    return settings
