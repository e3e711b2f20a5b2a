"""Talking to Exchange: a worker process around exchangelib, and the one place that translates its errors."""
