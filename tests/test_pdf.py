"""Documents are made here alone, the same each time."""

from ops import pdf

PAGE = "<!doctype html><html lang=en><title>Release</title><h1>Arrests</h1>{}</html>"


def test_the_same_page_gives_the_same_bytes():
    made = pdf.render(PAGE.format("<p>£12</p>"))

    assert made.startswith(b"%PDF-")
    assert pdf.render(PAGE.format("<p>£12</p>")) == made


def test_a_document_reads_no_file_and_asks_nobody(tmp_path):
    secret = tmp_path / "secret.svg"
    secret.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>secret</text></svg>")

    made = pdf.render(PAGE.format(f"<img alt='' src='file://{secret}'>"))

    assert made == pdf.render(PAGE.format("<img alt='' src='file:///nothing'>"))
