"""What the data means is said of everything there is."""

from ops.exports import analysis
from ops.exports.tables import FORMULA
from ops.results.kinds import KINDS


def test_every_table_and_every_column_is_described():
    for table, _query in analysis.every():
        assert table.label, table.name
        for column in table.columns:
            assert column.label.strip(), (table.name, column.name)
            # Its own name again would describe nothing, but where the name is a plain word.
            assert column.label != column.name, (table.name, column.name)


def test_every_code_of_a_column_has_a_label():
    for table, _query in analysis.every():
        for column in table.columns:
            assert all(label.strip() for label in column.codes.values()), (table.name, column.name)


def test_no_code_or_label_of_ours_looks_like_a_formula():
    for table, _query in analysis.every():
        for column in table.columns:
            for text in (*column.codes, *column.codes.values()):
                assert text[0] not in FORMULA, (table.name, column.name, text)


def test_every_facet_quantity_and_key_is_described():
    for kind in KINDS.values():
        for said in (kind.facets, kind.quantities, kind.keys):
            for name, each in said.items():
                assert each.label.strip(), (kind.name, name)


def test_the_page_names_every_table_facet_and_measure(client_as):
    client = client_as("analyst")
    measures = client.get("/api/v1/measures", query_string={"limit": 500}).json

    page = client.get("/dictionary").get_data(as_text=True).replace("<wbr>", "")

    for table, _query in analysis.every():
        assert f'id="table-{table.name}"' in page
    for kind in KINDS.values():
        assert f'id="kind-{kind.name}"' in page
        for facet in kind.facets:
            assert f"<code>{facet}</code>" in page
    for measure in measures:
        assert f"<code>{measure['code']}</code>" in page
        assert measure["words"].strip()
