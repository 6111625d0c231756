"""The records of a class's submissions, read from the state one at a time."""

from dataclasses import replace


class Results:
    """Iterates over the records of the submissions that are done, in the order of the submissions."""

    def __init__(self, found, state):
        self.found, self._state = found, state
        self._known = [None] * len(found)  # a key of the state, or a record that the state does not keep

    def put(self, place, key=None, record=None):
        self._known[place] = record if key is None else key

    def record(self, place):
        """Return the record with its owner's current name, IDs and notes: it may be from an earlier run."""
        known, found = self._known[place], self.found[place]
        if known is None:
            return None
        record = self._state.get(known) if isinstance(known, bytes) else known
        return replace(
            record, learner=found.learner, ids=list(found.ids), notes=[*found.notes, *record.notes]
        )

    def __len__(self):
        return sum(known is not None for known in self._known)

    def __iter__(self):
        for place, known in enumerate(self._known):
            if known is not None:
                yield self.record(place)

    def by_learner(self):
        """Yield pairs of a learner and all their records."""
        places = {}
        for place, known in enumerate(self._known):
            if known is not None:
                places.setdefault(self.found[place].learner, []).append(place)
        for learner, theirs in places.items():
            yield learner, [self.record(place) for place in theirs]
