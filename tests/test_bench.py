"""The benchmark suite itself: workloads, ratios, report. Nothing here depends on the clock."""

import json
from pathlib import Path

from eval.bench import workloads
from eval.bench.measure import SHORT, Found, Timed, account
from eval.bench.peers import OURS, PEERS
from eval.bench.report import Report, goals, lowest_growth
from tests.small_model import TEXTS, small_model


def test_sentences_are_distinct_and_the_same_each_time() -> None:
    texts = workloads.sentences(3000)
    assert len(set(texts)) == len(texts) == 3000
    assert texts == workloads.sentences(3000)


def test_articles_have_the_length_asked_for() -> None:
    lengths = [len(article.split()) for article in workloads.articles(5, words=200)]
    assert all(200 <= length <= 600 for length in lengths)


def test_hostile_inputs_are_large() -> None:
    assert all(len(text) >= 400_000 for text in workloads.hostile().values())


def setup_file(tmp_path: Path) -> Path:
    path = tmp_path / "setup.json"
    root = str(Path(__file__).parents[1])
    path.write_text(json.dumps({"root": root, "model": str(small_model())}))
    return path


def test_a_worker_times_us(tmp_path: Path) -> None:
    texts = tmp_path / "texts.json"
    texts.write_text(json.dumps(list(TEXTS)))
    with Timed(OURS, setup_file(tmp_path)) as worker:
        assert worker.loaded["load"] > 0
        for task in ("score", "predict", "predict_many"):
            found = worker.ask(do="batch", texts=str(texts), task=task, seconds=9.0)
            assert found["texts"] == len(TEXTS)
            assert found["bytes"] == sum(len(text.encode()) for text in TEXTS)
        single = worker.ask(do="singles", texts=str(texts), seconds=9.0)
        assert 0 < single["p50"] <= single["p99"]
        assert single["memory"] > 1 << 20


def figures(rate: float, **more: float) -> dict[str, float]:
    return {"texts": 1000, "bytes": 100_000, "seconds": 1.0, "cpu": 1000 / rate, **more}


def test_growth_compares_a_size_with_smaller_ones_only() -> None:
    assert lowest_growth([10.0, 20.0, 40.0, 80.0]) == 2  # ever faster
    assert lowest_growth([10.0, 40.0, 30.0, 36.0]) == 0.75
    assert lowest_growth([40.0, 10.0]) == 0.25
    assert lowest_growth([10.0]) is None


def test_goals_are_ratios_in_one_run(tmp_path: Path) -> None:
    found = Found()
    for state, rate in (("cold", 150.0), ("warm", 250.0)):
        found.add(OURS, f"large {state}", figures(rate))
    found.add("alt-profanity-check", "large warm", figures(100.0))
    found.add("alt-profanity-check", "one sentence", {"p50": 3e-3, "p99": 4e-3})
    found.add(OURS, "one sentence", {"p50": 3e-5, "p99": 4e-5})
    found.missing["fasttext"] = "not installed"
    by_name = {goal.name: goal for goal in goals(found, wheel=3_000_000)}
    assert by_name["score, large cold: times alt-profanity-check"].passed is False
    assert by_name["score, large warm: times alt-profanity-check"].passed is True
    assert by_name["score, large warm: times fasttext"].passed is None
    assert by_name["one sentence, p50: share of alt-profanity-check"].passed is True
    assert by_name["wheel, MB"].passed is True
    Report(found, SHORT, [("str.split", 7.0)], 1000, None).write(tmp_path)
    text = (tmp_path / "bench.md").read_text()
    assert "Missing: fasttext (not installed)." in text
    assert "**fails**" in text
    assert json.loads((tmp_path / "bench.json").read_text())["missing"]


def test_the_account_names_its_stages() -> None:
    stages = account(small_model(), list(TEXTS), repeats=1)
    assert [name for name, _ in stages][-1] == "all of score()"


def test_every_peer_has_a_worker() -> None:
    from eval.bench import worker

    assert all(callable(getattr(worker, name.replace("-", "_"))) for name in PEERS)
