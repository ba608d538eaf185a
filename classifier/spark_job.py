"""A ready job for ``spark-submit``: tables in, the same tables with a struct column out.

::

    spark-submit --archives env.tar.gz#env spark_job.py \\
        --in s3a://archive/posts/ --out s3a://archive/posts-tagged/ --text body

``env.tar.gz`` holds a virtual environment with ``forewarn[spark]`` (docs/scale.md says how).
Formats: parquet (default), json (one object a line), orc, csv (header, output as JSON).
"""

import argparse
import sys
from collections.abc import Sequence

from classifier.errors import ForewarnError


def main(arguments: Sequence[str] | None = None) -> int:
    """0: written; 1: could not be done; 2: a wrong call."""
    parser = argparse.ArgumentParser(prog="spark_job.py", description=__doc__.split("\n")[0])
    parser.add_argument("--in", dest="source", required=True, metavar="PATH")
    parser.add_argument("--out", dest="target", required=True, metavar="PATH")
    parser.add_argument("--text", default="text", metavar="COLUMN")
    parser.add_argument("--column", default="forewarn", help="name of the struct column")
    parser.add_argument("--format", default="parquet", choices=("parquet", "json", "orc", "csv"))
    parser.add_argument("--partitions", type=int, help="cut the input into so many first")
    parser.add_argument("--tagged-only", action="store_true", help="keep only rows with a tag")
    parser.add_argument("--model", metavar="FOLDER", help="on the driver")
    parser.add_argument("--policy", metavar="NAME_OR_FILE", help="on the driver")
    args = parser.parse_args(arguments)

    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession, functions

    from classifier.spark import tag_column

    running = SparkSession.getActiveSession()
    spark = running or SparkSession.builder.appName("forewarn").getOrCreate()
    try:
        reader = spark.read.option("header", "true") if args.format == "csv" else spark.read
        rows = reader.format(args.format).load(args.source)
        if args.partitions:
            rows = rows.repartition(args.partitions)
        tagged = tag_column(
            rows, args.text, output=args.column, model=args.model, policy=args.policy
        )
        if args.tagged_only:
            tagged = tagged.where(functions.size(f"{args.column}.tags") > 0)
        target = "json" if args.format == "csv" else args.format
        tagged.write.format(target).save(args.target)
    except (ForewarnError, PySparkException) as error:
        print(f"spark_job.py: {str(error).strip().splitlines()[0]}", file=sys.stderr)
        return 1
    finally:
        if running is None:
            spark.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
