"""Stores and live state in, pages and people's actions out.

Enters: stores, the halls' live messages.
Leaves: pages, the phone form, people's actions.
Never: computes a rate or a deadline of its own.
"""
