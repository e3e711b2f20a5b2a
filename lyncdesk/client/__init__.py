"""One signed-in person: state, events, effects, and the runtime that carries them out. No Qt, no protocol library."""
