"""The tests; README.md says what each room is for."""
