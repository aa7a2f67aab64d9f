import pytest
from tests.results.conftest import SMALLEST


@pytest.mark.parametrize("kind", SMALLEST)
def test_the_smallest_log_of_each_kind_is_kept(log, lead, kind):
    record = log(kind)

    shown = lead.get(f"/api/v1/results/{record['id']}")

    assert shown.json == record
    print(shown.text)
