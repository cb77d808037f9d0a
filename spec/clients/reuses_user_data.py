"""The application that uses one user_data for all generations, and waits for the end of each."""

from uringcheck.spec.parts.shared_user_data_application import SharedUserDataApplication


class ReusesUserData(SharedUserDataApplication):
    """Arms again only when it has consumed a completion without F_MORE, also after it has cancelled."""
