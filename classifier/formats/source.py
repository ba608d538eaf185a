"""bytes or str -> text and back, with every byte that we do not write kept as it was."""

import codecs
import re
from dataclasses import dataclass
from typing import Final

from classifier.errors import InputError

#: Items larger than this are refused unless the caller raises the limit: nothing that a desk
#: publishes is so large, and reading one takes some ten times its size in memory.
MAX_BYTES: Final = 64_000_000

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_XML_DECLARATION: Final = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_META: Final = re.compile(rb"""<meta[^>]+?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
#: Where browsers look for a charset; we look a little farther.
_META_WITHIN: Final = 4096
# What browsers read these labels as (WHATWG Encoding Standard, table of labels).
_BROWSER_LABELS: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "windows-1252": "cp1252",
    "x-cp1252": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "unicode": "utf-8",
    "utf-16": "utf-8",
    "utf-16le": "utf-8",
    "utf-16be": "utf-8",
    "x-user-defined": "cp1252",
}


#: A name of ASCII that is not among the browsers' labels.
_STRICT_ASCII: Final = "ansi_x3.4_1968"

# What people mean who say it of bytes without a mark; a page that calls itself so is UTF-8 instead.
_SAID: Final = {"utf-16": "utf-16-le", "utf16": "utf-16-le", "utf-32": "utf-32-le"}


@dataclass(frozen=True, slots=True)
class Source:
    """The text of an item, and what is needed to turn an edited text into the same kind again."""

    text: str
    #: None when a str was given
    encoding: str | None
    #: The byte order mark in front, of the kind that was given
    bom: bytes | str
    #: How messages call it
    name: str

    def encode(self, text: str) -> bytes | str:
        """``text`` as the kind that was given: the same encoding, the same mark in front."""
        if isinstance(self.bom, str) or self.encoding is None:
            return str(self.bom) + text
        try:
            return self.bom + text.encode(self.encoding, _errors(self.encoding))
        except UnicodeEncodeError as error:
            raise InputError(
                f"{self.name}: the wording of the notice cannot be written in {self.encoding} "
                f"(character {error.object[error.start]!r})"
            ) from None

    def where(self, offset: int) -> str:
        """``name:line:column`` of a place in the text, both from 1."""
        line, column = line_and_column(self.text, offset)
        return f"{self.name}:{line}:{column}"

    def error(self, offset: int, message: str) -> InputError:
        return InputError(f"{self.where(offset)}: {message}")


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of ``offset``, from 1, counted in characters."""
    before = text.rfind("\n", 0, offset)
    return text.count("\n", 0, offset) + 1, offset - before


def read_source(
    source: bytes | str,
    *,
    name: str = "<input>",
    encoding: str | None = None,
    max_bytes: int = MAX_BYTES,
) -> Source:
    """Decode ``source`` by its byte order mark, ``encoding``, what it declares, or as UTF-8.

    Raises :class:`InputError` with the byte offset when the bytes are not of that encoding; it
    never guesses, because a wrong guess changes words.
    """
    if isinstance(source, str):
        check_size(len(source), name, max_bytes)
        mark = "\ufeff" if source.startswith("\ufeff") else ""
        return Source(source[len(mark) :], None, mark, name)
    if not isinstance(source, bytes | bytearray | memoryview):
        raise TypeError(f"source must be bytes or str, not {type(source).__name__}")
    data = bytes(source)
    check_size(len(data), name, max_bytes)
    bom, declared = _declared(data)
    used, why = (declared, "its byte order mark says") if bom else (None, "")
    if not used and encoding:
        used, why = _codec(_SAID.get(encoding.strip().lower(), encoding), name), "you said"
    if not used:
        label = _label(data)
        used, why = (
            (_codec(label, name), "it declares") if label else ("utf-8", "it declares nothing, so")
        )
    try:
        text = data[len(bom) :].decode(used, _errors(used))
    except UnicodeDecodeError as error:
        offset = len(bom) + error.start
        before = data[len(bom) : offset].decode(used, "replace")
        line, column = line_and_column(before, len(before))
        raise InputError(
            f"{name}:{line}:{column}: not {used} at byte {offset} (0x{data[offset]:02x}; {why} "
            f"{used}); give the right one with --encoding"
        ) from None
    kept = Source(text, used, bom, name)
    if kept.encode(text) != data:
        raise InputError(
            f"{name}: {used} with byte sequences that cannot be written back as they were; "
            f"convert it to UTF-8 first"
        )
    return kept


def check_size(size: int, name: str, max_bytes: int) -> None:
    """Refuse what is too large before it is read."""
    if size > max_bytes:
        raise too_large(name, max_bytes, size)


def too_large(name: str, max_bytes: int, size: int | None = None) -> InputError:
    """The refusal of a file; ``size`` is None where nobody has counted to the end."""
    said = "" if size is None else f"{_megabytes(size)} is "
    return InputError(
        f"{name}: {said}more than the limit of {_megabytes(max_bytes)} for one file; raise it with "
        f"--max-size MB (max_bytes in Python), or cut the file up"
    )


def _megabytes(size: int) -> str:
    # To the byte, lest 64.000001 MB be called more than 64 MB.
    return f"{size / 1e6:,.6f}".rstrip("0").rstrip(".") + " MB"


def _declared(data: bytes) -> tuple[bytes, str | None]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return mark, encoding
    return b"", None


def _label(data: bytes) -> str | None:
    """The charset that XML or HTML bytes declare for themselves."""
    if data[:4] == b"<\0\0\0":
        return "utf-32-le"
    if data[:4] == b"\0\0\0<":
        return "utf-32-be"
    if data[:2] == b"<\0":
        return "utf-16-le"
    if data[:2] == b"\0<":
        return "utf-16-be"
    head = data[:_META_WITHIN]
    if match := _XML_DECLARATION.match(head):
        said = match.group(1).decode("ascii")
        # To a browser ASCII is windows-1252; to XML a byte beyond it is a mistake to be named.
        return _STRICT_ASCII if said.lower() in ("ascii", "us-ascii") else said
    if head.lstrip()[:1] == b"<" and (match := _META.search(_COMMENT.sub(b"", head))):
        return match.group(1).decode("ascii")
    return None


def _codec(label: str, name: str) -> str:
    wanted = label.strip().lower()
    if wanted in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        return wanted
    try:
        return codecs.lookup(_BROWSER_LABELS.get(wanted, wanted)).name
    except LookupError:
        raise InputError(f"{name}: unknown encoding {label!r}; give one with --encoding") from None


# Five bytes of windows-1252 have no character; browsers read them as the C1 controls.
_HOLES: Final = {0x81, 0x8D, 0x8F, 0x90, 0x9D}


def _errors(encoding: str) -> str:
    return "forewarn-c1" if encoding == "cp1252" else "strict"


def _c1(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError) and error.object[error.start] in _HOLES:
        return chr(error.object[error.start]), error.start + 1
    if isinstance(error, UnicodeEncodeError) and ord(error.object[error.start]) in _HOLES:
        return bytes([ord(error.object[error.start])]), error.start + 1
    raise error


codecs.register_error("forewarn-c1", _c1)
