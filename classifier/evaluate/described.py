"""Which model made a report."""

from typing import Any


def described(name: str, model: Any) -> dict[str, Any]:
    """Which model this is: its name, its thresholds and, where it has them, digest and version."""
    inner = getattr(model, "model", model)
    metadata = getattr(inner, "metadata", {})
    found: dict[str, Any] = {"name": name}
    for key in ("version", "created", "sha256", "digest", "arrays_sha256"):
        if isinstance(metadata.get(key), str):
            found[key] = metadata[key]
    policy = getattr(model, "policy", None)
    if digest := getattr(policy, "digest", ""):
        found["policy"] = digest
    found["thresholds"] = {label: list(cuts) for label, cuts in model.thresholds.items()}
    return found
