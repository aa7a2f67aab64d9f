"""Code lists of resources. A new code is a new line; an old one stays."""

# What releases say was deployed. Hours may be parts of an hour; the rest are whole.
COUNTED = {
    "officers": "Officers",
    "officer_hours": "Officer hours",
    "staff": "Police staff",
    "specials": "Special constables",
    "community_officers": "Community support officers",
    "partner_staff": "People from partners",
    "teams": "Teams",
    "payback_teams": "Community Payback teams",
    "payback_hours": "Community Payback hours",
    "vehicles": "Police vehicles",
    "dogs": "Dogs",
    "horses": "Horses",
    "drones": "Drones",
    "aircraft": "Aircraft",
    "patrols": "Patrols",
}
HOURS = ("officer_hours", "payback_hours")
# Units as forces name them [K], and what they were there for.
ROLES = {
    "neighbourhood": "Neighbourhood policing",
    "response": "Response",
    "tactical_aid": "Tactical aid or support unit",
    "firearms": "Firearms",
    "roads": "Roads and interceptors",
    "dog_unit": "Dog unit",
    "mounted": "Mounted",
    "air_support": "Air support",
    "detectives": "Investigation",
    "organised_crime": "Serious and organised crime",
    "prison_team": "Prison team",
    "search": "Search team",
    "checkpoint": "Vehicle checkpoint",
    "perimeter": "Perimeter patrol",
    "transport": "Transport policing",
    "safeguarding": "Safeguarding",
    "partner": "Partner's own work",
    "other": "Another unit",
}
