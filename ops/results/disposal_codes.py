"""Code lists of what becomes of an arrest. A new code is a new line, an old one stays."""

CHARGES = {
    "charged": "Charged",
    "charged_remanded": "Charged and remanded",
    "charged_bailed": "Charged and bailed to court",
}
# What a court does comes after a charge or a summons.
COURT = {
    "bailed_at_court": "Bailed at court",
    "remanded_at_court": "Remanded at court",
    "convicted": "Convicted",
    "acquitted": "Acquitted",
    "discontinued": "Charge withdrawn or discontinued",
}
BEFORE_COURT = frozenset({*CHARGES, "reported"})
# Where it ends, unless somebody takes it up again.
ENDS = {
    "caution": "Caution",
    "conditional_caution": "Conditional caution",
    "community_resolution": "Community resolution",
    "penalty_notice": "Penalty notice or drug warning",
    "de_arrested": "De-arrested",
    "no_further_action": "No further action",
}
DISPOSALS = (
    CHARGES
    | {
        "bailed": "Bailed",
        "bailed_conditions": "Bailed with conditions",
        "released_under_investigation": "Released under investigation",
        "reported": "Reported for summons",
    }
    | COURT
    | {
        "recalled": "Recalled to prison",
        "immigration_detention": "Immigration detention",
        "transferred": "Transferred to another force",
        "mental_health": "Detained under the Mental Health Act",
    }
    | ENDS
    | {"other": "Other"}
)
