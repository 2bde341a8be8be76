"""`bookshop` and `python -m bookshop`."""

import sys

from bookshop import cli


def main() -> None:
    """Leave with the command's status."""
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
