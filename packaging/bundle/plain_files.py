"""Run before the program where its modules are files: they are found as Python finds files anywhere.

PyInstaller's own way of finding them lists none of what is in a folder, which ``pkgutil`` does for who asks:
gssapi loads parts of itself so.
"""

import sys

sys.path_hooks[:] = [hook for hook in sys.path_hooks if "PyiFrozenFinder" not in hook.__qualname__]
sys.path_importer_cache.clear()
