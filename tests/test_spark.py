"""tag_column on a real local Spark: equal answers, nulls, messages, a worker killed on the way."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import classifier
from classifier.batch_rows import result
from classifier.errors import ForewarnError, InputError
from eval.bench.spark import Need, SparkRun, compare, missing, report, session
from tests.conftest import require
from tests.small_model import TEXTS, small_model


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    require(not missing(), missing())
    started = session()
    yield started
    started.stop()


def test_the_struct_holds_what_predict_says(spark: Any) -> None:
    from pyspark.sql.types import StructType

    from classifier.spark import SCHEMA, tag_column

    clf = classifier.load(small_model())
    texts = [*TEXTS, "", None, "   "]
    rows = [(n, text, n * 0.5) for n, text in enumerate(texts)]
    frame = spark.createDataFrame(rows, "id int, body string, x double")
    tagged = tag_column(frame, "body", model=small_model())
    struct = StructType.fromDDL(SCHEMA)
    assert tagged.schema["forewarn"].dataType == struct
    rows = {row["id"]: row for row in tagged.collect()}
    assert [rows[n]["body"] for n in range(len(texts))] == texts
    assert [rows[n]["x"] for n in range(len(texts))] == [n * 0.5 for n in range(len(texts))]
    for number, text in enumerate(texts):
        got = rows[number]["forewarn"]
        if text is None:
            assert got is None
            continue
        wanted = result(clf.predict(text))
        found = got.asDict(recursive=True)
        assert found.pop("scores") == pytest.approx(wanted.pop("scores"))
        assert found == wanted


def test_a_policy_travels_with_the_artefact(spark: Any) -> None:
    from classifier.spark import tag_column

    frame = spark.createDataFrame([(TEXTS[1],)], "text string")
    policy = {"tags": {"graphic-violence": 1, "profanity": 1}}
    wanted = classifier.load(small_model(), policy=policy).predict(TEXTS[1])
    (row,) = tag_column(frame, "text", model=small_model(), policy=policy).collect()
    assert row["forewarn"]["tags"] == list(wanted.tags)


def test_wrong_calls_fail_on_the_driver(spark: Any, tmp_path: Path) -> None:
    from classifier.spark import tag_column

    frame = spark.createDataFrame([(1, "x")], "n int, text string")
    with pytest.raises(InputError, match="no column 'body'; there are n, text"):
        tag_column(frame, "body")
    with pytest.raises(InputError, match="column 'n' is int, not string"):
        tag_column(frame, "n")
    with pytest.raises(InputError, match="there is a column 'n' already"):
        tag_column(frame, "text", output="n")
    with pytest.raises(ForewarnError, match=r"model\.json"):
        tag_column(frame, "text", model=tmp_path)


def test_200_000_rows_with_a_worker_killed(spark: Any) -> None:
    texts = [f"{TEXTS[n % 20 % 6 - 1 if n % 20 < 3 else -1]} Row {n}." for n in range(200_000)]
    done = compare(spark, texts, model=small_model(), kill=True)
    assert done.equal
    assert done.partitions >= 4
    assert done.workers_killed == 1


def test_classifiers_of_equal_arrays_but_other_thresholds_are_kept_apart(
    spark: Any, tmp_path: Path
) -> None:
    from classifier.spark import tag_column

    never = shutil.copytree(small_model(), tmp_path / "never")
    metadata = json.loads((never / "model.json").read_text())
    metadata["thresholds"] = {label: [1.0, 1.0, 1.0] for label in metadata["thresholds"]}
    (never / "model.json").write_text(json.dumps(metadata))
    frame = spark.createDataFrame([(TEXTS[2],)], "text string").coalesce(1)
    found = [
        tag_column(frame, "text", model=folder).collect()[0]["forewarn"]["profanity"]
        for folder in (small_model(), never)
    ]
    wanted = [
        classifier.load(folder).predict(TEXTS[2]).levels["profanity"]
        for folder in (small_model(), never)
    ]
    assert found == wanted
    assert wanted[0] != wanted[1]


def test_the_need_follows_from_the_rate() -> None:
    need = Need(7_200_000, rate=100.0)
    assert need.core_hours == 20.0
    assert need.hours(cores=5) == 4.0
    assert need.cores(hours=3) == 7
    assert need.cost(price=0.25) == 5.0


def test_the_report_reckons_with_the_lowest_undisturbed_rate() -> None:
    run = SparkRun("posts", 7_200, 8, 0, True, 36.0, 1.0, 18.0)
    slower = replace(run, spark_seconds=72.0)
    killed = replace(run, spark_seconds=720.0, workers_killed=1, equal=False)
    text = report([run, slower, killed])
    assert "| 7,200 posts | 0 | yes | 100 | 0.50 | 1.0 s of 36.0 s |" in text
    assert "| 7,200 posts | 1 | NO | 5 |" in text
    # 10**9 documents at 50 a second and core
    assert "| posts | 5,556 | 57.9 | 232 | 278 |" in text


def test_the_job_script_writes_the_tagged_table(spark: Any, tmp_path: Path) -> None:
    from classifier.spark_job import main

    source, target = str(tmp_path / "in"), str(tmp_path / "out")
    spark.createDataFrame([(text,) for text in TEXTS], "body string").write.json(source)
    line = ["--in", source, "--out", target, "--text", "body", "--format", "json"]
    assert main([*line, "--model", str(small_model())]) == 0
    clf = classifier.load(small_model())
    rows = spark.read.json(target).collect()
    assert {row["body"]: tuple(row["forewarn"]["tags"]) for row in rows} == {
        text: clf.predict(text).tags for text in TEXTS
    }
    wrong = ["--in", source + "x", "--out", target]
    assert main(wrong) == 1
