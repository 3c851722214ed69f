"""Cameras in, samples out.

Enters: camera addresses (RTSP, HTTP snapshot, recorded file).
Leaves: `Sample` — the newest picture with its time, or *blind* with the reason.
Never: knows what a person or a window is.
"""
