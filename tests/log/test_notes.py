"""Notes, keys and checkpoints: published examples, our own, and everything that only looks like one."""

from __future__ import annotations

import base64
import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tocsin.log.notes import Checkpoint, Note, NoteError, PrivateKey, PublicKey
from tocsin.log.notes_keys import load_key, save_key

# SOURCE: the documentation of Go's golang.org/x/mod/sumdb/note.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SAYING = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()
# SOURCE: C2SP tlog-cosignature, the example in its introduction.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
).encode()
# SOURCE: C2SP signed-note, the example in its introduction: a text with an empty line in it.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore "
    "NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()

KEY = PrivateKey("north", 1, b"\x01" * 32)
WITNESS = PrivateKey("ombud.example/w", 4, b"\x02" * 32)
POINT = Checkpoint("north", 17, b"\x07" * 32)


def test_the_published_key_signs_the_published_note():
    key = PrivateKey.parse(SECRET)
    assert str(key.public) == PUBLIC
    assert key.secret() == SECRET
    assert Note(Note.parse(SAYING).text, ()).signed([key]).bytes() == SAYING
    assert Note.parse(SAYING).check([PublicKey.parse(PUBLIC)]) == [key.public]


@pytest.mark.parametrize("note", [SAYING, SOFA, POEM])
def test_published_notes_are_read_and_written_back_byte_for_byte(note):
    assert Note.parse(note).bytes() == note


def test_the_empty_line_that_counts_is_the_last():
    assert Note.parse(POEM).text.endswith(b"sole:\n\ned \xc3\xa8 subito sera.\n")


def test_the_published_checkpoint_is_read():
    note = Note.parse(SOFA)
    assert Checkpoint.read(note.text)[:2] == ("example.com/behind-the-sofa", 20_852_163)
    assert Checkpoint.read(note.text).note().text == note.text
    assert int.from_bytes(note.signatures[1].signature[:8], "big") == 1_679_315_147


def test_a_cosignature_is_over_the_message_of_the_standard():
    note = POINT.note().signed([WITNESS], 1_679_315_147)
    signature = note.signatures[0].signature
    message = b"cosignature/v1\ntime 1679315147\n" + note.text
    Ed25519PublicKey.from_public_bytes(WITNESS.public.raw).verify(signature[8:], message)
    assert signature[:8] == (1_679_315_147).to_bytes(8, "big")
    assert note.check([WITNESS.public]) == [WITNESS.public]


def test_a_cosignature_with_another_time_is_wrong():
    note = POINT.note().signed([WITNESS], 1_000)
    one = note.signatures[0]
    moved = one._replace(signature=(1_001).to_bytes(8, "big") + one.signature[8:])
    with pytest.raises(NoteError, match="signature of ombud"):
        Note(note.text, (moved,)).check([WITNESS.public])


def test_one_key_for_two_kinds_of_signature_is_two_keys():
    same = PrivateKey("ombud.example/w", 1, b"\x02" * 32)
    assert same.public.identity != WITNESS.public.identity
    with pytest.raises(NoteError, match="not signed by a key that you trust"):
        POINT.note().signed([WITNESS], 1).check([same.public])


def test_unknown_signatures_are_passed_over_and_known_ones_must_hold():
    stranger = PrivateKey("stranger", 1, b"\x03" * 32)
    namesake = PrivateKey("north", 1, b"\x04" * 32)
    note = POINT.note().signed([stranger, namesake, KEY])
    assert note.check([KEY.public]) == [KEY.public]
    broken = note.signatures[2]._replace(signature=b"\x00" * 64)
    with pytest.raises(NoteError, match="signature of north is wrong"):
        Note(note.text, (note.signatures[0], broken)).check([KEY.public, stranger.public])
    with pytest.raises(NoteError, match="not signed"):
        note.check([WITNESS.public])
    with pytest.raises(NoteError, match="not signed"):
        note.check([])


@given(st.data())
def test_a_text_changed_anywhere_is_not_believed(data):
    note = POINT.note().signed([KEY])
    at = data.draw(st.integers(0, len(note.text) - 1))
    changed = bytearray(note.text)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(NoteError):
        Note(bytes(changed), note.signatures).check([KEY.public])


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_note_or_one_clear_error(data):
    for given_ in (data, data + b"\n\n" + SAYING.split(b"\n\n")[1], SAYING + data):
        try:
            note = Note.parse(given_)
        except NoteError:
            continue
        assert note.bytes() == given_
        try:
            Checkpoint.read(note.text)
        except NoteError:
            continue


