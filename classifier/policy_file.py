"""Policy files: TOML read into checked settings, every mistake named with its line."""

import os
import re
import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from classifier.errors import PolicyError
from classifier.taxonomy import LABELS, TAGS

#: The shipped profiles; ``default`` is another name for the first.
PROFILES: Final = ("wire", "uk-broadcast", "us-family", "fediverse")
_MAX_DEPTH: Final = 8

Settings = dict[str, Any]
Path_ = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting may be: its type and, by type, its range, its choices or its placeholders."""

    name: str
    low: float = 0
    high: float = 1
    choices: tuple[str, ...] = ()
    length: int | None = None

    def complaint(self, value: object) -> str | None:
        """Why ``value`` is not of this kind, or None."""
        return getattr(self, "_" + self.name)(value)  # type: ignore[no-any-return]

    def _text(self, value: object) -> str | None:
        return None if isinstance(value, str) else f"must be a text, not {_said(value)}"

    def _switch(self, value: object) -> str | None:
        return None if isinstance(value, bool) else f"must be true or false, not {_said(value)}"

    def _whole(self, value: object) -> str | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return f"must be a whole number, not {_said(value)}"
        return self._in_range(value)

    def _number(self, value: object) -> str | None:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return f"must be a number, not {_said(value)}"
        return self._in_range(value)

    def _in_range(self, value: float) -> str | None:
        if self.low <= value <= self.high:
            return None
        return f"must be {self.low:g} to {self.high:g}, not {value!r}"

    def _choice(self, value: object) -> str | None:
        if value in self.choices:
            return None
        return f"must be one of {_listed(self.choices)}, not {_said(value)}"

    def _texts(self, value: object) -> str | None:
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            return f"must be a list of texts, not {_said(value)}"
        if self.length is not None and len(value) != self.length:
            return f"must have {self.length} texts, not {len(value)}"
        if self.choices and (strange := [v for v in value if v not in self.choices]):
            return f"may hold {_listed(self.choices)}, not {_said(strange[0])}"
        return None if all(value) else "must not hold an empty text"

    def _template(self, value: object) -> str | None:
        if not isinstance(value, str):
            return f"must be a text, not {_said(value)}"
        try:
            names = {name for _, name, _, _ in string.Formatter().parse(value) if name is not None}
        except ValueError:
            return "has a brace without its partner; placeholders are written {what}"
        if strange := names - set(self.choices):
            known = " and ".join(f"{{{choice}}}" for choice in self.choices)
            return f"has the unknown placeholder {{{min(strange)}}}; there are {known}"
        return None if not value or "what" in names else "must hold the placeholder {what}"


_LEVEL = Kind("whole", 0, 3)
_SHARE = Kind("number", 0, 1)
_TEXT = Kind("text")
_SWITCH = Kind("switch")
_PHRASES = Kind("texts", length=3)

#: Every setting there is; ``*`` stands for any key.
KINDS: Final[dict[Path_, Kind]] = {
    ("extends",): _TEXT,
    ("description",): _TEXT,
    ("exceptions",): Kind("texts"),
    ("minimum_known",): _SHARE,
    **{("tags", tag): _LEVEL for tag in TAGS},
    ("piling", "level"): Kind("whole", 1, 3),
    ("piling", "sentences"): Kind("whole", 0, 1000),
    ("piling", "share"): _SHARE,
    **{("thresholds", label, str(cut)): _SHARE for label in LABELS for cut in (1, 2, 3)},
    ("words", "*"): _LEVEL,
    ("notice", "language"): _TEXT,
    ("notice", "lead"): _TEXT,
    ("notice", "sentence"): Kind("template", choices=("item", "what")),
    ("notice", "item"): _TEXT,
    ("notice", "join"): _TEXT,
    ("notice", "violence"): _PHRASES,
    ("notice", "profanity"): _PHRASES,
    ("notice", "eds"): Kind("template", choices=("item", "what")),
    ("notice", "eds_join"): _TEXT,
    ("notice", "eds_violence"): _TEXT,
    ("notice", "eds_profanity"): _TEXT,
    ("notice", "details"): Kind("template", choices=("what",)),
    ("notice", "details_violence"): _TEXT,
    ("notice", "details_profanity"): _TEXT,
    ("text", "place"): Kind("choice", choices=("notice",)),
    ("markdown", "place"): Kind("choice", choices=("notice", "front-matter", "both")),
    ("html", "place"): Kind("choice", choices=("article-start", "after-headline")),
    ("html", "css_class"): _TEXT,
    ("html", "wrap"): _SWITCH,
    ("html", "json_ld"): _SWITCH,
    ("html", "content_rating"): _SWITCH,
    ("html", "not_family_friendly"): _LEVEL,
    ("ninjs", "rel"): _TEXT,
    ("ninjs", "role"): _TEXT,
    ("ninjs", "ed_note"): _SWITCH,
    ("newsml", "prefix"): _TEXT,
    ("newsml", "ed_note"): _SWITCH,
    ("newsml", "rating"): _SWITCH,
    ("newsml", "scale"): _TEXT,
    ("newsml", "rater"): _TEXT,
    ("feed", "notice"): _SWITCH,
    ("activitypub", "sensitive"): Kind("texts", choices=tuple(TAGS)),
    ("iptc", "death"): _SWITCH,
    ("iptc", "suffering"): _SWITCH,
    ("iptc", "death_words"): Kind("texts"),
    ("iptc", "suffering_words"): Kind("texts"),
    ("mask", "style"): Kind("choice", choices=("none", "hyphen", "asterisk", "bracket")),
    ("mask", "level"): Kind("whole", 1, 3),
}
_TABLES: Final = {path[:depth] for path in KINDS for depth in range(1, len(path))}


def read_settings(source: str | os.PathLike[str] | Mapping[str, Any] | None) -> Settings:
    """The effective settings: the file's own, laid over those of the profiles it extends.

    Raises :class:`PolicyError` that lists all mistakes of a file at once.
    """
    return _effective(source, ())


@dataclass(frozen=True, slots=True)
class _File:
    """Settings as they were written, and where: the line of each key, the folder of the file."""

    settings: Settings
    #: How messages call it
    shown: str
    lines: Mapping[Path_, int]
    #: None for what is no file of the house's own
    path: Path | None = None

    def complaint(self, line: int | None, text: str) -> str:
        return f"{self.shown}: {text}" if not self.lines else f"{self.shown}:{line or 1}: {text}"


def _effective(
    source: str | os.PathLike[str] | Mapping[str, Any] | None, chain: tuple[Path, ...]
) -> Settings:
    """The settings of ``source``, which the files of ``chain`` extend, one after the other."""
    file = _given(source) if isinstance(source, Mapping) else _read(source, chain)
    _refuse_circle(file, chain)
    mistakes = list(_mistakes(file.settings, file.lines))
    base: Settings = {}
    extends = file.settings.get("extends", "wire")
    is_root = file.path is None and source in (None, "wire", "default")
    if not is_root and isinstance(extends, str):
        try:
            base = _effective(extends, (*chain, file.path) if file.path else chain)
        except PolicyError as error:
            line = file.lines.get(("extends",))
            mistakes += [(line, f"extends: {said}") for said in str(error).splitlines()]
    _refuse(file, mistakes)
    return _laid_over(base, {k: v for k, v in file.settings.items() if k != "extends"})


def lay_over(base: Settings, changes: Mapping[str, Any]) -> Settings:
    """``base`` with ``changes`` on top, which are checked as a file's keys are."""
    file = _given(changes)
    _refuse(file, _mistakes(file.settings, file.lines))
    return _laid_over(base, file.settings)


