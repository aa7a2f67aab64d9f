"""What a worker holds in memory that few of them ever need."""

import subprocess
import sys

# Imported by the one who is first asked for a file to take away, a map to keep, an interval.
LATER = ("folium", "pyarrow", "pyogrio", "scipy")


def test_libraries_for_files_are_imported_with_the_first_file():
    told = f"import sys, ops; print(*[each for each in {LATER} if each in sys.modules])"

    found = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)

    assert found.stdout.split() == []