LINE = SAYING.split(b"\n\n")[1].decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no signatures"),
        (b"text\n", "no signatures"),
        (b"text\n\n", "no signatures"),
        (f"text\n{LINE}".encode(), "no signatures"),
        (f"text\n\n{LINE[:-1]}".encode(), "no signatures"),
        (f"text\n\n{LINE}x\n".encode(), "not a signature"),
        (f"text\r\n\n{LINE}".encode(), "control character"),
        (f"te\x00xt\n\n{LINE}".encode(), "control character"),
        (b"te\xffxt\n\n" + LINE.encode(), "UTF-8"),
        (f"text\n\n{LINE.replace('—', '-')}".encode(), "not a signature"),
        (f"text\n\n{LINE.replace(' x08', '  x08')}".encode(), "not a signature"),
        (f"text\n\n{LINE.replace('Neumann', '+Neumann')}".encode(), "not a signature"),
        (f"text\n\n{LINE.replace('Neumann', chr(0xA0))}".encode(), "not a signature"),
        (f"text\n\n{LINE.replace('nAM=', 'nAN=')}".encode(), "not a signature"),
        (f"text\n\n{LINE.replace('x08', '*08')}".encode(), "not a signature"),
        (b"text\n\n" + "— a AAAA\n".encode(), "not a signature"),
        (f"text\n\n{LINE * 101}".encode(), "too many"),
        (b"x" * 1_000_001, "too long"),
    ],
)
def test_what_only_looks_like_a_note_is_refused_by_name(data, words):
    with pytest.raises(NoteError, match=words):
        Note.parse(data)


def test_sixteen_signatures_are_not_too_many():
    assert len(Note.parse(f"text\n\n{LINE * 16}".encode()).signatures) == 16


ROOT = base64.b64encode(b"\x07" * 32).decode()


@pytest.mark.parametrize(
    "text",
    [
        "north\n17\n",
        f"\n17\n{ROOT}\n",
        f"north\n017\n{ROOT}\n",
        f"north\n-1\n{ROOT}\n",
        f"north\n+1\n{ROOT}\n",
        f"north\n1 7\n{ROOT}\n",
        f"north\n٣\n{ROOT}\n",
        f"north\n{'9' * 30}\n{ROOT}\n",
        f"north\n17\n{ROOT[:-4]}\n",
        f"north\n17\n{ROOT[:-1]}\n",
        f"north\n17\n{ROOT}\n\nmore\n",
        "north\n17\nAAAA\n",
    ],
)
def test_what_only_looks_like_a_checkpoint_is_refused(text):
    with pytest.raises(NoteError):
        Checkpoint.read(text.encode())


def test_extension_lines_are_signed_and_otherwise_passed_over():
    text = POINT.note().text + b"more\n"
    assert Checkpoint.read(text) == POINT
    note = Note(text, ()).signed([KEY])
    with pytest.raises(NoteError):
        Note(POINT.note().text, note.signatures).check([KEY.public])


@pytest.mark.parametrize("origin", ["", "north\nsouth", "a\tb"])
def test_an_origin_that_is_no_line_is_refused(origin):
    with pytest.raises(NoteError, match="origin"):
        Checkpoint(origin, 1, b"\x00" * 32).note()


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\nb", "a\x00", "\ud800"])
def test_a_name_that_no_key_may_have_is_refused(name):
    with pytest.raises(NoteError, match="name a key"):
        PrivateKey.make(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "north",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("Peter", "Paul"),
        PUBLIC[:-1],
        PUBLIC + "A",
        PUBLIC.replace("+ARpc", "+Axpc"),
        "rekor.sigstore.dev+12345678+THIS_IS_NOT_BASE64!",
        SECRET,
    ],
)
def test_what_only_looks_like_a_public_key_is_refused(text):
    with pytest.raises(NoteError, match="not a public key"):
        PublicKey.parse(text)


def test_a_published_witness_key_is_read():
    # SOURCE: transparency-dev/formats, the tests of its cosignatures.
    text = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"
    assert (str(PublicKey.parse(text)), PublicKey.parse(text).kind) == (text, 4)


def test_a_key_file_is_its_owners_alone_and_is_never_written_over(tmp_path):
    file = tmp_path / "key"
    before = os.umask(0)
    try:
        save_key(file, KEY)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_key(file).public == KEY.public
    with pytest.raises(NoteError, match="never written over"):
        save_key(file, PrivateKey.make("north"))
    assert load_key(file).public == KEY.public


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602])
def test_a_key_that_others_may_read_is_refused(tmp_path, mode):
    file = tmp_path / "key"
    save_key(file, KEY)
    file.chmod(mode)
    with pytest.raises(NoteError, match="others may read"):
        load_key(file)


@pytest.mark.parametrize("content", [b"", b"PRIVATE+KEY+", b"\xff\xfe", SECRET[:-1].encode(), SECRET.upper().encode()])
def test_a_file_that_is_no_key_is_named_and_its_content_is_not_said(tmp_path, content):
    file = tmp_path / "key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(NoteError, match="not a signing key") as refused:
        load_key(file)
    assert str(file) in str(refused.value)
    assert "AYEK" not in str(refused.value).upper()


def test_a_missing_key_file_and_a_missing_directory_are_said(tmp_path):
    with pytest.raises(NoteError, match="No such file"):
        load_key(tmp_path / "key")
    with pytest.raises(NoteError, match="No such file"):
        save_key(tmp_path / "nowhere" / "key", KEY)
