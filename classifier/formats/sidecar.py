"""The JSON sidecar: everything that is known of an item, beside the item; our own schema.

``sidecar.schema.json`` describes it (JSON Schema, draft 2020-12). ``version`` follows the schema:
the first number changes when a reader of the old one would be misled.
"""

import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any, Final

from classifier.errors import InputError
from classifier.formats.source import Source, line_and_column
from classifier.formats.tagging import Tagged, TaggedItem
from classifier.overrides import Override, parse_overrides
from classifier.policy import Policy
from classifier.taxonomy import CWARN_SCHEME, LEVEL_NAMES

VERSION: Final = "1.0"
#: What the name of a sidecar ends with, behind the whole name of the item.
SUFFIX: Final = ".forewarn.json"


def schema() -> dict[str, Any]:
    """The JSON Schema of a sidecar."""
    text = (files("classifier") / "formats" / "sidecar.schema.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


def sidecar(
    source: bytes | str,
    read: Source,
    tagged: Tagged,
    *,
    policy: Policy,
    model: str,
    overrides: Sequence[Override] = (),
) -> dict[str, Any]:
    """The sidecar of an item, as plain data."""
    data = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    return {
        "schema": "urn:forewarn:sidecar:1",
        "version": VERSION,
        "generator": {"name": "forewarn", "version": _version()},
        "source": {
            "name": read.name,
            "format": tagged.format,
            "encoding": read.encoding,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        },
        "model": {"digest": model},
        "policy": {"digest": policy.digest},
        "vocabulary": CWARN_SCHEME,
        "items": [item_dict(read, item) for item in tagged.items],
        "overrides": [override.to_dict() for override in overrides],
    }


def item_dict(read: Source, item: TaggedItem) -> dict[str, Any]:
    """One item: what was decided, by which rule, and where each sentence stands.

    ``start`` and ``end`` count code points of the text that was read (all fields joined);
    ``source`` gives the same place in the file, and ``line`` and ``column`` where it begins there.
    """
    verdict = item.verdict
    return {
        "id": item.key,
        "tags": list(verdict.tags),
        "why": dict(verdict.why),
        "levels": dict(verdict.levels),
        "level_names": {label: LEVEL_NAMES[label][n] for label, n in _pairs(verdict.levels)},
        "codes": [
            {
                "qcode": code.qcode,
                "uri": code.uri,
                "name": code.name,
                "tag": code.tag,
                "confidence": code.confidence,
            }
            for code in verdict.codes
        ],
        "assessed": verdict.document.assessed and item.problem is None,
        "not_assessed": item.problem or verdict.document.not_assessed,
        "counts": verdict.document.counts(),
        "notice": verdict.notice,
        "existing_warnings": dict(verdict.existing),
        "masks": list(verdict.masks),
        "overrides": [override.to_dict() for override in verdict.overrides],
        "sentences": [_sentence(read, item, n) for n in range(len(verdict.document.sentences))],
    }


def _sentence(read: Source, item: TaggedItem, number: int) -> dict[str, Any]:
    sentence = item.verdict.document.sentences[number]
    field, start, end = item.item.locate(sentence.start, sentence.end)
    line, column = line_and_column(read.text, start)
    return {
        **sentence.to_dict(),
        "field": field,
        "source": [start, end],
        "line": line,
        "column": column,
    }


def _pairs(levels: Any) -> list[tuple[Any, int]]:
    return list(levels.items())


def _version() -> str:
    import classifier

    return classifier.__version__


def sidecar_overrides(text: str | bytes, name: str) -> tuple[Override, ...]:
    """The editor's overrides that a sidecar carries; they outlive every new run."""
    try:
        data = json.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not {error.encoding} at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise InputError(f"{name}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from None
    if not isinstance(data, dict) or data.get("schema") != "urn:forewarn:sidecar:1":
        raise InputError(f"{name}: not a sidecar of forewarn (no schema urn:forewarn:sidecar:1)")
    overrides = data.get("overrides") or []
    if not isinstance(overrides, list):
        raise InputError(f"{name}: overrides must be a list, not {json.dumps(overrides)[:40]}")
    return parse_overrides(overrides, [name])
