"""Leadership: measures, milestones, meetings (capability 1; its issue is not open yet)."""
