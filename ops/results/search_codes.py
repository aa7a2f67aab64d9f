"""Code lists of searches. A new code is a new line; an old one stays."""

# How the search came about. Prisons by the HMPPS practice of searching places, visitors,
# staff and vehicles; the rest by the powers beside each [K].
TYPES = {
    "prison": "In or at a prison",
    "stop_search": "Stop and search",
    "checkpoint": "Vehicle checkpoint",
    "person": "People, other than stop and search",
    "premises": "Premises, other than under a warrant",
    "open_land": "Open land, water or street furniture",
    "other": "Another search",
}
# Who or what was searched, as police and prisons count it in what they publish.
PEOPLE = {
    "visitors": "Visitors",
    "staff": "Staff",
    "contractors": "Contractors",
    "prisoners": "Prisoners",
    "anybody": "People, not said who",
}
PLACES = {
    "cells": "Cells",
    "premises": "Premises",
    "areas": "Areas or communal places",
}
TARGETS = {**PLACES, **PEOPLE, "vehicles": "Vehicles", "parcels": "Parcels or post"}
METHODS = {
    "search": "Searched by hand",
    "swab": "Swabbed for traces",
    "dog": "By a search dog",
    "scanner": "Body scanner or X-ray",
    "detector": "Metal or phone detector",
}
SEARCHED_BY = {
    "police": "Police",
    "prison_staff": "Prison staff",
    "police_dogs": "Police dog team",
    "prison_dogs": "Prison dog team",
    "specialist_team": "Specialist search team",
    "border_force": "Border Force",
    "trading_standards": "Trading Standards",
    "other": "Somebody else",
}
# What became of visitors, as prisons publish it, and of drivers at a checkpoint.
OUTCOMES = {
    "dog_indication": "Dog indicated",
    "refused_entry": "Visitor refused entry",
    "closed_visit": "Closed visit",
    "ban": "Visitor banned",
    "fixed_penalty": "Fixed penalty notice",
    "reported": "Reported for summons",
    "warned": "Warned or advised",
    "vehicle_refused": "Vehicle refused entry",
    "prohibition": "Vehicle prohibition",
    "traffic_offence": "Traffic offence",
    "refused_search": "Refused to be searched",
    "other": "Something else",
}
# What HMPPS counts finds by (Annual digest; Hindley finds), with explosives, drones and
# documents, which police add. Each is on one list of the Prison Act 1952 s.40A to s.40C:
# A and B by the Act, C by the Prison Rules, whose examples are general knowledge [K].
CATEGORIES = {
    "drugs": ("Drugs", "A"),
    "weapons": ("Weapons", "A"),
    "explosives": ("Firearms, ammunition or explosives", "A"),
    "phones": ("Mobile phones", "B"),
    "sim_cards": ("SIM cards", "B"),
    "chargers": ("Chargers", "B"),
    "memory_cards": ("Memory cards and USB sticks", "B"),
    "phone_items": ("Other phone items", "B"),
    "alcohol": ("Alcohol", "B"),
    "distilling_equipment": ("Distilling equipment", None),
    "tobacco": ("Tobacco", "C"),
    "drug_equipment": ("Drug equipment", None),
    "cash": ("Money", "C"),
    "drone": ("Drones or parts of them", None),
    "package": ("Packages, not opened", None),
    "other": ("Something else", None),
}
FINDS = {code: label for code, (label, _) in CATEGORIES.items()}
# Why nothing found is still a result: deterrence and displacement are published as success.
DRY_REASONS = {
    "deterrence": "Being seen there was the aim",
    "turned_back": "Somebody turned back or refused",
    "moved": "It had been moved or used",
    "information": "The information was wrong or old",
    "routine": "Routine, nothing was expected",
    "not_known": "Nothing found, reason not known",
}
# Powers to stop and search, as police.uk publishes them under "legislation".
POWERS = {
    "pace_1": "PACE s.1",
    "mda_23_2": "Misuse of Drugs Act s.23(2)",
    "firearms_47": "Firearms Act s.47",
    "cjpoa_60": "Criminal Justice and Public Order Act s.60",
    "psychoactive_36": "Psychoactive Substances Act s.36",
    "pace_32": "PACE s.32",
    "prison_rules": "Prison Act and Rules",
    "consent": "By consent, or as a condition of entry",
    "other": "Another power",
}
# What the officer looked for, and what came of it, as police.uk publishes both.
OBJECTS = {
    "drugs": "Controlled drugs",
    "weapons": "Offensive weapons",
    "firearms": "Firearms",
    "stolen": "Stolen goods",
    "burglary": "Tools for burglary or theft",
    "criminal_damage": "Articles for criminal damage",
    "psychoactive": "Psychoactive substances",
    "fireworks": "Fireworks",
    "threat": "Anything to threaten or harm anybody",
    "other": "Something else",
}
STOP_OUTCOMES = {
    "arrest": "Arrest",
    "summons": "Summons or charge by post",
    "caution": "Caution",
    "community_resolution": "Community resolution",
    "penalty_notice": "Penalty notice",
    "drug_warning": "Khat or cannabis warning",
    "nothing_further": "Nothing further",
    "other": "Something else",
}
