"""The pages of the door, of one's own account, and of people; and how a cookie or a token becomes an actor."""

from recruitment.access.pages import account, door, people
from recruitment.access.pages.doorkeeper import pages

__all__ = ["account", "door", "pages", "people"]
