"""The embedded Exchange: a simulated EWS server on loopback. It shares no code with the client it serves."""
