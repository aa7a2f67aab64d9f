"""Drugs and their classes. The law changes them: a new code is a new line, an old one stays."""

import dataclasses


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