def _given(source: Mapping[str, Any]) -> _File:
    return _File(_plain(source), "policy", {})


def _refuse(file: _File, mistakes: Iterable[tuple[int | None, str]]) -> None:
    """Raise :class:`PolicyError` if there are mistakes, with all of them in order of line."""
    found = sorted(mistakes, key=lambda item: item[0] or 0)
    if found:
        raise PolicyError("\n".join(file.complaint(line, text) for line, text in found))


def _refuse_circle(file: _File, chain: tuple[Path, ...]) -> None:
    """Raise :class:`PolicyError` when the files of ``chain`` have led back to one of them."""
    if file.path is None:
        return
    # The same file may be named in two ways.
    places = [os.path.realpath(path) for path in (*chain, file.path)]
    if places[-1] in places[:-1]:
        way = " -> ".join(path.name for path in (*chain, file.path)[places.index(places[-1]) :])
        raise PolicyError(
            f"{file.shown}: a circle ({way}); let one of them extend a shipped profile "
            f"({_listed(PROFILES)})"
        )
    if len(chain) > _MAX_DEPTH:
        raise PolicyError(f"{file.shown}: more than {_MAX_DEPTH} files extend one another")


def _read(source: str | os.PathLike[str] | None, chain: tuple[Path, ...]) -> _File:
    """One file: a shipped profile, or a path, which is looked for beside the file that names it."""
    name = "wire" if source is None or source == "default" else source
    if isinstance(name, str) and name in PROFILES:
        shipped = Path(__file__).with_name("policies") / f"{name}.toml"
        text = shipped.read_text(encoding="utf-8")
        return _parsed(text, f"policies/{name}.toml", None)
    path = (chain[-1].parent if chain else Path()) / Path(name).expanduser()
    try:
        data = path.read_bytes()
    except OSError as error:
        near = _close(str(name), PROFILES)
        hint = f" (did you mean {near[0]!r}?)" if near else ""
        raise PolicyError(
            f"no policy {str(name)!r}{hint}: neither a shipped profile ({_listed(PROFILES)}) "
            f"nor a readable file ({path}: {error.strerror or error})"
        ) from None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{path}:{line}: not UTF-8 at byte {error.start}") from None
    return _parsed(text, str(path), path)


