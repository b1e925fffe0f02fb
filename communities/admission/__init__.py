"""准入：what may reach a community. Catalogues by year, applications for new items, the gate that every demand passes,
what it costs in minutes and yuan, and the community's right to refuse (domain-rules 2, 13.3, 18.2-18.5).
"""
