"""The exceptions of the library, drawn once.

::

    ForewarnError              whatever this library raises on purpose
    +-- ModelError             the artefact is missing, damaged or of another version
    +-- PolicyError            a policy file asks for something that does not exist
    +-- InputError             an item cannot be read: encoding, format, field

Each message says which file, what was wrong, and what to do. ``TypeError`` and ``ValueError``
are left for wrong calls.
"""


class ForewarnError(Exception):
    """Base of every error that a user of this library may want to catch."""


class ModelError(ForewarnError):
    """The artefact cannot be used: missing, truncated, altered, of another format version."""


class PolicyError(ForewarnError):
    """A policy cannot be used: unknown key, wrong type, value out of range."""


class InputError(ForewarnError):
    """An item cannot be read: undecodable bytes, broken markup, a missing field."""
