"""Proofs as they are printed, and `tocsin log check`, which believes one without seeing the log."""

from __future__ import annotations

from typing import BinaryIO

import click
import msgspec

from tocsin.cli.log_stores import Unreadable, plainly
from tocsin.facts.values import Position
from tocsin.log.hashes import leaf_hash
from tocsin.log.port import Head, Log, LogError
from tocsin.log.proofs import ProofError, verify_consistency, verify_inclusion
from tocsin.log.tiles import Tiles


class Inclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="proof", tag="inclusion"):
    """That entry `position` (leaf number position - 1) is in the log as it stood at `size`. Hashes in hexadecimal."""

    centre: str
    position: Position
    size: Position
    leaf: str
    root: str
    hashes: list[str]

    def check(self) -> str:
        """What is proven, in words. Raises ProofError, ValueError."""
        verify_inclusion(self.position - 1, self.size, _raw(self.leaf), _raw(self.root), [_raw(h) for h in self.hashes])
        return f"entry {self.position} with leaf {self.leaf} is in the log of {self.size} entries with root {self.root}"


class Consistency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="proof", tag="consistency"):
    """That the log at `size` begins with the log at `old_size`. Hashes in hexadecimal."""

    centre: str
    old_size: Position
    old_root: str
    size: Position
    root: str
    hashes: list[str]

    def check(self) -> str:
        """What is proven, in words. Raises ProofError, ValueError."""
        hashes = [_raw(h) for h in self.hashes]
        verify_consistency(self.old_size, self.size, _raw(self.old_root), _raw(self.root), hashes)
        return (
            f"the log of {self.size} entries with root {self.root} begins with "
            f"the {self.old_size} entries with root {self.old_root}"
        )


def proof_of_inclusion(log: Log, tiles: Tiles, head: Head, position: Position) -> str:
    """One line of JSON, checked before it is given out. Raises LogError."""
    if position > head.position:
        raise LogError(f"there is no entry {position}; the log ends at {head.position}")
    leaf = log.leaves(position, 1)[0]
    hashes = [one.hex() for one in tiles.inclusion(position - 1, head.position)]
    proof = Inclusion(head.centre, position, head.position, leaf.hex(), head.root.hex(), hashes)
    proof.check()
    return msgspec.json.encode(proof).decode()


def proof_of_consistency(tiles: Tiles, head: Head, old: Position) -> str:
    """One line of JSON, checked before it is given out. Raises LogError."""
    hashes = [one.hex() for one in tiles.consistency(old, head.position)]
    proof = Consistency(head.centre, old, tiles.root(old).hex(), head.position, head.root.hex(), hashes)
    proof.check()
    return msgspec.json.encode(proof).decode()


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--root", metavar="HEX", help="The root you noted, or that a checkpoint states: the proof must be for it."
)
@click.option("--entry", type=click.File("rb"), help="The entry's bytes as exported: they must be those of the proof.")
def check(file: BinaryIO, root: str | None, entry: BinaryIO | None) -> None:
    """Check a proof without the log.

    FILE is what `verify --inclusion` or `--consistency` printed.

    Exit code 0: proven. 1: not proven. 2: not a proof.
    """
    with plainly():
        try:
            proof = msgspec.json.decode(file.read(1_000_000), type=Inclusion | Consistency)
        except (msgspec.MsgspecError, UnicodeError) as error:
            raise LogError(f"{file.name}: this is no proof: {error}") from error
        try:
            words = proof.check()
            if root is not None and root.lower() != proof.root:
                raise ProofError(f"the proof is for the root {proof.root}, not for yours")
            if entry is not None:
                _refuse_another_entry(proof, entry.read(1_000_000))
        except ProofError as error:
            click.echo(f"not proven: {error}")
            raise SystemExit(1) from error
        except ValueError as error:
            raise Unreadable(f"{file.name}: this is no proof: {error}") from error
    click.echo(f"proven: {words}")
    if root is None:
        click.echo("  the root itself is only as good as where you have it from: compare it with a signed checkpoint")


def _refuse_another_entry(proof: Inclusion | Consistency, line: bytes) -> None:
    """An exported line is the stored bytes with the position in front and the leaf behind."""
    if isinstance(proof, Consistency):
        raise ProofError("this proof is about no single entry")
    raw = line.strip()
    if raw.startswith(b'{"position":'):
        raw = b"{" + raw.split(b",", 1)[1].rsplit(b',"leaf"', 1)[0] + b"}"
    if leaf_hash(raw).hex() != proof.leaf:
        raise ProofError("the entry is another one than the proof's")


def _raw(text: str) -> bytes:
    return bytes.fromhex(text)
