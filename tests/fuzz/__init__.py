"""Random programs through every reader, for as long as one likes: `python -m tests.fuzz --minutes 30 --seed 7`."""
