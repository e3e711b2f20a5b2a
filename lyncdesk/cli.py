"""The command line: arguments in, exit status out. Loads the screens only when a window is wanted."""
