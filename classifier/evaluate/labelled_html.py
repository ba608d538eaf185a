"""The engineer's report: figures, plots and errors in one HTML file without a script."""

import html
from collections.abc import Iterable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from classifier.evaluate import plots
from classifier.evaluate.terminal import FIGURES, rate_of, short
from classifier.evaluate.writing import written
from classifier.taxonomy import CUTS, LABELS, LEVEL_NAMES, Label

_CLASS: Final[dict[str, str]] = {"violence": "v", "profanity": "p"}

#: The figures on top, by which a desk decides whether to trust the tags: those of level 2, where
#: documents are tagged.
_TAGGED: Final = "2"


def write_labelled_html(path: Path, report: dict[str, Any]) -> None:
    """Write the report; it opens from the disk and loads nothing."""
    sections = list(_sections(report))
    toc = "".join(f'<li><a href="#{key}">{name}</a></li>' for key, name, _ in sections)
    title = f"forewarn on {', '.join(report['files'])}"
    with written(path) as out:
        out.write(_HEAD.format(title=_e(title), css=_asset("base.css") + _asset("labelled.css")))
        out.write(f'<nav class="toc" aria-label="Contents">{_BRAND}<ol>{toc}</ol></nav>\n')
        out.write(f'<main id="main"><h1>{_e(title)}</h1>\n{_lead(report)}')
        for key, name, content in sections:
            out.write(f'<section id="{key}" aria-labelledby="{key}-h">\n')
            out.write(f'<h2 id="{key}-h">{name}</h2>\n{content}\n</section>\n')
        out.write("</main></div>\n</body></html>\n")


def _sections(report: dict[str, Any]) -> Iterable[tuple[str, str, str]]:
    yield "overview", "At a glance", _overview(report)
    for label in LABELS:
        if label in report:
            yield label, label.capitalize(), _label(label, report[label])
    for kind, found in report.get("groups", {}).items():
        yield f"by-{_e(kind)}", f"By {_e(kind)}", _groups(kind, found)
    if "rivals" in report:
        yield "rivals", "Rivals", _rivals(report)
    if "compare" in report:
        yield "compare", "Two models", _compared(report["compare"])
    if report.get("errors"):
        yield "errors", "Worst errors", _errors(report["errors"])
    yield "method", "How this was measured", _method(report)


# --- Pieces ---------------------------------------------------------------------------------------


def _e(text: object) -> str:
    return html.escape(str(text))


def _asset(name: str) -> str:
    return (files("classifier.evaluate") / "assets" / name).read_text(encoding="utf-8")


_BRAND: Final = '<span class="brand">fore<b>warn</b></span>'

