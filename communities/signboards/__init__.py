"""清牌：the signboards at communities. Which are in the catalogue, who answers for them, no more than the cap, and campaigns that
compare, publish, clear and look again (domain-rules 3). A community may look and propose; nothing is ever demanded of it.
"""
