"""Measuring from a checkout: the eval tool, rivals, behavioural cases, committed reports.

Uses the public API of ``classifier`` only; never lands in the wheel.
"""
