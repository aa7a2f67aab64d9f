"""Whom the National Referral Mechanism takes: children always, adults who consent."""

from ops.results.kinds.base import Detail
from ops.results.kinds.tallies import too_many

NOTIFYING = ("nrm", "duty_to_notify")


ONE_OF_TWO = (
    "A person is referred, or else notified of without consent: choose one of the two, and log "
    "each person apart."
)
ALWAYS_A_CHILD = (
    "A child is always referred to the National Referral Mechanism, and not asked for consent; "
    "choose the referral."
)
CONSENTS = (
    "An adult who consents is referred to the National Referral Mechanism; choose the referral, "
    "or say that there was no consent."
)
NEVER_A_CHILD = "A child's consent is neither needed nor asked; leave it out, and log adults apart."
DOES_NOT_CONSENT = (
    "An adult who does not consent can't be referred; choose the duty to notify (Modern Slavery "
    "Act 2015, section 52)."
)
ONLY_WITH_CONSENT = (
    "An adult is referred with consent alone; say that it was given, or choose the duty to "
    "notify. Log children apart."
)


def refused_by_law(
    actions: set[str], ages: set[str], consent: bool | None
) -> tuple[str, str] | None:
    """Say which field goes against the rule of consent, and why; none, if all is as it must be.

    Under 18 a person is always referred, and consent neither needed nor asked; an adult is
    referred with consent, and without it the duty to notify is all (Modern Slavery Act 2015 s.52).
    """
    is_child, is_adult = "child" in ages, "adult" in ages
    is_referred, is_notified = "nrm" in actions, "duty_to_notify" in actions
    rule = (
        (is_referred and is_notified, "actions", ONE_OF_TWO),
        (is_notified and is_child, "actions", ALWAYS_A_CHILD),
        (is_notified and consent, "consent", CONSENTS),
        (is_referred and is_child and consent is not None, "consent", NEVER_A_CHILD),
        (is_referred and consent is False, "consent", DOES_NOT_CONSENT),
        (is_referred and is_adult and not consent, "consent", ONLY_WITH_CONSENT),
    )
    return next(((field, sentence) for broken, field, sentence in rule if broken), None)


def missing_to_confirm(detail: Detail) -> str | None:
    """Say what a referral or notification needs before it stands."""
    actions, ages = set(detail["actions"]), {row["age_group"] for row in detail["people"]}
    if "nrm" in actions and "child" in ages and not detail.get("authority_told_at"):
        return "Say when the local authority was told; for a child that comes first."
    if "nrm" in actions and "child" not in ages and not detail.get("consent"):
        return "Say whether it was an adult who consented, or a child."
    return None


def remarks(detail: Detail) -> list[str]:
    """Say what the rule for children asks for, and what is not said yet."""
    said = too_many(detail)
    actions, ages = set(detail["actions"]), {row["age_group"] for row in detail["people"]}
    told, notified = detail.get("authority_told_at"), detail.get("notified_at")
    if "nrm" in actions and "child" in ages:
        if told is None:
            said.append(
                "Safeguard the child and tell the local authority first; then say when it was told."
            )
        elif notified is not None and told > notified:
            said.append(
                "The local authority was told after the referral; for a child it comes first."
            )
    if not actions.isdisjoint(NOTIFYING) and not ages & {"adult", "child"}:
        said.append(
            "Give the age group: who may be under 18 is treated as a child until it is known."
        )
    if "referred" in actions and not detail["referrals"]:
        said.append("Say to whom, so that what comes of the referral can be followed.")
    return said
