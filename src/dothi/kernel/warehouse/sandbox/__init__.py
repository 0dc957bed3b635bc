"""Where strangers' SQL runs: a process of its own for each query, with what it may read and nothing else.

The asking side is :mod:`~dothi.kernel.warehouse.sandbox.ask`; everything beneath knows neither Django nor policies.
"""
