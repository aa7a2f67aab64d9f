"""What is measured: the things that people and their programs do all day."""

import dataclasses
import hashlib
import random
import uuid
from collections.abc import Callable, Sequence

from bench.fill import Size
from bench.wire import CONNECTIONS, Request

# Different requests of each sort, so that neither side answers from one warm page.
VARIANTS = 40
SEED = 20231010


@dataclasses.dataclass(frozen=True)
class Case:
    """One thing to measure."""

    name: str
    label: str
    request: Callable[[Size, random.Random], Request]
    # How many times longer it is measured than the others: the slower, the longer.
    times: int = 1
    # How many ask at once: one alone tells how long somebody waits who asks for much.
    connections: int = CONNECTIONS

    def of(self, size: Size) -> Sequence[Request]:
        """Give different requests of this sort, the same ones in each run."""
        chance = random.Random(SEED)
        return list(dict.fromkeys(self.request(size, chance) for _ in range(VARIANTS)))


def _operation(number: int) -> uuid.UUID:
    """Give the id of the operation with this number, as `bench.fill` made it."""
    digest = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return uuid.UUID(f"0100{number:08x}70008{digest[:15]}")


def _busy(size: Size, chance: random.Random) -> uuid.UUID:
    return _operation(chance.randint(1, size.busy))


# With `{lon}` in the place of a number: the client makes JSON of it.
ARREST = (
    '{"id":"{id}","kind":"arrest","occurred_at":"{at}","accuracy_m":12,'
    '"position":{"type":"Point","coordinates":[{lon},{lat}]},'
    '"detail":{"reason":"supply_class_a","age_band":"18-24","sex":"male"}'
)


def quiet(size: Size, chance: random.Random) -> uuid.UUID:
    """Choose an operation that is not summed up, so that those stay at their size."""
    return _operation(chance.randint(size.busy + 1, size.operations))


def _log(size: Size, chance: random.Random) -> Request:
    return Request("POST", f"/api/v1/operations/{quiet(size, chance)}/results", f"{ARREST}}}")


def _list(size: Size, chance: random.Random) -> Request:
    return Request("GET", f"/api/v1/operations/{_busy(size, chance)}/results?limit=100")


def _areas(size: Size, chance: random.Random) -> Request:
    operation = _operation(chance.randint(1, size.operations))
    return Request("GET", f"/api/v1/operations/{operation}/areas")


def _covering(_size: Size, chance: random.Random) -> Request:
    lon, lat = chance.uniform(-2.7, -1.8), chance.uniform(53.35, 53.7)
    return Request("GET", f"/api/v1/areas/covering?lon={lon:.5f}&lat={lat:.5f}&accuracy_m=10")


def _summary(size: Size, chance: random.Random) -> Request:
    return Request("GET", f"/api/v1/operations/{_busy(size, chance)}/outcomes")


def _force(_size: Size, _chance: random.Random) -> Request:
    return Request("GET", "/api/v1/outcomes?organisation=GMP")


def _programme(_size: Size, _chance: random.Random) -> Request:
    return Request("GET", "/api/v1/outcomes?organisation=GMP&by=district_month")


def _board(size: Size, chance: random.Random) -> Request:
    return Request("GET", f"/operations/{_busy(size, chance)}/outcomes/board")


def _programme_board(_size: Size, _chance: random.Random) -> Request:
    return Request("GET", "/targets/board?organisation=GMP&year=2025/26")


def _map(place: str) -> Callable[[Size, random.Random], Request]:
    def ask(_size: Size, chance: random.Random) -> Request:
        measure = chance.choice(["arrests", "cash_seized", "drugs_weight_seized", "lines_closed"])
        return Request("GET", f"/boards/map?measure={measure}&place={place}")

    return ask


def _records(_size: Size, chance: random.Random) -> Request:
    measure = chance.choice(["arrests", "people_charged", "drugs_weight_seized", "lines_closed"])
    return Request("GET", f"/api/v1/results?measure={measure}")


CASES = (
    Case("log", "log one result", _log),
    Case("list", "list 100 results", _list),
    Case("areas", "an operation's 20 areas as GeoJSON", _areas),
    Case("covering", "which of {areas} areas cover a point", _covering),
    Case("summary", "an operation's outcomes, 5,000 results", _summary),
    Case("force", "the whole force's outcomes, {results} results", _force, times=3),
    Case("one", "the same of one operation, one asking", _summary, connections=1),
    Case(
        "programme",
        "{results} results by district and month, one asking",
        _programme,
        times=2,
        connections=1,
    ),
    Case(
        "board",
        "the page of an operation's board, 20 targets, 5,000 results, one asking",
        _board,
        connections=1,
    ),
    Case(
        "programme_board",
        "the page of the programme board, {results} results, one asking",
        _programme_board,
        connections=1,
    ),
    *(
        Case(
            f"map_{place}",
            f"the page of the map of analysis by {said}, {{results}} results, one asking",
            _map(place),
            connections=1,
        )
        for place, said in (("district", "district"), ("ward", "ward"), ("square", "1 km square"))
    ),
    Case("records", "first page behind a figure of {results}, one asking", _records, connections=1),
)
