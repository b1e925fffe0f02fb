"""Territory: the divisions of Dalian, the management units that run them, grids, departments and their stations.

Knows places and offices, nothing about people or work: accounts, whistles and every later slice stand on it.
"""
