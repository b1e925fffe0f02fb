"""How the portal is started, watched and stopped: standard library only, knows nothing of Django."""
