"""`python -m uringcheck`."""

from uringcheck.cli import main

if __name__ == "__main__":
    main()
