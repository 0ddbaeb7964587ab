"""Digests of modules from outside, by which a result knows whether their code has changed."""

from __future__ import annotations

from pathlib import Path

from crossbar.runs.fingerprint import module_digest as digest

CODE = 'class A:\n    """{}"""\n    g = {}\n'


def test_words_are_no_part_of_a_digest_and_numbers_are(tmp_path: Path) -> None:
    digests = []
    for words, number in (("A", 1), ("Another A", 1), ("A", 2)):
        file = tmp_path / "a.py"
        file.write_text(CODE.format(words, number))
        digests.append(digest(file))
    assert digests[0] == digests[1] != digests[2]


def test_a_compiled_module_has_the_digest_of_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.cpython-311-x86_64-linux-gnu.so"
    digests = []
    for content in (b"\x7fELF\x00", b"\x7fELF\x01"):
        file.write_bytes(content)
        digests.append(digest(file))
    assert digests[0] != digests[1]
