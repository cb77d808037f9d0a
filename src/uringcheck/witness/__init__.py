"""Other people's checkers recount our models: Rumur, SPIN and TLC.

They are run as programs, on texts that `lower/` writes, and never see our figures. What they report is compared, figure
by figure; what cannot be compared is named with its reason.
"""
