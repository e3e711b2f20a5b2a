"""What the Simulation window is made of: Outlook and the time bar."""
