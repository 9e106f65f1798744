"""The sets variables live in: raw numbers made into members of each kind.

Two ways in: `member` for points (covers the whole set, corners and simple members included) and
`smooth_member` for the values of unspecified functions (a smooth map into the set).
"""

from __future__ import annotations

from typing import assert_never

import numpy as np

from derivcheck.engines.sampled.values import Array, BadSizes, Unsupported
from derivcheck.expr.declarations import Kind

ROUNDED_KINDS = frozenset({Kind.ORTHOGONAL, Kind.STIEFEL, Kind.UNITARY, Kind.UNIT, Kind.SIMPLEX})


def _transposed(a: Array) -> Array:
    return a.transpose(0, 2, 1)


def _adjoint(a: Array) -> Array:
    return np.conj(_transposed(a))


def _mirrored(raw: Array, sign: float, conjugate: bool) -> Array:
    """The upper triangle, and below it the same, negated or conjugated."""
    below = _transposed(np.triu(raw, 1))
    result = np.triu(raw) + sign * (np.conj(below) if conjugate else below)
    diagonal = np.eye(raw.shape[1]) * raw
    if sign < 0:
        return np.asarray(result - diagonal)
    return np.asarray(result - 1j * diagonal.imag) if conjugate else result


def _orthonormal(raw: Array, generator: np.random.Generator) -> Array:
    """Columns of QR with random signs: both determinants. Some are signed permutations."""
    count, rows, cols = raw.shape
    q, _ = np.linalg.qr(raw + 1e-3 * generator.standard_normal(raw.shape))
    signs = generator.choice([-1.0, 1.0], (count, 1, cols))
    result = q * signs
    for k in range(0, count, 3):
        order = generator.permutation(rows)[:cols]
        result[k] = np.eye(rows)[:, order] * signs[k]
    return np.asarray(result)


def _far_from_singular(raw: Array) -> Array:
    """The raw matrix, with a multiple of the identity added where it is nearly singular."""
    size = np.sqrt((np.abs(raw) ** 2).sum(axis=(1, 2)))
    n = raw.shape[1]
    weak = np.abs(np.linalg.det(raw)) <= 1e-3 * (size / np.sqrt(n) + 1e-30) ** n
    shift = np.where(weak, np.ceil(size) + 1.0, 0.0).reshape(-1, 1, 1)
    return np.asarray(raw + shift * np.eye(n))


def _without_zero(raw: Array) -> Array:
    zero = (np.abs(raw).sum(axis=(1, 2)) == 0).reshape(-1, 1, 1)
    return np.where(zero, 1.0, raw)


def member(kind: Kind, raw: Array, generator: np.random.Generator) -> Array:
    """Members of a kind from raw entries of either sign (complex for complex kinds)."""
    match kind:
        case Kind.REAL | Kind.COMPLEX:
            return raw
        case Kind.INTEGER:
            return np.rint(raw)
        case Kind.SYMMETRIC:
            return _mirrored(raw, 1.0, False)
        case Kind.SKEW:
            return _mirrored(raw, -1.0, False)
        case Kind.DIAGONAL:
            return raw * np.eye(raw.shape[1])
        case Kind.HERMITIAN:
            return _mirrored(raw, 1.0, True)
        case Kind.SPD | Kind.HPD:
            scale = np.maximum(np.abs(raw).max(axis=(1, 2), keepdims=True) ** 2, 1e-6)
            weight = generator.choice([1.0, 1.0, 0.25, 2.0], (raw.shape[0], 1, 1))
            ridge = np.minimum(scale, 1.0) * weight * np.eye(raw.shape[1])
            return _mirrored(raw @ _adjoint(raw) + ridge, 1.0, kind is Kind.HPD)
        case Kind.INVERTIBLE:
            return _far_from_singular(raw)
        case Kind.ORTHOGONAL | Kind.STIEFEL:
            if raw.shape[2] > raw.shape[1]:
                raise BadSizes
            return _orthonormal(raw, generator)
        case Kind.UNITARY:
            q, _ = np.linalg.qr(raw + 1e-3 * generator.standard_normal(raw.shape))
            phase = np.exp(2j * np.pi * generator.uniform(0, 1, (raw.shape[0], 1, raw.shape[2])))
            return np.asarray(q * phase)
        case Kind.UNIT:
            raw = _without_zero(raw)
            return np.asarray(raw / np.sqrt((raw * raw).sum(axis=(1, 2), keepdims=True)))
        case Kind.SIMPLEX:
            weights = _without_zero(np.abs(raw))
            return np.asarray(weights / weights.sum(axis=(1, 2), keepdims=True))
        case Kind.ONEHOT:
            place = generator.integers(0, raw.shape[1], (raw.shape[0], 1, 1))
            return np.asarray((np.arange(raw.shape[1]).reshape(1, -1, 1) == place) * 1.0)
        case Kind.INDEX:
            raise ValueError("index positions are enumerated")
        case _:
            assert_never(kind)


def smooth_member(kind: Kind, raw: Array) -> Array:
    """A smooth map into a kind; `raw` has the shape of the value (n×n for stiefel[n, k]).
    The maps of real kinds are analytic, so a complex step passes through them."""
    identity = np.eye(raw.shape[1]) if raw.shape[1] == raw.shape[2] else np.zeros((1, 1))
    match kind:
        case Kind.REAL | Kind.COMPLEX:
            return raw
        case Kind.SYMMETRIC:
            return np.asarray((raw + _transposed(raw)) / 2)
        case Kind.SKEW:
            return np.asarray((raw - _transposed(raw)) / 2)
        case Kind.DIAGONAL:
            return raw * identity
        case Kind.HERMITIAN:
            return np.asarray((raw + _adjoint(raw)) / 2)
        case Kind.SPD:
            return np.asarray(raw @ _transposed(raw) + identity)
        case Kind.HPD:
            return np.asarray(raw @ _adjoint(raw) + identity)
        case Kind.INVERTIBLE:
            # raw + (raw raw')**… could be singular; a positive definite plus a skew part is not.
            skew = (raw - _transposed(raw)) / 2
            return np.asarray(0.3 * raw @ _transposed(raw) + identity + skew)
        case Kind.ORTHOGONAL | Kind.STIEFEL:
            skew = (raw - _transposed(raw)) / 2
            return np.asarray(np.linalg.solve(identity - skew, identity + skew))
        case Kind.UNITARY:
            skew = (raw - _adjoint(raw)) / 2
            return np.asarray(np.linalg.solve(identity - skew, identity + skew))
        case Kind.UNIT:
            moved = raw + 3.0
            return np.asarray(moved / np.sqrt((moved * moved).sum(axis=(1, 2), keepdims=True)))
        case Kind.SIMPLEX:
            powers = np.exp(raw - raw.real.max(axis=(1, 2), keepdims=True))
            return np.asarray(powers / powers.sum(axis=(1, 2), keepdims=True))
        case Kind.INTEGER | Kind.INDEX | Kind.ONEHOT:
            raise Unsupported(f"a smooth function with values in {kind.value}")
        case _:
            assert_never(kind)
