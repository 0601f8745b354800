"""The ground: a built region, its roads, travel times, resources and places.

Speaks plain numbers (degrees, metres, seconds). Refuses to know what an incident, a unit or a call is.
"""
