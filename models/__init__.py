"""Pictures in, people out.

Enters: samples' pictures, regions.
Leaves: `Detection`s. Learned models live here, never data classes of the domain.
Never: hides state; what it remembers is an argument and a result.
"""
