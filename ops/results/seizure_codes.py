"""Code lists of seizures. The law changes them: a new code is a new line, an old one stays."""

import dataclasses
import decimal

CATEGORIES = {
    "drugs": "Drugs",
    "weapons": "Weapons",
    "ammunition": "Ammunition",
    "cash": "Cash",
    "phones": "Mobile phones",
    "sim_cards": "SIM cards",
    "phone_accessories": "Chargers and other phone items",
    "memory": "Memory cards and USB sticks",
    "computers": "Computers",
    "vehicles": "Vehicles",
    "counterfeit": "Counterfeit goods",
    "package": "Package, unopened or with its contents",
    "tobacco": "Tobacco",
    "vapes": "Vapes",
    "alcohol": "Alcohol",
    "distilling_equipment": "Distilling equipment",
    "watches": "Watches",
    "jewellery": "Jewellery and precious metals",
    "clothing": "Clothing",
    "drug_paraphernalia": "Scales, snap bags and other drug equipment",
    "cutting_agents": "Cutting agents",
    "drones": "Drones",
    "documents": "Documents",
    "dogs": "Dangerous dogs",
    "other": "Other",
}
# Taken as one item where nothing else is said.
COUNTED = {
    "weapons",
    "phones",
    "sim_cards",
    "phone_accessories",
    "memory",
    "computers",
    "vehicles",
    "package",
    "watches",
    "jewellery",
    "drones",
    "dogs",
}
UNITS = {
    "count": "Items",
    "mg": "Milligrams",
    "g": "Grams",
    "kg": "Kilograms",
    "tonne": "Tonnes",
    "ml": "Millilitres",
    "litre": "Litres",
    "tablet": "Tablets",
    "stick": "Sticks",
    "plant": "Plants",
    "wrap": "Wraps",
    "bag": "Bags",
    "round": "Rounds",
    "GBP": "Pounds",
    "EUR": "Euros",
    "USD": "US dollars",
    "other_currency": "Another currency",
}
CURRENCIES = {code: UNITS[code] for code in ("GBP", "EUR", "USD", "other_currency")}
GRAMS = {
    "mg": decimal.Decimal("0.001"),
    "g": decimal.Decimal(1),
    "kg": decimal.Decimal(1_000),
    "tonne": decimal.Decimal(1_000_000),
}


@dataclasses.dataclass(frozen=True)
class Drug:
    """A drug, and its class under the Misuse of Drugs Act 1971 [K]."""

    label: str
    drug_class: str


