"""清牌瘦身：the register of signboards, audit campaigns, caps and re-appearance (domain-rules 3)."""
