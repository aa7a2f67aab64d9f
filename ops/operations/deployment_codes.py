"""What a deployment is called by, how it gets in and under which power."""

DEPLOYMENT_KINDS = {
    "warrant": "Warrant",
    "prison_search": "Prison search",
    "patrol": "Patrol",
    "visit": "Visit",
    "checkpoint": "Checkpoint",
    "engagement": "Engagement",
    "training": "Training",
    "other": "Other",
}
DEPLOYMENT_STATUSES = {
    "planned": "Planned",
    "acknowledged": "Acknowledged",
    "on_the_way": "On the way",
    "started": "Started",
    "finished": "Finished",
    "cancelled": "Cancelled",
}
# General knowledge, not checked against a source.
METHODS_OF_ENTRY = {
    "consent": "By consent",
    "key": "By key",
    "manual": "Forced, with manual tools",
    "hydraulic": "Forced, with hydraulic tools",
    "cutting": "Forced, with cutting tools",
    "specialist": "Specialist entry (ballistic or explosive)",
}
# Warrants first; how long each of them lives is said where warrants are logged.
POWERS = {
    "pace_8": "PACE 1984 s.8",
    "mda_23": "Misuse of Drugs Act 1971 s.23(3)",
    "firearms_46": "Firearms Act 1968 s.46",
    "theft_26": "Theft Act 1968 s.26",
    "poca_352": "Proceeds of Crime Act 2002 s.352",
    "psychoactive_39": "Psychoactive Substances Act 2016 s.39",
    "serious_crime_52": "Serious Crime Act 2015 s.52",
    "trade_marks_92c": "Trade Marks Act 1994 s.92C",
    "pace_1": "PACE 1984 s.1 (stop and search)",
    "pace_17": "PACE 1984 s.17 (entry to arrest or save life)",
    "pace_18": "PACE 1984 s.18 (entry after arrest)",
    "pace_32": "PACE 1984 s.32 (search upon arrest)",
    "mda_23_2": "Misuse of Drugs Act 1971 s.23(2) (stop and search)",
    "firearms_47": "Firearms Act 1968 s.47 (stop and search)",
    "cjpoa_60": "Criminal Justice and Public Order Act 1994 s.60",
    "prison": "Prison Act 1952 and Prison Rules",
    "consent": "With consent",
    "other": "Another power",
}
