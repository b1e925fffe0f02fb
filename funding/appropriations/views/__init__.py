"""Pages of entitlements and disbursements."""
