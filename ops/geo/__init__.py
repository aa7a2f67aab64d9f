"""Places and shapes: areas, sites and boundaries, formats in and out."""
