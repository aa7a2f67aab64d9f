"""Code lists of safeguarding. A new code is a new line; an old one stays."""

# What publishers of county lines weeks count, each for itself: they are never merged.
ACTIONS = {
    "spoken_to": "Spoken to",
    "visited": "Cuckooed or suspected address visited",
    "welfare_check": "Welfare-checked",
    "engaged": "Engaged",
    "referred": "Referred",
    "nrm": "Referred to the National Referral Mechanism",
    "duty_to_notify": "Duty to notify (Modern Slavery Act s.52)",
    "care_plan": "Care plan made",
    "safety_plan": "Safety plan made",
    "strategy_meeting": "Strategy meeting held",
    "identified": "Identified as a victim",
    "safeguarded": "Safeguarded, as it is reported",
}
ROLES = {
    "victim": "Victim",
    "suspect": "Suspect",
    "witness": "Witness",
    "at_risk": "At risk, nothing known to have happened",
}
# Exploitation as the statistics of the National Referral Mechanism name it [K], and what
# else brings police and partners to a door.
CONCERNS = {
    "cuckooing": "Home taken over (cuckooing)",
    "criminal_exploitation": "Criminal exploitation",
    "sexual_exploitation": "Sexual exploitation",
    "labour_exploitation": "Labour exploitation",
    "domestic_servitude": "Domestic servitude",
    "missing": "Missing from home or care",
    "debt": "Debt bondage or threats",
    "other": "Something else",
}
# The services that releases and panel papers name as those people are referred to.
REFERRED_TO = {
    "children_social_care": "Children’s social care",
    "adult_social_care": "Adult social care",
    "exploitation_support": "Exploitation support, such as Catch22",
    "drug_treatment": "Drug and alcohol treatment",
    "housing": "Housing",
    "health": "Health",
    "mental_health": "Mental health",
    "school": "School or education",
    "youth_justice": "Youth justice or early help",
    "victim_support": "Victim support",
    "fire_service": "Fire and rescue service",
    "immigration": "Immigration or asylum support",
    "other": "Another service",
}
REFERRAL_OUTCOMES = {
    "waiting": "Waiting for an answer",
    "accepted": "Accepted",
    "engaging": "Person is engaging",
    "declined_by_service": "Declined by the service",
    "declined_by_person": "Declined by the person",
    "completed": "Completed",
}
# Who may refer to the National Referral Mechanism: gov.uk, "Report modern slavery as a
# first responder". The charities stand as one code, as the law names new ones.
FIRST_RESPONDERS = {
    "police": "Police",
    "local_authority": "Local authority",
    "nca": "National Crime Agency",
    "glaa": "Gangmasters and Labour Abuse Authority",
    "border_force": "Border Force",
    "immigration_enforcement": "Immigration Enforcement",
    "home_office": "Home Office, another part",
    "health": "Health and social care trust (Northern Ireland)",
    "charity": "Named charity",
}
DECISIONS = {
    "reasonable_positive": "Reasonable grounds",
    "reasonable_negative": "No reasonable grounds",
    "conclusive_positive": "Conclusive grounds",
    "conclusive_negative": "No conclusive grounds",
    "reconsidered": "To be reconsidered",
    "withdrawn": "Withdrawn or closed",
}
CUCKOOED = {"confirmed": "Confirmed", "suspected": "Suspected", "not_found": "Not found to be"}
