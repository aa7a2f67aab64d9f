"""Words for disruptions."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "disruption": Questions(
        headline=("level_claimed", "target", "target_ref"),
        first=("level_claimed", "target", "target_ref", "four_p", "what_was_done"),
        words={
            "four_p": Words("4P"),
            "level_claimed": Words("Level claimed", "Somebody else assesses it."),
            "target": Words("What was disrupted"),
            "target_ref": Words("Log number of the target", "No names."),
            "what_was_done": Words("What was done"),
            "evidence": Words("Evidence", "For intelligence, give the log number only."),
            "impact": Words("Impact"),
            "duration": Words("How long it is thought to last"),
            "disrupted_on": Words("Day of the disruption", "Left blank, the day above."),
            "assessments": Words("Assessments"),
            "assessments.on": Words("Day"),
            "assessments.level": Words("Level assessed"),
            "assessments.reasons": Words("Reasons"),
            "assessments.assessed_by": Words("Assessed by"),
            "reviews": Words("Reviews"),
            "reviews.after": Words("Which review"),
            "reviews.on": Words("Day"),
            "reviews.outcome": Words("What was found"),
            "review_due": Words("Next review due"),
        },
        # Nobody assesses what they claim as they claim it, and a review comes months later.
        long=("assessments", "reviews"),
    ),
}
