"""Speed and scale, measured: peers and we in one run, big files, kills, Spark.

::

    python -m eval.bench install          # the peers' environments
    python -m eval.bench --write          # everything; table to eval/reports/bench.md and .json
    python -m eval.bench --quick          # one small round, printed
    python -m eval.bench kills            # forewarn batch, killed at random moments
    python -m eval.bench spark            # Spark against one machine
"""
