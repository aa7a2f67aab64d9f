"""Organisations of the partnership, and plainly invented people."""

from collections.abc import Iterator

from ops.access.models import Organisation, Person
from ops.demo.identity import id_of
from ops.demo.places import DISTRICTS, PRISONS

FORCES = {
    "GMP": "Greater Manchester Police",
    "LANCS": "Lancashire Constabulary",
    "CHESHIRE": "Cheshire Constabulary",
    "MERSEY": "Merseyside Police",
    "CUMBRIA": "Cumbria Constabulary",
}
PARTNERS = {
    "GMCA": "Greater Manchester Combined Authority",
    "HMPPS": "His Majesty's Prison and Probation Service",
    "GMFRS": "Greater Manchester Fire and Rescue Service",
    "NHS-GM": "NHS Greater Manchester",
}
# One account a role, and one of a partner; nobody by these names exists.
ACCOUNTS = {
    "admin": "Addison Example",
    "lead": "Lee Example",
    "officer": "Ollie Example",
    "analyst": "Ana Example",
    "desk": "Dee Example",
    "auditor": "Audrey Example",
    "partner": "Parker Example",
}
COUNCIL = "MANCHESTER"
# They can be put on teams, and have no password.
OFFICERS = (
    "Sam Sample",
    "Robin Placeholder",
    "Jo Invented",
    "Chris Fictional",
    "Pat Pretend",
    "Max Madeup",
    "Kit Imaginary",
    "Toni Notional",
)


def organisations() -> Iterator[Organisation]:
    """Give forces, their districts, councils, partners and prisons, parents first."""
    for code, name in FORCES.items():
        yield _organisation(code, name, "force")
    for code, name in PARTNERS.items():
        yield _organisation(code, name, "partner")
    for district in DISTRICTS:
        code = district.name.upper()
        yield _organisation(f"GMP-{code}", f"GMP {district.name}", "district", parent="GMP")
        yield _organisation(code, district.council, "council")
    for prison in PRISONS:
        yield _organisation(prison.code, prison.name, "prison", parent="HMPPS")


def people() -> Iterator[Person]:
    """Give the accounts, and officers for the teams."""
    for account, name in ACCOUNTS.items():
        if account == "partner":
            yield _person(email_of(account), name, "officer", COUNCIL)
        else:
            yield _person(email_of(account), name, account)
    for name in OFFICERS:
        yield _person(officer_email(name), name, "officer")


def email_of(account: str) -> str:
    """Give the address that one of the demonstration's accounts signs in with."""
    return f"{account}@demo.example"


def officer_email(name: str) -> str:
    """Give the address of one of the invented officers."""
    return f"{name.replace(' ', '.').lower()}@demo.example"


def _organisation(code: str, name: str, kind: str, parent: str | None = None) -> Organisation:
    return Organisation(
        id=id_of("organisation", code),
        code=code,
        name=name,
        kind=kind,
        parent_id=parent and id_of("organisation", parent),
    )


def _person(email: str, name: str, role: str, organisation: str = "GMP") -> Person:
    return Person(
        id=id_of("person", email),
        email=email,
        name=name,
        role=role,
        organisation_id=id_of("organisation", organisation),
    )
