"""While mutants are on trial Hypothesis tries a few examples only, the same ones each time: there are thousands."""

import os

from hypothesis import Phase, settings

settings.register_profile(
    "mutant", max_examples=15, deadline=None, database=None, derandomize=True, phases=(Phase.explicit, Phase.generate)
)
if "MUTANT_UNDER_TEST" in os.environ:
    settings.load_profile("mutant")
