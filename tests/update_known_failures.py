"""Write ``tests/cases/known_failures.txt``: the cases that the shipped model gets wrong.

Run ``python -m tests.update_known_failures`` when a new model is shipped, and read the difference:
a line that appears is something that used to work.
"""

from pathlib import Path

from classifier import load
from eval.cases import Case, read_cases

LIST = Path(__file__).with_name("cases") / "known_failures.txt"


def fails(cases: list[Case]) -> dict[str, str]:
    """What the shipped model gets wrong: id of the case -> expected and given level."""
    documents = load().predict_many([case.text for case in cases])
    given = {case.id: d.levels["profanity"] for case, d in zip(cases, documents, strict=True)}
    return {
        case.id: f"expected {case.profanity}, given {given[case.id]}"
        for case in cases
        if given[case.id] != case.profanity
    }


def known() -> set[str]:
    """The ids in the list."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def main() -> None:
    """Write the list and say how long it is."""
    cases = read_cases()
    ids = sorted(fails(cases))
    head = [
        "# Cases whose profanity level the shipped model gets wrong: strict xfail, and failures in",
        "# every total. Made by python -m tests.update_known_failures",
    ]
    LIST.write_text("\n".join([*head, *ids, ""]), encoding="utf-8")
    print(f"{LIST}: {len(ids)} of {len(cases)} cases")


if __name__ == "__main__":
    main()
