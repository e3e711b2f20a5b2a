"""The operating system under the client: clock, credentials, idle and lock, sleep, autostart, files."""
