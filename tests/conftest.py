"""What every test shares: hypothesis set for a busy machine."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# Two hands on two cores: how long an example takes says nothing about the code.
settings.register_profile(
    "house", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("house")
