"""The tracker on a Debian server of its own: installed, upgraded, taken back, removed.

It uses nothing but Python's own library and our installer; docs/operating.md has the steps.
"""
