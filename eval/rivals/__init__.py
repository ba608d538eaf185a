"""Other people's tools on our sentences, each in its own virtual environment.

``registry`` says which there are, ``install`` makes their environments, ``client`` talks to a
worker process in JSON lines, ``workers/`` holds the few lines that wrap each tool.

::

    python -m eval.rivals list
    python -m eval.rivals install [NAME...]
"""
