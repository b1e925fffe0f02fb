"""The kernel: what every slice stands on, and what knows no business.

workflow · permission and scope · audit · outbox · clock · deadlines · policy · metrics · rollup · idempotency · links · files · ui.
"""
