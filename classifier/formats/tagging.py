"""tag and untag: read, predict, judge, mask, write - the same way for every format."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from classifier.errors import InputError
from classifier.formats.item import Format, Item, Stripped
from classifier.formats.receipt import Receipt
from classifier.formats.registry import find_format
from classifier.formats.source import MAX_BYTES, Source, line_and_column, read_source
from classifier.formats.splice import Edit, before, splice
from classifier.formats.verdict import Verdict, judge
from classifier.overrides import Override, from_line
from classifier.policy import Policy, decide, load_policy
from classifier.results import Document
from classifier.taxonomy import LABELS, Levels

if TYPE_CHECKING:
    from classifier.predict import Classifier

Documents = Document | Sequence[Document]
#: What an item with nothing to read is predicted as.
EMPTY: Final = Document((), {"violence": 0, "profanity": 0}, ())


@dataclass(frozen=True, slots=True)
class Flag:
    """A sentence that was flagged, and where it stands in the source."""

    field: str
    text: str
    levels: Levels
    start: int
    end: int
    line: int
    column: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "field": self.field,
            "text": self.text,
            "levels": dict(self.levels),
            "start": self.start,
            "end": self.end,
            "line": self.line,
            "column": self.column,
        }


@dataclass(frozen=True, slots=True)
class TaggedItem:
    """One item of the source: what was decided and where it was found."""

    key: str
    verdict: Verdict
    flags: tuple[Flag, ...]
    item: Item
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """The outcome of :func:`tag_item`: what to write, and what is to be said about it."""

    output: bytes | str
    format: str
    items: tuple[TaggedItem, ...]
    #: Words that were masked now, as they look in the output
    masked: tuple[str, ...] = ()


def read_items(
    source: bytes | str,
    *,
    format: str | None = None,
    name: str = "<input>",
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> list[Item]:
    """The items of a source, as they are read for judging: our own notice left out."""
    read = read_source(source, name=name, encoding=encoding, max_bytes=max_bytes)
    chosen = find_format(read, format)
    stripped = chosen.strip(read)
    items = chosen.read(_with_text(read, stripped.text))
    _place(items, read, stripped)
    return items


def tag(
    source: bytes | str,
    document: Documents | None = None,
    *,
    format: str | None = None,
    classifier: "Classifier | None" = None,
    policy: object = None,
    overrides: Sequence[Override] = (),
    name: str = "<input>",
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> bytes | str:
    """``source`` with content warnings where its format has a place for them; same kind out.

    ``document`` is a prediction made on the text of the item (one for each item of a feed); left
    out, ``classifier`` (or the shipped model) predicts. What has nothing to warn of comes back as
    it is, what was tagged before is tagged anew, and every byte that is not ours stays.
    """
    return tag_item(
        source,
        document,
        format=format,
        classifier=classifier,
        policy=policy,
        overrides=overrides,
        name=name,
        encoding=encoding,
        max_bytes=max_bytes,
    ).output


def tag_item(
    source: bytes | str,
    document: Documents | None = None,
    *,
    format: str | None = None,
    classifier: "Classifier | None" = None,
    policy: object = None,
    overrides: Sequence[Override] = (),
    name: str = "<input>",
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
    write: bool = True,
) -> Tagged:
    """Like :func:`tag`, with everything that is to be said about the result.

    Without ``write`` nothing is written or masked, and the output is the source.
    """
    given = read_source(source, name=name, encoding=encoding, max_bytes=max_bytes)
    chosen = find_format(given, format)
    stripped = chosen.strip(given)
    plain = _with_text(given, stripped.text)
    house = _policy(policy, classifier)
    items = chosen.read(plain)
    if write:
        refuse_broken(items)
    if document is None and classifier is None and any(item.text for item in items):
        from classifier.predict import load

        classifier = load(policy=house)
    documents = _documents(items, document, classifier, policy, house, name)
    model = model_digest(classifier)
    edits, masks = _masking(chosen, plain, items, documents, house) if write else ([], ())
    verdicts = []
    for number, (item, predicted) in enumerate(zip(items, documents, strict=True)):
        earlier = stripped.receipts[number] if number < len(stripped.receipts) else None
        verdicts.append(
            judge(
                predicted,
                house,
                overrides=_overrides(item, name, overrides, earlier),
                earlier=earlier,
                masks=masks if number == 0 else (),
                warnings=[item.text, *item.around],
                model=model,
            )
        )
    if write:
        edits += chosen.write(plain, items, verdicts, house)
    text = splice(plain.text, edits) if edits else plain.text
    unchanged = not write or text == given.text
    _place(items, given, stripped)
    tagged = tuple(
        TaggedItem(
            item.key, verdict, tuple(_flags(given, item, verdict.document)), item, item.problem
        )
        for item, verdict in zip(items, verdicts, strict=True)
    )
    return Tagged(source if unchanged else given.encode(text), chosen.name, tagged, masks)


def untag(
    source: bytes | str,
    *,
    format: str | None = None,
    name: str = "<input>",
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> bytes | str:
    """``source`` without the warnings that we wrote: byte for byte what it was before.

    Raises :class:`InputError` when words were masked, because those cannot be brought back.
    """
    given = read_source(source, name=name, encoding=encoding, max_bytes=max_bytes)
    chosen = find_format(given, format)
    stripped = chosen.strip(given)
    if stripped.text != given.text:
        refuse_broken(chosen.read(given))
    masks = [mask for receipt in stripped.receipts if receipt for mask in receipt.masks]
    if masks:
        raise InputError(
            f"{name}: cannot untag: words were masked and cannot be brought back: "
            f"{', '.join(masks)}; take the original instead"
        )
    return source if stripped.text == given.text else given.encode(stripped.text)


def _place(items: Sequence[Item], given: Source, stripped: Stripped) -> None:
    """Let the items tell places in the source that was given, with ours still in it."""
    if stripped.edits:
        whole = before(given.text, stripped.edits)
        for item in items:
            item.moved(whole)


def refuse_broken(items: Sequence[Item]) -> None:
    """Raise :class:`InputError` that names every item that is broken: nothing is then written."""
    if problems := [item.problem for item in items if item.problem]:
        said = [f"{problem}; nothing is written until it is mended" for problem in problems]
        raise InputError("\n".join(said))


def _with_text(source: Source, text: str) -> Source:
    return source if text == source.text else Source(text, source.encoding, source.bom, source.name)


def _policy(policy: object, classifier: "Classifier | None") -> Policy:
    if policy is None and classifier is not None:
        own = getattr(classifier, "policy", None)
        if isinstance(own, Policy):
            return own
    return load_policy(policy)  # type: ignore[arg-type]


def _documents(
    items: Sequence[Item],
    document: Documents | None,
    classifier: "Classifier | None",
    policy: object,
    house: Policy,
    name: str,
) -> list[Document]:
    if document is not None:
        given = [document] if isinstance(document, Document) else list(document)
        if len(given) != len(items):
            raise ValueError(
                f"{name} has {len(items)} items, but {len(given)} documents were given"
            )
        return given
    if not any(item.text for item in items):
        return [EMPTY] * len(items)
    assert classifier is not None
    predicted = list(classifier.predict_many([item.text for item in items]))
    if policy is not None and getattr(classifier, "policy", house) != house:
        predicted = [_decided_by(house, document) for document in predicted]
    return predicted


def _decided_by(house: Policy, document: Document) -> Document:
    """The document with the tags that another policy gives it."""
    tags, why = decide(house, [sentence.levels for sentence in document.sentences])
    return Document(document.sentences, document.levels, tags, document.not_assessed, why)


def model_digest(classifier: object) -> str:
    """SHA-256 of what a model says of itself, the digest of its arrays included."""
    for holder in (classifier, getattr(classifier, "model", None)):
        digest = getattr(holder, "digest", None)
        if isinstance(digest, str):
            return digest
        metadata = getattr(holder, "metadata", None)
        if isinstance(metadata, dict):
            said = json.dumps(metadata, sort_keys=True, default=str)
            return hashlib.sha256(said.encode()).hexdigest()
    return ""


def _overrides(
    item: Item, name: str, given: Sequence[Override], earlier: Receipt | None
) -> list[Override]:
    """The overrides for this item: those given, then those that its receipt carries."""
    names = [n for n in (item.key, name, name.replace("\\", "/").rpartition("/")[2]) if n]
    found = {o.tag: o for o in given if o.concerns(*names)}
    for line in earlier.overrides if earlier else ():
        carried = from_line(line, item.key or name)
        if carried is not None:
            found.setdefault(carried.tag, carried)
    return list(found.values())


def _masking(
    chosen: Format,
    plain: Source,
    items: Sequence[Item],
    documents: Sequence[Document],
    house: Policy,
) -> tuple[list[Edit], tuple[str, ...]]:
    if house.mask_style == "none":
        return [], ()
    if not chosen.masks:
        raise InputError(
            f"{plain.name}: words are masked in text, Markdown and HTML only, not in {chosen.name}"
        )
    from classifier.masking import mask_edits

    return mask_edits(items[0], documents[0], house, escape_stars=chosen.name == "markdown")


def _flags(source: Source, item: Item, document: Document) -> list[Flag]:
    found = []
    for sentence in document.sentences:
        if any(sentence.levels[label] for label in LABELS):
            field, start, end = item.locate(sentence.start, sentence.end)
            line, column = line_and_column(source.text, start)
            found.append(Flag(field, sentence.text, sentence.levels, start, end, line, column))
    return found
