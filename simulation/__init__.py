"""A seed in, a city out: real RTSP cameras, real MQTT devices, scripted truth.

Never: is imported by a product room.
"""
