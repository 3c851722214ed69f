"""Hypothesis tries a few examples only while a mutant is on trial: there are thousands of them."""

import os

from hypothesis import settings

settings.register_profile("mutant", max_examples=5, deadline=None, database=None)
if "MUTANT_UNDER_TEST" in os.environ:
    settings.load_profile("mutant")
