"""Everything there is to learn from, as rows with a group that cross-validation keeps together."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from training import corpus, labels
from training.labels import Row
from training.sources import documents

#: Neighbouring lines of our corpus are often contrasts on one incident: they share a fold.
NEIGHBOURS = 8


def own_rows() -> list[Row]:
    """Our own corpus, validated."""
    return corpus.load_corpus()


def source_rows(
    folder: Path, names: Sequence[str] | None = None
) -> tuple[list[Row], dict[str, tuple[int, int]]]:
    """Our labels joined to the text of the sources in ``folder``; matched and all, by source."""
    loaded = [
        label
        for label in labels.load(labels.label_files())
        if names is None or label.source in names
    ]
    wanted = labels.sources_of(label.source for label in loaded)
    joined = labels.join(loaded, documents(folder, wanted))
    asked = Counter(label.source for label in loaded)
    matched = Counter(row.source for row in joined.rows)
    return joined.rows, {name: (matched[name], asked[name]) for name in sorted(asked)}


def distinct(rows: Sequence[Row]) -> list[Row]:
    """The first row of each text; case and white space do not make two."""
    seen: set[str] = set()
    kept = []
    for row in rows:
        key = labels.collapsed(row.text).casefold()
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def group_of(row: Row) -> str:
    """What a fold keeps together: a document, or a neighbourhood of our corpus."""
    if row.source == corpus.SOURCE:
        path, line = row.origin.rsplit(":", 1)
        return f"own|{Path(path).stem}|{int(line) // NEIGHBOURS}"
    return document_group(row.source, row.document)


def document_group(source: str, document: str) -> str:
    """The group of what stands in a document of a public source."""
    return f"{source}|{document}"


def source_of(group: str) -> str:
    """The source that a group is of."""
    return group.split("|", 1)[0]


def fold_of(group: str, folds: int) -> int:
    """The fold of a group, the same on every machine and whatever the other rows are."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % folds
