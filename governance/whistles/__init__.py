"""Whistles: 街乡吹哨、部门报到、一哨一评.

A street blows; every department gets a ticket; tickets are accepted, reported in, reported done, verified and rated once each.
The loop's public face is ``services``; departments act through the same services by link and by mail.
"""
