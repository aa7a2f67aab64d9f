"""A million inputs by grammar, each in a process that is killed where it hangs: `make fuzz`.

Drawn by `random.Random` and not by hypothesis, which takes three milliseconds of a processor for a
polygon: a million of them would be an hour before anything was tried. An input is named by its
grammar, a seed and a number, and is the same bytes for them wherever the locked packages are.
"""
