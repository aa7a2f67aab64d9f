"""Words for safeguarding."""

from ops.results.words.base import Questions, Words

_NOTIFYING = ("actions[]", ("nrm", "duty_to_notify"))
_VISITED = ("actions[]", ("visited",))
QUESTIONS = {
    "safeguarding": Questions(
        headline=("actions", "people", "person_ref"),
        first=(
            "actions",
            "people",
            "person_ref",
            "addresses",
            "cuckooed",
            "referrals",
            "consent",
            "authority_told_at",
        ),
        first_of_rows={
            "people": ("age_group", "sex", "number"),
            "referrals": ("to",),
        },
        words={
            "actions": Words(
                "What was done", "Each is counted for itself, for all the people of this record."
            ),
            "people": Words("Who"),
            "people.age_group": Words("Adult or child"),
            "people.number": Words("How many", "Left blank, one."),
            "people.qualifier": Words("How sure is the number?", "Left blank, exactly."),
            "number": Words("How many in all", "Left blank, those above. No more than is known."),
            "qualifier": Words("How sure is the number in all?"),
            "person_ref": Words("Reference of the person", "No names. As in a log number."),
            "addresses": Words("How many addresses", "Left blank, one.", only=_VISITED),
            "addresses_qualifier": Words("How sure is the number of addresses?", only=_VISITED),
            "cuckooed": Words("Was the home taken over?", only=_VISITED),
            "address_ref": Words(
                "Reference of the address", "No street. As in its UPRN or a log number."
            ),
            "roles": Words("Role"),
            "concerns": Words("What it was about"),
            "referrals": Words("Referrals", only=("actions[]", ("referred",))),
            "referrals.to": Words("Referred to"),
            "referrals.at": Words("When"),
            "referrals.outcome": Words("What came of it"),
            "consent": Words("Did the adult consent?", "Never asked of a child.", only=_NOTIFYING),
            "first_responder": Words("First responder", only=_NOTIFYING),
            "notified_at": Words(
                "When it was referred or notified", "Left blank, the time above.", only=_NOTIFYING
            ),
            "authority_told_at": Words(
                "When the local authority was told",
                "For a child this comes before the referral.",
                only=_NOTIFYING,
            ),
            "nrm_reference": Words("Reference of the referral", only=_NOTIFYING),
            "decisions": Words("Decisions on the referral", only=_NOTIFYING),
            "decisions.on": Words("Day"),
        },
    ),
}
