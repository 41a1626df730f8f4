"""The pages of this room: the check, which is everybody's, and the shares that a CSO makes with a worker."""

from recruitment.certificates.pages.public import public
from recruitment.certificates.pages.shares import pages

__all__ = ["pages", "public"]
