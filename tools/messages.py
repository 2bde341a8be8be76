"""`make messages`: takes the sentences of pages, mails, doors and browser modules into every catalogue.

New sentences arrive without a translation, reworded ones marked as fuzzy with the old translation to start
from; neither is shown to anybody until a person has filled it in. What nobody says any more is dropped.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from bookshop.languages import CATALOGS, ENGLISH, LANGUAGES

SOURCES = [("**/templates/**.html", "jinja2"), ("**/templates/**.txt", "jinja2"), ("**.py", "python")]
OPTIONS = {"**/templates/**.html": {"trimmed": "true"}, "**/templates/**.txt": {"trimmed": "true"}}
# `mark` marks what is translated later; doors call their reader's gettext `words`.
KEYWORDS = DEFAULT_KEYWORDS | {"mark": None, "words": None}
WIDTH = 110


def main() -> None:
    template = sentences()
    for locale in TRANSLATED:
        path = catalog_path(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(updated(locale, template))
        catalog = read(locale)
        print(f"{locale}: {len(catalog)} sentences, {sum(map(is_missing, catalog))} to translate")


TRANSLATED = [locale for locale in LANGUAGES if locale != ENGLISH.locale]


def sentences() -> Catalog:
    """Every sentence of the sources, with the files that say it."""
    catalog = Catalog()
    found = extract_from_dir(CATALOGS.parent, SOURCES, OPTIONS, KEYWORDS, comment_tags=("Translators:",))
    # In order, because a machine lists its files as it likes.
    for file, _line, message, comments, context in sorted(found, key=lambda one: one[:2]):
        # Without line numbers: a catalogue changes when a sentence does, not when code moves.
        catalog.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return catalog


def updated(locale: str, template: Catalog) -> bytes:
    """The catalogue as it has to be for these sentences; the same bytes where nothing changed."""
    catalog = read(locale)
    catalog.update(template, update_creation_date=False)
    written = BytesIO()
    write_po(written, catalog, width=WIDTH, ignore_obsolete=True, sort_by_file=True, include_lineno=False)
    return written.getvalue()


def read(locale: str) -> Catalog:
    path = catalog_path(locale)
    if not path.exists():
        return Catalog(locale=locale, project="Bookshop", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def is_missing(message: Message) -> bool:
    """Whether some form of the sentence has no words, or words that nobody has looked at."""
    forms = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(message.id) and (message.fuzzy or not all(forms))


def catalog_path(locale: str) -> Path:
    return CATALOGS / locale / "LC_MESSAGES" / "messages.po"


if __name__ == "__main__":
    main()
