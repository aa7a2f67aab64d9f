"""Why a deployment may have nothing to report."""

REASONS = {
    "nothing_found": "Nothing was found",
    "nobody_there": "Nobody was there",
    "nothing_happened": "Nothing happened",
    "called_off": "It was called off on the day",
    "reported_elsewhere": "It is reported under another record",
    "other": "Another reason",
}
