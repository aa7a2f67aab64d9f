"""Rectangles of the British National Grid, as somebody marks them on a map."""

import dataclasses

from osbng.indexing import xy_to_bng

# What the grid reaches to, in metres east and north of its origin.
EAST_M, NORTH_M = 700_000, 1_300_000


@dataclasses.dataclass(frozen=True)
class GridBox:
    """A rectangle by its sides, in metres east and north."""

    west: int
    south: int
    east: int
    north: int

    @property
    def is_on_grid(self) -> bool:
        """Tell whether there is such a rectangle."""
        return 0 <= self.west < self.east <= EAST_M and 0 <= self.south < self.north <= NORTH_M

    def __str__(self) -> str:
        """Write it as it goes over the wire."""
        return ",".join(map(str, dataclasses.astuple(self)))

    def clipped(self, other: "GridBox") -> "GridBox":
        """Give what of it lies in another."""
        return GridBox(
            max(self.west, other.west),
            max(self.south, other.south),
            min(self.east, other.east),
            min(self.north, other.north),
        )

    @property
    def corners(self) -> list[tuple[float, float]]:
        """Give its corners as the ring of a shape."""
        west, south, east, north = map(float, dataclasses.astuple(self))
        return [(west, south), (west, north), (east, north), (east, south)]

    @property
    def middle(self) -> tuple[float, float]:
        """Give the point in its middle."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2

    @property
    def square_km(self) -> float:
        """Tell how large it is."""
        return (self.east - self.west) * (self.north - self.south) / 1e6

    @property
    def in_words(self) -> str:
        """Name it by two of its corners and how large it is: SJ 825 965 to SJ 900 020, …"""
        corners = ((self.west, self.south), (self.east - 1, self.north - 1))
        first, last = (xy_to_bng(*each, "100m").bng_ref_formatted for each in corners)
        wide, high = ((self.east - self.west) / 1000, (self.north - self.south) / 1000)
        return f"{first} to {last}, {wide:g} by {high:g} km"
