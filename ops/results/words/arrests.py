"""Words for arrests."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "arrest": Questions(
        headline=("reason", "custody_ref"),
        first=("reason", "age_band", "sex", "custody_ref"),
        first_of_rows={"disposals": ("code", "at")},
        words={
            "reason": Words("Reason for the arrest"),
            "offences": Words("Further offences"),
            "age_band": Words("Age"),
            "person_ref": Words(
                "Reference of the person",
                "What your force’s records call them, so that they count once. Never a name.",
            ),
            "rearrest": Words("Arrested again?", "For the same matter, or while on bail."),
            "scene_role": Words("What they were at the scene", "At a prison, say."),
            "made_by": Words("Who made the arrest", "Only your own force’s count as its arrests."),
            "force": Words("Which other force"),
            "custody_ref": Words("Custody reference", "No names. As in 06CD/1234/26."),
            "ethnicity": Words("Ethnicity, as the person defines it"),
            "necessity": Words("Why the arrest was necessary"),
            "disposals": Words("What became of it"),
            "disposals.code": Words("Disposal"),
            "disposals.at": Words("When"),
            "disposals.offences": Words("Charged with"),
        },
    ),
}
