"""What communities are entitled to each year by dated rules, and how it reaches their accounts (domain-rules 10; ADR 0019)."""
