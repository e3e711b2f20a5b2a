"""The one-folder bundle on a desktop: the tray, the first start, the keyring, what it starts, and what it leaves."""
