"""The catalogue file: what its editor gets wrong is told with the place, never as a traceback."""

from pathlib import Path

import pytest

from bookshop.books import FIRST_CATALOG, CatalogError, read_catalog
from bookshop.money import Money

BOOK = {
    "slug": '"a-book"',
    "title": '"A"',
    "author": '"B"',
    "description": '"C"',
    "prices": '{ sgd = "23.00" }',
}


def written(where: Path, *books: dict[str, str]) -> Path:
    tables = ["[[books]]\n" + "".join(f"{key} = {value}\n" for key, value in book.items()) for book in books]
    path = where / "catalog.toml"
    path.write_text("\n".join(tables), encoding="utf-8")
    return path


def test_the_first_catalogue() -> None:
    """Three books, at the prices that the shop opened with, each in the same eight currencies."""
    catalog = read_catalog(FIRST_CATALOG)
    assert {entry.slug: entry.money[0] for entry in catalog.books} == {
        "the-art-of-doing-science-and-engineering": Money(2300, "sgd"),
        "the-making-of-prince-of-persia": Money(2500, "sgd"),
        "working-in-public": Money(2800, "sgd"),
    }
    eight = ["eur", "gbp", "jpy", "krw", "kwd", "myr", "sgd", "usd"]
    assert [sorted(entry.prices) for entry in catalog.books] == [eight] * 3


def test_several_currencies(tmp_path: Path) -> None:
    """A price list has a price in each currency, each with that currency's decimals."""
    book = BOOK | {"prices": '{ sgd = "23.00", jpy = "2500", kwd = "5.250" }'}
    (entry,) = read_catalog(written(tmp_path, book)).books
    assert entry.money == [Money(2300, "sgd"), Money(2500, "jpy"), Money(5250, "kwd")]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("slug", '"A Book"', "books.0.slug"),
        ("slug", '"../etc/passwd"', "books.0.slug"),
        ("title", '""', "books.0.title"),
        ("title", '"  "', "books.0.title"),
        ("title", '"a\\u0000b"', "books.0.title"),
        ("description", '"a\\u0000b"', "books.0.description"),
        ("author", "5", "books.0.author"),
        ("stock", "-1", "books.0.stock"),
        ("stock", "1.5", "books.0.stock"),
        ("stock", '"12"', "books.0.stock"),
        ("stock", "1000001", "books.0.stock"),
        ("prices", "{}", "books.0.prices"),
        ("prices", '{ sgd = "abc" }', "abc"),
        ("prices", '{ sgd = "NaN" }', "NaN"),
        ("prices", '{ sgd = "Infinity" }', "Infinity"),
        ("prices", '{ sgd = "0" }', "0"),
        ("prices", '{ sgd = "-1.00" }', "-1.00"),
        ("prices", '{ sgd = "1000000.00" }', "1000000.00"),
        ("prices", '{ eur = "0.49" }', "0.50 to 999999.99 EUR"),
        ("prices", '{ jpy = "49" }', "50 to 99999999 JPY"),
        ("prices", '{ kwd = "100000.000" }', "0.010 to 99999.990 KWD"),
        ("prices", '{ sgd = "23.005" }', "decimals"),
        ("prices", '{ jpy = "23.50" }', "decimals"),
        ("prices", "{ sgd = 23.00 }", "books.0.prices.sgd"),
        ("prices", '{ SGD = "23.00" }', "books.0.prices.SGD"),
        ("prices", '{ sgx = "23.00" }', "sgx"),
        ("pirces", '{ sgd = "23.00" }', "books.0.pirces"),
    ],
)
def test_slips_are_told_with_their_place(tmp_path: Path, field: str, value: str, told: str) -> None:
    """The message names the file and what is wrong in it."""
    path = written(tmp_path, BOOK | {field: value})
    with pytest.raises(CatalogError) as error:
        read_catalog(path)
    assert str(path) in str(error.value)
    assert told in str(error.value)


def test_two_books_under_one_slug(tmp_path: Path) -> None:
    """Copied and not renamed: which of the two would be sold is not ours to choose."""
    with pytest.raises(CatalogError, match="share the slug a-book"):
        read_catalog(written(tmp_path, BOOK, BOOK))


@pytest.mark.parametrize(
    "content", [b"", b"books = 5", b"books = []", b"[[books]", b"\xff\xfe", b"other = 1"]
)
def test_files_that_are_no_catalogue(tmp_path: Path, content: bytes) -> None:
    """Empty, broken and foreign files."""
    path = tmp_path / "catalog.toml"
    path.write_bytes(content)
    with pytest.raises(CatalogError, match=r"catalog\.toml"):
        read_catalog(path)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    """The path itself is named."""
    for path in (tmp_path / "nowhere.toml", tmp_path):
        with pytest.raises(CatalogError, match=str(path)):
            read_catalog(path)