DRUG_CLASSES = {
    "A": "Class A",
    "B": "Class B",
    "C": "Class C",
    "psychoactive": "Psychoactive substance",
    "unknown": "Not known",
}
DRUGS = {
    "cocaine": Drug("Cocaine", "A"),
    "crack": Drug("Crack cocaine", "A"),
    "heroin": Drug("Heroin", "A"),
    "mdma": Drug("MDMA (ecstasy)", "A"),
    "lsd": Drug("LSD", "A"),
    "methamphetamine": Drug("Methamphetamine", "A"),
    "methadone": Drug("Methadone", "A"),
    "fentanyl": Drug("Fentanyl", "A"),
    "nitazene": Drug("Nitazenes", "A"),
    "psilocybin": Drug("Psilocybin mushrooms", "A"),
    "cannabis": Drug("Cannabis", "B"),
    "synthetic_cannabinoid": Drug("Synthetic cannabinoids (spice)", "B"),
    "amphetamine": Drug("Amphetamine", "B"),
    "ketamine": Drug("Ketamine", "B"),
    "mephedrone": Drug("Mephedrone", "B"),
    "ghb": Drug("GHB and GBL", "B"),
    "codeine": Drug("Codeine", "B"),
    "benzodiazepine": Drug("Benzodiazepines", "C"),
    "pregabalin": Drug("Pregabalin", "C"),
    "gabapentin": Drug("Gabapentin", "C"),
    "tramadol": Drug("Tramadol", "C"),
    "zopiclone": Drug("Zopiclone", "C"),
    "anabolic_steroid": Drug("Anabolic steroids", "C"),
    "nitrous_oxide": Drug("Nitrous oxide", "C"),
    "buprenorphine": Drug("Buprenorphine", "C"),
    "other_psychoactive": Drug("Other psychoactive substance", "psychoactive"),
    "unknown": Drug("Not known yet", "unknown"),
}
FIREARMS = {
    "firearm": "Firearm",
    "handgun": "Handgun",
    "shotgun": "Shotgun",
    "rifle": "Rifle",
    "submachine_gun": "Submachine gun",
    "converted_firearm": "Converted firearm",
    "printed_firearm": "3D-printed firearm",
    "antique_firearm": "Antique firearm",
    "imitation_firearm": "Imitation firearm",
}
WEAPONS = FIREARMS | {
    "air_weapon": "Air weapon",
    "stun_gun": "Stun gun",
    "irritant_spray": "CS or pepper spray",
    "crossbow": "Crossbow",
    "knife": "Knife",
    "zombie_knife": "Zombie-style knife",
    "machete": "Machete",
    "sword": "Sword",
    "axe": "Axe",
    "bladed": "Other bladed weapon",
    "blunt": "Blunt weapon",
    "improvised": "Improvised weapon",
    "corrosive": "Corrosive substance",
    "explosive": "Explosive",
    "other": "Other weapon",
}
FIREARM_SECTIONS = {
    "s1": "Section 1",
    "s2": "Section 2 (shotgun)",
    "s5": "Section 5 (prohibited)",
    "imitation": "Imitation",
    "exempt": "Exempt or antique",
}
VEHICLES = {
    "car": "Car",
    "van": "Van",
    "lorry": "Lorry",
    "taxi": "Taxi",
    "motorcycle": "Motorcycle or moped",
    "quad_bike": "Quad bike",
    "e_bike": "E-bike",
    "e_scooter": "E-scooter",
    "bicycle": "Bicycle",
    "boat": "Boat",
    "other": "Other vehicle",
}
COUNTERFEITS = {
    "clothing": "Clothing",
    "footwear": "Footwear",
    "bags": "Bags and accessories",
    "watches": "Watches and jewellery",
    "electronics": "Electronics",
    "perfume": "Perfume and cosmetics",
    "tobacco": "Tobacco",
    "vapes": "Vapes",
    "medicines": "Medicines",
    "alcohol": "Alcohol",
    "labels": "Labels and packaging",
    "other": "Other goods",
}
FOUND_IN = {
    "cell": "Cell",
    "visits": "Visits",
    "gate": "Gate",
    "perimeter": "Perimeter",
    "airspace": "Airspace",
    "mail": "Mail",
    "inside_package": "Inside a package",
    "person": "On a person",
    "vehicle": "Vehicle",
    "dwelling": "Dwelling",
    "shop": "Shop or other business",
    "storage": "Storage or outbuilding",
    "open_space": "Street or open space",
    "other": "Other place",
}
CONVEYED = {
    "visitor": "Visitor",
    "throwover": "Thrown over",
    "drone": "Drone",
    "mail": "Mail",
    "staff": "Staff",
    "prisoner": "Prisoner",
    "vehicle": "Vehicle",
    "unknown": "Not known",
}
HELD_BY = {
    "visitor": "Visitor",
    "prisoner": "Prisoner",
    "staff": "Staff",
    "contractor": "Contractor",
    "nobody": "Nobody",
    "unknown": "Not known",
}
# Prison Act 1952 s.40A.
LISTS = {"A": "List A", "B": "List B", "C": "List C"}
POWERS = {
    "warrant": "Under the warrant",
    "pace_1": "PACE s.1",
    "pace_18": "PACE s.18",
    "pace_19": "PACE s.19",
    "pace_32": "PACE s.32",
    "mda_23_2": "Misuse of Drugs Act s.23(2)",
    "firearms_47": "Firearms Act s.47",
    "cjpoa_60": "Criminal Justice and Public Order Act s.60",
    "cjpa_50": "Criminal Justice and Police Act s.50",
    "poca_294": "Proceeds of Crime Act s.294 (cash)",
    "poca_303c": "Proceeds of Crime Act s.303C (listed assets)",
    "rta_165a": "Road Traffic Act s.165A",
    "pra_59": "Police Reform Act s.59",
    "prison_rules": "Prison Act or Prison Rules",
    "other": "Another power",
}
BASES = {
    "street": "Street value",
    "prison": "Prison value",
    "wholesale": "Wholesale value",
    "criminal": "Criminal value",
    "full_retail": "Full retail value of the genuine goods",
    "tax_evaded": "Tax evaded",
    "face": "Face value",
    "market": "Market value",
    "other": "Another basis",
}
