"""Code lists of arrests. A new code is a new line, an old one stays."""

REASONS = {
    "supply_class_a": "Supply of class A drugs",
    "supply_class_b": "Supply of class B drugs",
    "supply_class_c": "Supply of class C drugs",
    "pwits_class_a": "Possession with intent to supply, class A",
    "pwits_class_b": "Possession with intent to supply, class B",
    "conspiracy_to_supply": "Conspiracy to supply drugs",
    "drug_production": "Production or cultivation of drugs",
    "drug_possession": "Possession of drugs",
    "slavery": "Slavery or forced labour (Modern Slavery Act s.1)",
    "human_trafficking": "Human trafficking (Modern Slavery Act s.2)",
    "child_exploitation": "Child criminal exploitation",
    "cuckooing": "Taking over a person's home",
    "money_laundering": "Money laundering",
    "fraud": "Fraud",
    "conveyance_into_prison": "Conveyance into prison",
    "trade_mark": "Trade mark or counterfeit goods",
    "firearm": "Firearm or ammunition",
    "weapon": "Knife or other weapon",
    "violence": "Violence",
    "homicide": "Homicide",
    "sexual_offence": "Sexual offence",
    "robbery": "Robbery",
    "burglary": "Burglary",
    "theft": "Theft or handling stolen goods",
    "criminal_damage": "Criminal damage or arson",
    "public_order": "Public order",
    "drug_driving": "Drug driving",
    "drink_driving": "Drink driving",
    "other_traffic": "Other traffic offence",
    "immigration": "Immigration offence",
    "breach_of_order": "Breach of an order or of bail",
    "recall": "Recall to prison",
    "wanted": "Wanted, or failing to appear",
    "obstruction": "Obstruction or assault of an emergency worker",
    "other": "Another reason",
}
AGE_BANDS = {
    "under_10": "Under 10",
    "10-17": "10 to 17",
    "18-24": "18 to 24",
    "25-34": "25 to 34",
    "35-49": "35 to 49",
    "50-64": "50 to 64",
    "65_plus": "65 and over",
    "unknown": "Not known",
}
CHILDREN = ("under_10", "10-17")
AGE_GROUPS = {"adult": "Adult", "child": "Child", "unknown": "Not known"}
SEXES = {"female": "Female", "male": "Male", "unknown": "Not known"}
# Self-defined, 18+1; O1 (Chinese) was superseded by A4.
ETHNICITIES = {
    "W1": "White: British",
    "W2": "White: Irish",
    "W3": "White: Gypsy or Irish Traveller",
    "W9": "White: any other",
    "M1": "Mixed: White and Black Caribbean",
    "M2": "Mixed: White and Black African",
    "M3": "Mixed: White and Asian",
    "M9": "Mixed: any other",
    "A1": "Asian: Indian",
    "A2": "Asian: Pakistani",
    "A3": "Asian: Bangladeshi",
    "A4": "Asian: Chinese",
    "A9": "Asian: any other",
    "B1": "Black: Caribbean",
    "B2": "Black: African",
    "B9": "Black: any other",
    "O2": "Arab",
    "O9": "Any other",
    "NS": "Not stated",
}
# PACE s.24(5).
NECESSITIES = {
    "name": "To find out the name",
    "address": "To find out the address",
    "prevent_harm": "To prevent injury, loss or damage",
    "protect_vulnerable": "To protect a child or vulnerable person",
    "investigation": "For a prompt and effective investigation",
    "disappearance": "To prevent disappearance",
}
# What somebody was where they were arrested, as at a prison.
SCENE_ROLES = {
    "visitor": "Visitor",
    "prisoner": "Prisoner",
    "staff": "Staff",
    "contractor": "Contractor",
    "other": "Somebody else",
}
# An arrest that another force made from our work is never added to our own.
MADE_BY = {
    "own": "This force",
    "joint": "Jointly with another force",
    "other_force": "Another force",
}
YES_NO = {"yes": "Yes", "no": "No"}
