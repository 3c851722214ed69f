"""Facts in, judgements and records out.

Enters: detections, device messages, people's actions.
Leaves: observations, presence states, alerts, ratings, issues, rates.
Never: imports Dash or OpenCV windows, or reads the clock in a decision.
"""
