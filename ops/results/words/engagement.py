"""Words for engagement."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "engagement": Questions(
        headline=("activity", "audience", "venue", "counts"),
        first=("activity", "audience", "counts", "provider"),
        words={
            "activity": Words("What was done"),
            "audience": Words(
                "Whom it was for", "Log each audience apart where its people are counted apart."
            ),
            "counts": Words("How many"),
            "counts.what": Words("What", "Left blank, a session is one session."),
            "counts.number": Words("How many"),
            "counts.qualifier": Words("How sure is the number?", "Left blank, exactly."),
            "topics": Words("What it was about"),
            "school_years": Words("School years", only=("activity", ("school_session",))),
            "provider": Words("Who delivered it", "The organisation or programme."),
            "partners": Words("Partners who were there"),
            "venue": Words("School or place", "Its name."),
        },
    ),
}
