"""What is printed for people: tables that are plain when piped."""

import sys
from collections.abc import Sequence
from typing import Any, Final, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from classifier.evaluate.judged import Judged, Totals
from classifier.results import Sentence
from classifier.taxonomy import CUTS, LABELS, LEVEL_NAMES

#: Width where there is no terminal to ask.
PIPED: Final = 180

#: Flagged sentences are listed one by one for so many documents; more would scroll away.
LISTED: Final = 5

#: Sentences from which on a rate says more about the reading than about the start.
RATED: Final = 1000

_STYLE: Final = {"violence": "red", "profanity": "magenta"}


def console(stream: TextIO | None = None) -> Console:
    """For the stream (standard output): coloured on a terminal, plain and wide when piped."""
    stream = stream or sys.stdout
    return Console(
        file=stream,
        width=None if stream.isatty() else PIPED,
        highlight=False,
        soft_wrap=False,
        emoji=False,
        markup=False,
    )


def table(out: Console, title: str) -> Table:
    """A table in the manner of all of ours."""
    return Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD if out.is_terminal else box.SIMPLE_HEAD if _unicode(out) else box.ASCII,
        pad_edge=False,
        show_edge=False,
    )


def _unicode(out: Console) -> bool:
    return (out.encoding or "").lower().startswith("utf")


# --- New text -------------------------------------------------------------------------------------


def documents(out: Console, shown: Sequence[Judged], totals: Totals) -> None:
    """The table by document, the flagged sentences of a few, and the totals."""
    of = f", the {len(shown)} most severe of {totals.documents:,}"
    rows = table(out, "Documents" + (of if len(shown) < totals.documents else ""))
    rows.add_column("document", overflow="fold", max_width=40)
    for head in ("tags", "violence", "profanity"):
        rows.add_column(head, no_wrap=True)
    rows.add_column("flagged", justify="right", no_wrap=True)
    rows.add_column("worst sentence", no_wrap=True)
    room = max(20, out.width - 112)
    for judged in shown:
        document = judged.document
        worst = judged.worst
        rows.add_row(
            judged.text.name,
            _tags(judged),
            *(_level(label, document.levels[label]) for label in LABELS),
            f"{len(judged.flagged)}/{len(document.sentences)}",
            _marked(worst, room) if worst else Styled("-"),
        )
    out.print(rows)
    if len(shown) <= LISTED:
        for judged in shown:
            _flagged(out, judged)
    _totals(out, totals)


def _tags(judged: Judged) -> Styled:
    document = judged.document
    found = Styled("\n").join(Styled(tag, style="bold") for tag in document.tags)
    if not document.assessed:
        found = Styled("\n").join([*([found] if found else []), Styled("NOT ASSESSED", "yellow")])
    return found or Styled("-")


def _level(label: str, level: int) -> Styled:
    name = LEVEL_NAMES[label][level]  # type: ignore[index]
    return Styled(f"{level} {name}" if level else "0", style=_STYLE[label] if level else "dim")


def _flagged(out: Console, judged: Judged) -> None:
    if judged.document.not_assessed:
        out.print(Styled(f"{judged.text.name}: not assessed: {judged.document.not_assessed}"))
    if not judged.flagged:
        return
    rows = table(out, f"Flagged sentences of {judged.text.name}")
    rows.add_column("V", justify="right")
    rows.add_column("P", justify="right")
    rows.add_column("at", justify="right")
    rows.add_column("sentence", ratio=1)
    for sentence in judged.flagged:
        rows.add_row(
            *(
                Styled(str(sentence.levels[label]), _STYLE[label] if sentence.levels[label] else "")
                for label in LABELS
            ),
            str(sentence.start),
            _marked(sentence),
        )
    out.print(rows)
    for tag, why in judged.document.why.items():
        out.print(Styled(f"  {tag}: {why}"))
    out.print()


