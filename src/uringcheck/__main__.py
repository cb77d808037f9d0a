"""`python -m uringcheck`."""

import sys

from uringcheck.cli import main

if __name__ == "__main__":
    sys.exit(main())
