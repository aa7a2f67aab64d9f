"""The raw limit runs the statements that were captured, and nothing else."""

import pytest

from bench.limit import FRESH, FRESH_DAY, SENTINEL, SENTINEL_DAY, script

ID = f"{SENTINEL}00000000002a"


@pytest.mark.parametrize(
    ("statement", "written"),
    [
        ("select 1", "select 1"),
        ("select a::text", "select a::text"),
        ("select '05:42'::time", r"select U&'05\003a42'::time"),
        (r"select 'a\b:c'", r"select U&'a\\b\003ac'"),
        (r"select E'a\\b:c'", r"select E'a\\b\x3ac'"),
        ("select 'it''s'", "select 'it''s'"),
        (f"select '{ID}'::uuid", f"select {FRESH}::uuid"),
        (
            f"""select '[{{"id":"{ID}"}}]'""",
            rf"""select (U&'[{{"id"\003a"' || {FRESH}::text || '"}}]')""",
        ),
        (
            f"select '[\"{SENTINEL_DAY}T05\"]'",
            f"""select ('["' || {FRESH_DAY}::text || 'T05"]')""",
        ),
    ],
)
def test_a_statement_is_written_so_that_pgbench_reads_it_alike(statement, written):
    lines = script([statement]).splitlines()

    assert lines[1:] == ["BEGIN;", f"{written};", "COMMIT;"]