def _marked(sentence: Sentence, room: int | None = None) -> Styled:
    """The sentence on one line with its evidence underlined, cut to ``room`` characters."""
    styled = Styled(" ".join(sentence.text.split()))
    if styled.plain == sentence.text:
        for span in sentence.spans:
            styled.stylize(
                f"underline {_STYLE[span.label]}",
                span.start - sentence.start,
                span.end - sentence.start,
            )
    if room and len(styled) > room:
        styled.truncate(room, overflow="ellipsis")
    return styled


def _totals(out: Console, totals: Totals) -> None:
    tagged = ", ".join(f"{count:,} {tag}" for tag, count in totals.tagged.items())
    out.print(
        Styled(
            f"{counted(totals.documents, 'document')}: {tagged}, "
            f"{totals.untagged:,} without a tag, "
            f"{totals.not_assessed:,} not assessed, {totals.skipped:,} skipped"
        )
    )
    levels = "; ".join(
        f"{label} "
        + ", ".join(f"{totals.levels[label][cut]:,} {LEVEL_NAMES[label][cut]}" for cut in CUTS)
        for label in LABELS
    )
    took = f"{totals.seconds:.1f} s"
    if totals.sentences >= RATED:
        took += f", {totals.sentences / totals.seconds:,.0f} sentences/s"
    out.print(Styled(f"{counted(totals.sentences, 'sentence')}: {levels}. {took}"))


# --- Labelled text --------------------------------------------------------------------------------


def labelled(out: Console, report: dict[str, Any]) -> None:
    """The figures of a labelled report."""
    for label in LABELS:
        if label in report:
            _label(out, label, report[label])
    for kind, found in report.get("groups", {}).items():
        _groups(out, kind, found)
    if "rivals" in report:
        _rivals(out, report)
    if "compare" in report:
        _compare(out, report["compare"])
    _error_counts(out, report.get("errors", []))


def shown(figure: dict[str, Any] | None, *, interval: bool = True) -> str:
    """``.712 [.65, .77]``; a dash where the figure has no meaning.

    >>> shown({"value": 0.7123, "low": 0.65, "high": 0.7711}), shown(None)
    ('.712 [.65, .77]', '-')
    """
    if not figure or figure["value"] is None:
        return "-"
    text = short(figure["value"], 3)
    if interval and figure.get("low") is not None:
        text += f" [{short(figure['low'], 2)}, {short(figure['high'], 2)}]"
    return text


def counted(count: int, what: str) -> str:
    """
    >>> counted(1, "document"), counted(2000, "sentence")
    ('1 document', '2,000 sentences')
    """
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def short(number: float, places: int) -> str:
    """Without the zero in front, as tables of shares are read."""
    text = f"{number:.{places}f}"
    return text.replace("0.", ".", 1) if abs(number) < 1 and text.lstrip("-")[0] == "0" else text


#: The figures of each level in the order of every table, and what they are called there.
FIGURES: Final = {
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "ap": "average precision",
    "auc": "ROC AUC",
    "ece": "calibration error",
    "ece_scored": "calibration error, scores >= .1",
}


def _label(out: Console, label: str, found: dict[str, Any]) -> None:
    rows = table(out, f"{label.capitalize()} ({found['rows']:,} sentences)")
    for head in ("level", "rows", "flagged", *FIGURES.values()):
        rows.add_column(head, justify="left" if head == "level" else "right")
    names = LEVEL_NAMES[label]  # type: ignore[index]
    for cut in CUTS:
        one = found[str(cut)]
        rows.add_row(
            f">= {cut} {names[cut]}",
            f"{one['positives']:,}",
            f"{one['flagged']:,}",
            *(shown(one.get(name)) for name in FIGURES),
        )
    out.print(rows)
    if "kappa" in found:
        out.print(
            Styled(
                f"quadratic weighted kappa {shown(found['kappa'])}; "
                f"of true level 2 or 3, given 0: {shown(found['missed'])}"
            )
        )
        grid = table(out, "")
        grid.add_column("true \\ given", justify="right")
        for level in range(4):
            grid.add_column(str(level), justify="right")
        for level, row in enumerate(found["confusion"]):
            grid.add_row(f"{level} {names[level]}", *(f"{count:,}" for count in row))
        out.print(grid)


