"""Words for seizures."""

from ops.results.words.base import Questions, Words

_DRUGS = ("category", ("drugs",))
_CASH = ("category", ("cash",))
_PACKAGE = ("category", ("package",))
_WEAPONS = ("category", ("weapons", "ammunition"))
QUESTIONS = {
    "seizure": Questions(
        headline=(
            "category",
            "item",
            "drug",
            "weapon",
            "vehicle",
            "counterfeit",
            "quantity",
            "exhibit_ref",
        ),
        first=(
            "category",
            "drug",
            "weapon",
            "vehicle",
            "counterfeit",
            "quantity",
            "unit",
            "valuations",
        ),
        first_of_rows={"valuations": ("value", "basis")},
        words={
            "category": Words("What was seized"),
            "item": Words("Item", "Where the category alone does not say it."),
            "opened": Words("Was the package opened?", only=_PACKAGE),
            "opened_at": Words("When it was opened", only=_PACKAGE),
            "drug": Words("Drug", "As claimed, before any test.", only=_DRUGS),
            "drug_tested": Words("Drug, as tested", "Figures go by the test.", only=_DRUGS),
            "drug_tested_at": Words("When it was tested", only=_DRUGS),
            "drug_class": Words("Class of the drug", "It follows from the drug.", only=_DRUGS),
            "weapon": Words("Weapon", only=_WEAPONS),
            "firearm_section": Words("Section of the Firearms Act", only=_WEAPONS),
            "vehicle": Words("Vehicle", only=("category", ("vehicles",))),
            "currency": Words("Currency", only=_CASH),
            "counterfeit": Words("Goods", only=("category", ("counterfeit",))),
            "quantity": Words("How much", "A number. For cash, the amount counted."),
            "unit": Words("Unit", "Left blank, cash is in pounds and the rest in items."),
            "qualifier": Words("How sure the quantity is"),
            "weight_g": Words("Weight in grams", "Only beside a quantity that is no weight."),
            "valuations": Words("What it is worth"),
            "valuations.basis": Words("Basis"),
            "valuations.value": Words("Value in pounds"),
            "valuations.qualifier": Words("How sure"),
            "valuations.at": Words("When valued"),
            "valuations.principal": Words("Is it the value to count?"),
            "found_in": Words("Where it was found"),
            "conveyed_by": Words("How it got there"),
            "held_by": Words("Who held it"),
            "list": Words("Prison Act list"),
            "power": Words("Power of seizure"),
            "exhibit_ref": Words(
                "Exhibit reference", "The producer’s initials and a number: AP/1."
            ),
            "producer": Words(
                "Producer", "Only where two people share initials. No names of the public."
            ),
            "poca_route": Words("Which way the cash goes", only=_CASH),
            "poca_due_at": Words("Can be detained without a court until"),
            "fiu_informed_at": Words("When the financial investigation unit was told", only=_CASH),
            "detention_order_at": Words("When the court ordered its detention", only=_CASH),
            "detention_order_ref": Words("Reference of the court’s order", only=_CASH),
            "seal": Words("Seal number"),
            "parent": Words("Found inside of"),
        },
    ),
}
