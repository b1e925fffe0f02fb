"""Collection (一表通): what the city knows it does not ask again; one correction mends every use (domain-rules 5.4, 13.3; ADR 0016)."""
