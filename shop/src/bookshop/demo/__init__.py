"""`bookshop demo`: the whole shop on one machine, from one command."""

from collections.abc import Sequence


def run(argv: Sequence[str] = ()) -> int:
    """Start everything, wait for a signal, stop everything; the exit code. `argv` is for options to come.

    Raises:
        SettingsError: what the environment or `.env` says cannot work; nothing was started.
    """
    from bookshop.demo import supervisor  # noqa: PLC0415 (the mailbox, a neighbour, needs none of it)

    if argv:
        raise ValueError(f"bookshop demo has no options; it was given {argv}")
    return supervisor.run()
