"""Draw different hidden cases for each learner, from a secret that only the teacher has."""

import hashlib
import hmac
import os
from pathlib import Path

from conv_course.grade.records import Refused

SHORTEST = 16  # bytes of a secret: fewer can be guessed


class Secret:
    """`seed(...)` depends on its arguments and the secret, and reveals neither the secret nor other seeds."""

    def __init__(self, data):
        self._data = data
        self.mark = hashlib.sha256(b"which secret it is" + data).hexdigest()[:16]

    @classmethod
    def read(cls, path):
        try:
            if not os.path.isfile(path):
                raise Refused(f"{path} is not a file")
            data = Path(path).read_bytes().strip()
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}") from None
        if len(data) < SHORTEST:
            raise Refused(f"the secret in {path} has {len(data)} bytes; it needs at least {SHORTEST}")
        return cls(data)

    def __eq__(self, other):
        return isinstance(other, Secret) and self._data == other._data

    def __hash__(self):
        return hash(self._data)

    def seed(self, learner, exercise, seed):
        """Return 256 bits for a learner and an exercise, in the grading run that has this seed."""
        text = "\0".join([str(seed), exercise, learner])
        return int.from_bytes(hmac.digest(self._data, text.encode("utf-8", "surrogatepass"), "sha256"))


def name_of(found):
    """Return the learner's identity for drawing cases: the platform's ID if there is one, else the name."""
    return found.ids[0] if found.ids else found.learner
