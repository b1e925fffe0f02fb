"""Public pages without login: who issues which certificate, and the white paper on the burden that the portal itself caused
(domain-rules 2.6, 13.3 B15).
"""
