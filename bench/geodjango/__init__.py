"""A GeoDjango and DRF-GIS project of the plain sort, on our tables; it runs in its own environment.

No part of the product, and it imports none: `bench.drf` installs Django and serves it.
"""
