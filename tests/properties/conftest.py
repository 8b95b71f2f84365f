"""What holds for every property search. Here belongs nothing else: strategies are next to the tests that use them."""

from hypothesis import settings

# A test that takes longer on a busy machine has not failed.
settings.register_profile("ecoledger", deadline=None)
settings.load_profile("ecoledger")
