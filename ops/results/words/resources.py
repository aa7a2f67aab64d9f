"""Words for resources."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "resource": Questions(
        headline=("counts", "role", "supplied_by"),
        first=("counts", "role", "supplied_by"),
        words={
            "counts": Words("What was deployed"),
            "counts.what": Words("What"),
            "counts.number": Words("How many"),
            "counts.qualifier": Words("How sure is the number?", "Left blank, exactly."),
            "role": Words("Unit or role"),
            "supplied_by": Words("Supplied by", "The force, district or partner."),
            "partners": Words("Partners who were there"),
        },
    ),
}
