"""Configuration in, one validated, frozen `Settings` out.

Enters: YAML, the environment (for credentials).
Leaves: `Settings`, composed of the rooms' own dataclasses; calendars, rule thresholds, rating scales as data.
Never: decides.
"""
