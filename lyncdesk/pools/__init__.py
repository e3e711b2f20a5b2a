"""Where presence goes and where contacts come from, behind the port `Pool`."""
