"""Measure a model on labelled text, and see everything it says about new text.

Needs the extra ``eval`` (scikit-learn, matplotlib, pyarrow, rich); imported by ``forewarn eval``
and ``python -m eval.run`` only, which are one implementation.
"""
