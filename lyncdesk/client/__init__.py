"""One signed-in person: state, events, effects, and the runtime. No Qt, no protocol library."""
