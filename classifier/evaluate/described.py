"""Which model made a report."""

from typing import Any

from classifier.formats.tagging import model_digest


def described(name: str, model: Any) -> dict[str, Any]:
    """Which model this is: its name, digest and thresholds, and its version and date if told."""
    inner = getattr(model, "model", model)
    metadata = getattr(inner, "metadata", {})
    found: dict[str, Any] = {"name": name}
    for key in ("version", "date"):
        if isinstance(metadata.get(key), str):
            found[key] = metadata[key]
    found["digest"] = model_digest(model)
    policy = getattr(model, "policy", None)
    if digest := getattr(policy, "digest", ""):
        found["policy"] = digest
    found["thresholds"] = {label: list(cuts) for label, cuts in model.thresholds.items()}
    return found
