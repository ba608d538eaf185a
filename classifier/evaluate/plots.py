"""Plots as SVG: for reports, whose colours follow the reader's, and for files."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classifier.taxonomy import CUTS, LABELS, LEVEL_NAMES, Label

#: Stand-ins that are drawn, and what they become in a page (its own variables) ...
_INK, _SOFT, _LINE, _V, _P = "#000001", "#000002", "#000003", "#000004", "#000005"
PAGE: Final = {
    _INK: "var(--ink)",
    _SOFT: "var(--soft)",
    _LINE: "var(--line)",
    _V: "var(--v)",
    _P: "var(--p)",
}
#: ... and in a file, readable on white and on black: GitHub shows it on either.
FILE: Final = {_INK: "#6e7681", _SOFT: "#768390", _LINE: "#9da7b3", _V: "#d1433f", _P: "#8a63d2"}

_COLOUR: Final[dict[Label, str]] = {"violence": _V, "profanity": _P}
_DASHES: Final = {1: (0, (1, 1.4)), 2: (0, (5, 1.6)), 3: "solid"}
_MARKS: Final = {1: "o", 2: "s", 3: "D"}

_STYLE: Final[dict[Any, Any]] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.edgecolor": _LINE,
    "axes.labelcolor": _SOFT,
    "axes.titlecolor": _INK,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "text.color": _INK,
    "grid.color": _LINE,
    "grid.linewidth": 0.6,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
}

Draw = Callable[[Axes], None]


def precision_recall(found: dict[str, Any], label: Label, colours: Mapping[str, str]) -> str:
    """The curves of the three cuts, with a mark where the threshold in force stands."""

    def draw(axes: Axes) -> None:
        for cut in CUTS:
            one = found[str(cut)]
            if not one["curve"]:
                continue
            recall, precision, _ = zip(*one["curve"], strict=True)
            axes.step(recall, precision, where="pre", **_line(label, cut))
            if one["precision"]["value"] is not None and one["recall"]["value"] is not None:
                axes.plot(
                    one["recall"]["value"],
                    one["precision"]["value"],
                    _MARKS[cut],
                    color=_COLOUR[label],
                    markersize=6,
                )
        _unit(axes, "recall", "precision")

    return _svg([(f"{label.capitalize()}: precision and recall", draw)], colours)


def reliability(found: dict[str, Any], label: Label, colours: Mapping[str, str]) -> str:
    """What the probabilities say against what was so, in bins of equal mass."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=_LINE, linewidth=1)
        for cut in CUTS:
            bins = found[str(cut)].get("reliability", [])
            axes.plot(
                [one["said"] for one in bins],
                [one["observed"] for one in bins],
                marker=_MARKS[cut],
                markersize=3.5,
                **_line(label, cut),
            )
        _unit(axes, "probability said", "share that was so")

    return _svg([(f"{label.capitalize()}: are probabilities right?", draw)], colours)


def both_curves(report: dict[str, Any], colours: Mapping[str, str] = FILE) -> str:
    """Precision-recall of both labels side by side, for a README."""
    panels: list[tuple[str, Draw]] = []
    for label in LABELS:
        if label in report:
            panels.append((label.capitalize(), _curves_of(report[label], label)))
    return _svg(panels, colours, height=3.1)


def _curves_of(found: dict[str, Any], label: Label) -> Draw:
    def draw(axes: Axes) -> None:
        for cut in CUTS:
            if found[str(cut)]["curve"]:
                recall, precision, _ = zip(*found[str(cut)]["curve"], strict=True)
                axes.step(recall, precision, where="pre", **_line(label, cut, found[str(cut)]))
        _unit(axes, "recall", "precision")

    return draw


def systems(report: dict[str, Any], colours: Mapping[str, str] = FILE) -> str:
    """Average precision of ours and of the rivals, with intervals, one panel a label."""
    everybody = [{"name": "forewarn"} | report, *report.get("rivals", [])]

    def panel(label: Label) -> Draw:
        there = [one for one in everybody if label in one]

        def draw(axes: Axes) -> None:
            for place, one in enumerate(reversed(there)):
                for cut in CUTS:
                    figure = one[label][str(cut)]["ap"]
                    if figure["value"] is None:
                        continue
                    y = place + (2 - cut) * 0.22
                    ours = one["name"] == "forewarn"
                    colour = _COLOUR[label] if ours else _INK
                    if figure["low"] is not None:
                        axes.plot([figure["low"], figure["high"]], [y, y], color=colour, lw=1.2)
                    axes.plot(
                        figure["value"],
                        y,
                        _MARKS[cut],
                        color=colour,
                        markersize=4.5,
                        label=f">= {cut}" if ours else None,
                    )
            axes.set_yticks(range(len(there)), [one["name"] for one in reversed(there)])
            axes.set_xlim(0, 1)
            axes.set_xlabel("average precision")
            axes.grid(axis="y", visible=False)
            # above, for below there is a system in every corner
            axes.legend(
                loc="lower right", bbox_to_anchor=(1, 1), ncols=len(CUTS), frameon=False,
                fontsize=8, borderaxespad=0.2, handletextpad=0, columnspacing=1,
            )  # fmt: skip

        return draw

    panels = [(label.capitalize(), panel(label)) for label in LABELS if label in report]
    return _svg(panels, colours, height=3.4, width=4.6)


def _line(label: Label, cut: int, found: dict[str, Any] | None = None) -> dict[str, Any]:
    name = f"{cut} {LEVEL_NAMES[label][cut]}" + (" or more" if cut < max(CUTS) else "")
    if found and found["ap"]["value"] is not None:
        name += f" ({found['ap']['value']:.2f})"
    return {
        "color": _COLOUR[label],
        "linestyle": _DASHES[cut],
        "linewidth": 1.0 + 0.35 * cut,
        "label": name,
    }


def _unit(axes: Axes, x: str, y: str) -> None:
    axes.set(xlim=(0, 1.01), ylim=(0, 1.01), xlabel=x, ylabel=y)
    if axes.get_legend_handles_labels()[0]:  # no level has any row: nothing was drawn
        axes.legend(loc="best", frameon=False, fontsize=8, handlelength=3)


def _svg(
    panels: Sequence[tuple[str, Draw]],
    colours: Mapping[str, str],
    *,
    width: float = 3.9,
    height: float = 3.3,
) -> str:
    """The panels side by side as one SVG element, the same bytes for the same figures."""
    title = "; ".join(name for name, _ in panels)
    with mpl.rc_context(_STYLE | {"svg.hashsalt": title}):
        figure = Figure(figsize=(width * len(panels), height), layout="constrained")
        figure.patch.set_alpha(0)
        for place, (name, draw) in enumerate(panels, start=1):
            axes = figure.add_subplot(1, len(panels), place)
            axes.patch.set_alpha(0)
            axes.set_title(name, fontsize=10, loc="left")
            draw(axes)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    svg = buffer.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    for stand_in, colour in colours.items():
        svg = svg.replace(stand_in, colour)
    if colours is PAGE:
        # Ids must be unique in a page that holds several of these.
        mark = re.sub(r"\W+", "", title.lower())
        svg = re.sub(r'id="([^"]+)"', rf'id="{mark}-\1"', svg)
        svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{mark}-\1)", svg)
        svg = re.sub(r'xlink:href="#([^"]+)"', rf'xlink:href="#{mark}-\1"', svg)
        svg = svg.replace("<svg ", f'<svg role="img" aria-label="{title}" ', 1)
    return svg
