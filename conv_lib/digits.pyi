from conv_lib.kinds import Array, FloatType

__all__ = ["load"]

def load(*, seed: int = 0, dtype: FloatType = ...) -> tuple[tuple[Array, Array], tuple[Array, Array]]: ...