def _groups(out: Console, kind: str, found: dict[str, Any]) -> None:
    rows = table(out, f"By {kind}: average precision / F1 (positives)")
    rows.add_column(kind)
    rows.add_column("rows", justify="right")
    columns = [(label, cut) for label in LABELS for cut in CUTS]
    for label, cut in columns:
        rows.add_column(f"{label} >= {cut}", justify="right")
    for group in found["groups"]:
        cells = []
        for label, cut in columns:
            one = group.get(label, {}).get(str(cut))
            cells.append(_pair(one) + f" ({one['positives']})" if one else "-")
        rows.add_row(group["name"], f"{group['rows']:,}", *cells)
    macro = [found["macro"].get(label, {}).get(str(cut)) for label, cut in columns]
    rows.add_row("mean of groups", "", *(_pair(one) if one else "-" for one in macro))
    out.print(rows)


def _pair(one: dict[str, Any]) -> str:
    return f"{shown(one['ap'], interval=False)} / {shown(one['f1'], interval=False)}"


def _rivals(out: Console, report: dict[str, Any]) -> None:
    rows = table(out, "Rivals on the same sentences: average precision / F1")
    rows.add_column("system")
    columns = [(label, cut) for label in LABELS for cut in CUTS]
    for label, cut in columns:
        rows.add_column(f"{label} >= {cut}", justify="right")
    rows.add_column("sentences/s", justify="right")
    rows.add_row("forewarn (this model)", *(_cells(report, columns)), rate_of(report.get("rate")))
    for rival in report["rivals"]:
        if "absent" in rival:
            rows.add_row(rival["name"], *["-"] * len(columns), rival["absent"])
        else:
            rows.add_row(rival["name"], *_cells(rival, columns), rate_of(rival.get("rate")))
    out.print(rows)


def _cells(found: dict[str, Any], columns: list[tuple[Any, int]]) -> list[str]:
    return [_pair(found[label][str(cut)]) if label in found else "-" for label, cut in columns]


def rate_of(rate: float | None) -> str:
    """Sentences a second; a slow tool's with a decimal, for it is not 0."""
    if not rate:
        return "-"
    return f"{rate:,.0f}" if rate >= 10 else f"{rate:.1f}"


def _compare(out: Console, found: dict[str, Any]) -> None:
    rows = table(out, f"{found['second']} minus {found['first']}")
    for head in ("figure", "first", "second", "difference", "p", "McNemar p (only right)"):
        rows.add_column(head, justify="left" if head == "figure" else "right")
    for label in LABELS:
        for path, one in found["figures"].get(label, {}).items():
            if path == "kappa":
                rows.add_row(*_difference(f"{label} kappa", one), "")
                continue
            test = one["mcnemar"]
            for place, name in enumerate(("ap", "f1")):
                rows.add_row(
                    *_difference(f"{label} >= {path} {FIGURES[name]}", one[name]),
                    ""
                    if place
                    else f"{test['p']:.3g} ({test['only_first_right']} / "
                    f"{test['only_second_right']})",
                )
    out.print(rows)


def _difference(name: str, one: dict[str, Any]) -> list[str]:
    return [
        name,
        shown(one["first"], interval=False),
        shown(one["second"], interval=False),
        shown(one["difference"]),
        "-" if one["p"] is None else f"{one['p']:.3f}",
    ]


def _error_counts(out: Console, errors: list[dict[str, Any]]) -> None:
    if not errors:
        return
    rows = table(out, "Errors by kind")
    for head in ("label", "kind", "rows", "what it means", "surest of them"):
        rows.add_column(head, justify="right" if head == "rows" else "left")
    room = max(20, out.width - 88)
    for kind in errors:
        first = kind["worst"][0]
        said = " ".join(str(first.get("text", first["id"])).split())
        rows.add_row(
            kind["label"],
            kind["kind"],
            f"{kind['count']:,}",
            kind["meaning"],
            said if len(said) <= room else said[: room - 3] + "...",
        )
    out.print(rows)
