"""`python -m occupier` is the command `occupier`."""

import sys

from occupier.cli import main

if __name__ == "__main__":
    sys.exit(main())
