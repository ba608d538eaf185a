"""Placeholder until the teacher's opinions are made."""


def load(folder: object) -> None:
    return None
