"""Words for what partners did."""

from ops.results.words.base import Questions, Words

QUESTIONS = {
    "partner_action": Questions(
        headline=("action", "partner_name", "partner", "number"),
        first=("action", "partner", "number", "about"),
        words={
            "action": Words("What was done"),
            "partner": Words("Partner"),
            "partner_name": Words("Name of the partner", "Of an organisation, not of a person."),
            "about": Words("What it was about"),
            "number": Words("How many or how much", "Left blank, once."),
            "unit": Words(
                "Unit",
                "Left blank, waste is in tonnes, grants and fines are in pounds, the rest counted.",
            ),
            "qualifier": Words("How sure the number is"),
            "four_p": Words("4P"),
            "phase": Words("Phase"),
            "premises": Words("Premises", "A name or an address, of a business."),
            "reference": Words("Partner’s reference"),
            "description": Words("Description", "No names of the public."),
            "due_on": Words("Due on"),
            "completed_on": Words("Completed on"),
        },
    ),
}