_HEAD: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
<div class="page">
"""


def _table(
    head: Sequence[str], body: Iterable[str], caption: str, *, foot: str = "", name: str = ""
) -> str:
    heads = "".join(f'<th scope="col">{text}</th>' for text in head)
    tail = f"<tfoot>{foot}</tfoot>" if foot else ""
    # A table that scrolls sideways must be reachable by the keyboard.
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{_e(caption)}">'
        f'<table class="{name}"><caption>{_e(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody>{tail}</table></div>"
    )


def _row(name: str, cells: Iterable[str], kind: str = "") -> str:
    of = f' class="{kind}"' if kind else ""
    return f'<tr{of}><th scope="row">{name}</th>' + "".join(cells) + "</tr>"


def _cell(figure: dict[str, Any] | None, extra: str = "", best: bool = False) -> str:
    """A figure with its interval as a small bar."""
    if not figure or figure["value"] is None:
        return f"<td>&ndash;{extra}</td>"
    found = f"<td{' class=best' if best else ''}>{short(figure['value'], 3)}{extra}"
    return found + _interval(figure) + "</td>"


def _interval(figure: dict[str, Any]) -> str:
    if figure.get("low") is None:
        return ""
    low, high, value = (min(1.0, max(0.0, figure[k])) for k in ("low", "high", "value"))
    return (
        f'<span class="iv">{short(figure["low"], 2)} to {short(figure["high"], 2)}'
        f'<i style="--l:{low:.3f};--h:{high:.3f};--x:{value:.3f}" aria-hidden="true"></i></span>'
    )


def _number(count: float) -> str:
    return f"<td>{count:,}</td>"


# --- Sections -------------------------------------------------------------------------------------


def _lead(report: dict[str, Any]) -> str:
    documents = f" in {report['documents']:,} documents" if report["documents"] else ""
    model = report["model"]
    said = model["name"]
    for key, value in model.items():
        if isinstance(value, str) and key != "name":
            said += f", {key} {value[:12]}"
    rows = f"{report['rows']:,} labelled sentences{documents}"
    return f'<p class="lead">{rows}. Model: {_e(said)}.</p>\n'


def _overview(report: dict[str, Any]) -> str:
    parts = []
    for label in LABELS:
        if label not in report:
            continue
        found = report[label]
        cards = [_card(label, *one) for one in _headlines(found)]
        name = LEVEL_NAMES[label][int(_TAGGED)]
        parts.append(
            f'<h3 class="of {_CLASS[label]}">{label.capitalize()}, {name} or more '
            f"<small>level {_TAGGED} and above: the default policy tags from here</small></h3>"
            f'<div class="cards">{"".join(cards)}</div>'
        )
    return "\n".join(parts)


def _headlines(found: dict[str, Any]) -> Iterable[tuple[str, dict[str, Any] | None, str]]:
    """Name, figure and plain words of what a desk asks first."""
    one = found[_TAGGED]
    positives, flagged = one["positives"], one["flagged"]
    hits = round((one["recall"]["value"] or 0) * positives)
    yield "Recall", one["recall"], f"{hits:,} of {positives:,} such sentences are flagged"
    yield "Precision", one["precision"], f"{hits:,} of {flagged:,} flagged sentences are such"
    chance = short(positives / found["rows"], 3)
    yield "Average precision", one["ap"], f"over all thresholds; by chance {chance}"
    yield "Agreement of levels", found.get("kappa"), "weighted kappa: 0 by chance, 1 the same"


def _card(label: Label, name: str, figure: dict[str, Any] | None, words: str = "") -> str:
    if not figure or figure["value"] is None:
        return ""
    low, high = figure["low"], figure["high"]
    between = f"95 %: {short(low, 2)} to {short(high, 2)}" if low is not None else ""
    return (
        f'<div class="card {_CLASS[label]}"><h4>{_e(name)}</h4>'
        f'<p class="big">{short(figure["value"], 3)}</p><p class="range">{between}</p>'
        + (f'<p class="words">{_e(words)}</p>' if words else "")
        + "</div>"
    )


def _label(label: Label, found: dict[str, Any]) -> str:
    names = LEVEL_NAMES[label]
    heads = ["Level", "Rows", "Flagged", "Threshold"] + [
        name[:1].upper() + name[1:].replace(">=", "&ge;") for name in FIGURES.values()
    ]
    rows = []
    for cut in CUTS:
        one = found[str(cut)]
        threshold = (
            f"<td>{short(one['threshold'], 3)}</td>"
            if one["threshold"] is not None
            else "<td>-</td>"
        )
        cells = [_number(one["positives"]), _number(one["flagged"]), threshold]
        cells += [_cell(one.get(name)) for name in FIGURES]
        rows.append(_row(f"{cut} {names[cut]}{' or more' if cut < max(CUTS) else ''}", cells))
    parts = [
        _table(heads, rows, f"{label.capitalize()} by level, 95 % intervals below each figure")
    ]
    drawn = [plots.precision_recall(found, label, plots.PAGE)]
    if "reliability" in found["1"]:
        drawn.append(plots.reliability(found, label, plots.PAGE))
    parts.append('<div class="plots">' + "".join(f"<figure>{s}</figure>" for s in drawn) + "</div>")
    if "confusion" in found:
        parts.append(_confusion(label, found))
    return "\n".join(parts)


def _confusion(label: Label, found: dict[str, Any]) -> str:
    names = LEVEL_NAMES[label]
    rows = []
    for level, counts in enumerate(found["confusion"]):
        total = sum(counts) or 1
        cells = [
            f'<td class="{"diagonal" if given == level else ""}" style="--share:{n / total:.3f}">'
            f"{n:,}<small>{n / total:.0%}</small></td>"
            for given, n in enumerate(counts)
        ]
        rows.append(_row(f"{level} {names[level]}", cells))
    grid = _table(
        ["True level", *(f"given {level}" for level in range(4))],
        rows,
        f"{label.capitalize()}: true level by row, level given by column; per cent of the row",
        name="confusion",
    ).replace('<div class="wide"', f'<div class="wide" style="--hue:var(--{_CLASS[label]})"', 1)
    cards = [
        _card(label, "Quadratic weighted kappa", found["kappa"], "0 by chance, 1 the same"),
        _card(label, "Of true level 2 or 3, given 0", found["missed"], "the reader was not warned"),
    ]
    beside = f'<div class="cards">{"".join(cards)}</div>'
    return (
        "<h3>True levels and those given</h3>"
        f'<div class="side-by-side"><div class="grid">{grid}</div>{beside}</div>'
    )


def _columns() -> list[tuple[Label, int]]:
    return [(label, cut) for label in LABELS for cut in CUTS]


def _heads() -> list[str]:
    return [f"{label.capitalize()} &ge; {cut}" for label, cut in _columns()]


def _groups(kind: str, found: dict[str, Any]) -> str:
    rows = []
    for group in found["groups"]:
        cells = [_number(group["rows"])]
        for label, cut in _columns():
            one = group.get(label, {}).get(str(cut))
            cells.append(
                _cell(one["ap"], f" <small>({one['positives']})</small>") if one else _cell(None)
            )
        rows.append(_row(_e(group["name"]), cells))
    means = [found["macro"].get(label, {}).get(str(cut)) for label, cut in _columns()]
    foot = _row("mean of groups", ["<td></td>", *(_cell(one and one["ap"]) for one in means)])
    head = [_e(kind.capitalize()), "Rows", *_heads()]
    return _table(head, rows, f"Average precision by {kind}, positives in brackets", foot=foot)


def _rivals(report: dict[str, Any]) -> str:
    everybody = [{"name": "forewarn"} | report, *report["rivals"]]
    note = (
        "<p>The same sentences in the same run. A tool with one yes or no is measured with it at "
        "every level; a dash where it says nothing. The star marks the best. Speed on a shared "
        "machine: an order of magnitude.</p>"
    )
    parts = [note]
    for name in ("ap", "f1"):
        best = {
            (label, cut): max(
                (one[label][str(cut)][name]["value"] or 0 for one in everybody if label in one),
                default=0,
            )
            for label, cut in _columns()
        }
        rows = []
        for one in everybody:
            cells = []
            for label, cut in _columns():
                figure = one[label][str(cut)][name] if label in one else None
                top = figure is not None and figure["value"] == best[label, cut]
                cells.append(_cell(figure, best=top))
            rate = one.get("rate")
            cells.append(
                f"<td>{rate_of(rate)}</td>" if rate else f"<td>{_e(one.get('absent', '-'))}</td>"
            )
            rows.append(_row(_e(one["name"]), cells, "ours" if one is everybody[0] else ""))
        title = FIGURES[name][:1].upper() + FIGURES[name][1:]
        parts.append(_table(["System", *_heads(), "Sentences/s"], rows, title))
    return "\n".join(parts)


def _compared(found: dict[str, Any]) -> str:
    rows = []
    for label in LABELS:
        for path, one in found["figures"].get(label, {}).items():
            if path == "kappa":
                rows.append(_row(f"{label} kappa", [*_difference(one), "<td></td>"]))
                continue
            test = one["mcnemar"]
            said = (
                f"<td>{test['p']:.3g} <small>({test['only_first_right']} / "
                f"{test['only_second_right']})</small></td>"
            )
            rows += [
                _row(f"{label} &ge; {path} {FIGURES[name]}", [*_difference(one[name]), said])
                for name in ("ap", "f1")
            ]
    head = [
        "Figure",
        _e(found["first"]),
        _e(found["second"]),
        "Difference",
        "p",
        "McNemar p (only right)",
    ]
    return _table(head, rows, "Paired bootstrap on the same resamples; second minus first")


def _difference(one: dict[str, Any]) -> list[str]:
    gap = one["difference"]
    shown = "&ndash;" if gap["value"] is None else f"{gap['value']:+.3f}"
    if gap["low"] is not None:
        shown += f" <small>{gap['low']:+.3f} to {gap['high']:+.3f}</small>"
    p = "&ndash;" if one["p"] is None else f"{one['p']:.3f}"
    return [_cell(one["first"]), _cell(one["second"]), f"<td>{shown}</td>", f"<td>{p}</td>"]


def _errors(errors: list[dict[str, Any]]) -> str:
    parts = [
        "<p>The surest of each kind first. Weights are log-odds: + raises, &minus; lowers.</p>"
    ]
    for kind in errors:
        label = kind["label"]
        rows = "".join(f"<li>{_error(label, row)}</li>" for row in kind["worst"])
        parts.append(
            f'<details class="kind"><summary><span class="tag {_CLASS[label]}">{label}</span>'
            f'<b>{kind["kind"]}</b><span class="n">{kind["count"]:,}</span>'
            f'<small>{_e(kind["meaning"])}</small></summary><ol class="rows">{rows}</ol></details>'
        )
    return "\n".join(parts)


def _error(label: Label, row: dict[str, Any]) -> str:
    chances = ", ".join(f"{100 * p:.0f} %" for p in row["scores"])
    groups = [f"{k} {v}" for k, v in row.items() if k in ("source", "register", "slice") and v]
    about = (
        f'<p class="move"><span>true <b>{row["truth"]}</b>, given <b>{row["given"]}</b></span>'
        f"<span>probability of 1, 2, 3: {chances}</span>"
        f"<span>{_e(', '.join(groups))}</span><span>row {_e(row['id'])}</span></p>"
    )
    if "text" not in row:
        return about
    shown = f'<p class="quote">{_underlined(row, _CLASS[label])}</p>{_grams(row["reasons"])}'
    if max(row["truth"], row["given"]) < 3:
        return about + shown
    name = LEVEL_NAMES[label][3]
    return (
        f'{about}<details class="graphic"><summary>{label.capitalize()} 3, {name}: show sentence'
        f"</summary>{shown}</details>"
    )


def _underlined(row: dict[str, Any], kind: str) -> str:
    """The sentence with the words that raised it most underlined."""
    text, last, parts = row["text"], 0, []
    raised = [r for r in row["reasons"] if r["weight"] > 0][:4]
    for reason in sorted(raised, key=lambda r: (r["start"], -r["end"])):
        start, end = reason["start"], reason["end"]
        if start >= last and end > start:
            parts += [_e(text[last:start]), f'<u class="ev {kind}">{_e(text[start:end])}</u>']
            last = end
    return "".join(parts) + _e(text[last:])


def _grams(reasons: list[dict[str, Any]]) -> str:
    if not reasons:
        return ""
    items = "".join(
        f'<li class="{"down" if r["weight"] < 0 else "up"}"><code>{_e(r["feature"])}</code> '
        f"{r['weight']:+.2f}</li>"
        for r in reasons
    )
    return f'<ul class="grams" aria-label="Strongest n-grams">{items}</ul>'


def _method(report: dict[str, Any]) -> str:
    plan = report["bootstrap"]
    thresholds = "; ".join(
        f"{label} " + ", ".join(f"{cut:g}" for cut in cuts)
        for label, cuts in report["model"]["thresholds"].items()
    )
    return (
        '<p class="method">Precision, recall and F1 at the thresholds in force '
        f"({_e(thresholds)}). "
        "Average precision is the area under the precision-recall curve as a sum of steps. "
        "Calibration error is the expected one over ten bins of equal mass. Intervals are "
        f"percentile bootstrap: {plan['resamples']:,} resamples, {plan['coverage']:.0%}, drawn by "
        f"{plan['unit']}, stratified by the {plan['strata']}, seed {plan['seed']}; the calibration "
        "error of a resample carries the noise of resampling, so its interval may lie a little "
        "above the value.</p>"
    )