def _parsed(text: str, shown: str, path: Path | None) -> _File:
    try:
        return _File(tomllib.loads(text), shown, key_lines(text), path)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(toml_mistake(shown, error)) from None


def toml_mistake(shown: str, error: tomllib.TOMLDecodeError) -> str:
    """What is wrong with the TOML of a file, and on which line of it."""
    said = str(error)
    place = re.search(r" \(at line (\d+), column (\d+)\)$", said)
    if not place:
        return f"{shown}: not TOML: {said}"
    return f"{shown}:{place[1]}:{place[2]}: not TOML: {said[: place.start()]}"


def _mistakes(
    settings: Settings, lines: Mapping[Path_, int], above: Path_ = ()
) -> Iterator[tuple[int | None, str]]:
    for key, value in settings.items():
        path = (*above, key)
        named = ".".join(path)
        if path in _TABLES:
            if isinstance(value, Mapping):
                yield from _mistakes(dict(value), lines, path)
            else:
                said = f"{named} must be a table, written [{named}], not {_said(value)}"
                yield _line_of(path, lines), said
            continue
        kind = KINDS.get(path) or KINDS.get((*above, "*"))
        if kind is None:
            yield _line_of(path, lines), f"unknown key {named!r}{_nearest(path)}"
        elif complaint := kind.complaint(value):
            yield _line_of(path, lines), f"{named} {complaint}"


def _line_of(path: Path_, lines: Mapping[Path_, int]) -> int | None:
    """The line of the key, else of the first key under it, else of the table around it."""
    under = [line for known, line in lines.items() if known[: len(path)] == path]
    if under:
        return min(under)
    return _line_of(path[:-1], lines) if len(path) > 1 else None


def _close(word: str, known: Sequence[str], least: float = 0.6) -> list[str]:
    """The word of ``known`` that is meant, if one is like it."""
    import difflib  # for mistakes alone: a policy without one is read at every start

    return difflib.get_close_matches(word, known, n=1, cutoff=least)


def _nearest(path: Path_) -> str:
    siblings = {known[len(path) - 1] for known in KINDS if known[: len(path) - 1] == path[:-1]}
    if near := _close(path[-1], sorted(siblings - {"*"}), 0.5):
        return f" (did you mean {'.'.join((*path[:-1], near[0]))!r}?)"
    everywhere = {".".join(known) for known in KINDS if known[-1] == path[-1]}
    if everywhere:
        return f" (did you mean {min(everywhere)!r}?)"
    if near := _close(path[-1], sorted({p[-1] for p in KINDS} - {"*"})):
        whole = min(".".join(known) for known in KINDS if known[-1] == near[0])
        return f" (did you mean {whole!r}?)"
    return f" (known here: {', '.join(sorted(siblings))})"


_HEADER = re.compile(r"^\s*\[\[?([^\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")
_QUIET = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' r"'''.*?'''|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'|" r"#[^\n]*",
    re.DOTALL,
)


def key_lines(text: str) -> dict[Path_, int]:
    """Line (from 1) of each table and key of a TOML text; tomllib does not tell.

    >>> key_lines('a = 1\\n[b]\\n"c d".e = 2\\n')
    {('a',): 1, ('b',): 2, ('b', 'c d', 'e'): 3}
    """
    # Strings and comments of several lines are emptied, so that no key is seen inside them.
    plain = _QUIET.sub(lambda m: _hollow(m.group()), text)
    found: dict[Path_, int] = {}
    table: Path_ = ()
    depth = 0
    for number, (line, hollow) in enumerate(
        zip(text.split("\n"), plain.split("\n"), strict=True), start=1
    ):
        if depth == 0:
            if header := _HEADER.match(line):
                table = _parts(header.group(1))
                found.setdefault(table, number)
                continue
            if hollow.strip() and (key := _KEY.match(line)):
                found.setdefault((*table, *_parts(key.group(1))), number)
        depth += sum(hollow.count(c) for c in "[{") - sum(hollow.count(c) for c in "]}")
    return found


def _hollow(quiet: str) -> str:
    return quiet[0] + "\n" * quiet.count("\n") if quiet[0] != "#" else ""


def _parts(dotted: str) -> Path_:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _laid_over(base: Settings, own: Settings) -> Settings:
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        merged[key] = (
            _laid_over(below, value)
            if isinstance(below, dict) and isinstance(value, dict)
            else value
        )
    return merged


def _plain(value: Mapping[str, Any]) -> Settings:
    return {
        str(key): _plain(item) if isinstance(item, Mapping) else item for key, item in value.items()
    }


def _said(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(repr(name) for name in names)
