"""The awkward pages of tests/pages, as (name, page, blocks that are read)."""

from pathlib import Path

FOLDER = Path(__file__).parent / "pages"


def awkward_pages() -> list[tuple[str, str, list[str]]]:
    text = (FOLDER / "awkward.txt").read_text(encoding="utf-8")
    pages = []
    for block in text.split("\n#### ")[1:]:
        name, _, rest = block.partition("\n")
        page, _, reads = rest.partition("\n====\n")
        blocks = [part.strip() for part in reads.strip("\n").split(" | ")]
        pages.append((name, page, [b for b in blocks if b]))
    return pages
