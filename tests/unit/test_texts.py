"""Texts: their tokens, the lines of their features, their tags, their commands."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from crossbar.data import Commands, Hashing, KeyPhrases, Texts, TfIdf
from crossbar.data.text import (
    ByText,
    Labelled,
    Span,
    span_score,
    spans_of_tags,
    tags_of_spans,
    tokens,
)
from crossbar.data.text.grammar import GRAMMARS, INTENTS, SLOT, SPANS
from crossbar.data.text.typing_noise import mistyped
from crossbar.errors import CrossbarError


def test_tokens_are_words_and_marks_with_their_places():
    text = "Запусти насос К-2 на 3,5 бар (E17)!"
    words = tokens(text)
    assert [word.text for word in words] == [
        "Запусти", "насос", "К-2", "на", "3,5", "бар", "(", "E17", ")", "!",
    ]  # fmt: skip
    assert all(text[word.start : word.end] == word.text for word in words)
    assert words[2].shape == "A-0"
    assert words[0].folded == "запусти"


def test_lines_are_the_crc_of_features_whatever_process_asks():
    hashing = Hashing(lines=100, characters=(2, 3), words=(2,))
    features = hashing.features(tokens("ab C"))
    assert features == ["<a", "ab", "b>", "<ab", "ab>", "<c", "c>", "<c>", "ab c"]
    patterns = Hashing(characters=None, patterns=(2,))
    assert patterns.features(tokens("play Ziggy on 3rd")) == ["#play A", "#A on", "#on 0"]
    assert hashing.line("ж") == zlib.crc32("ж".encode()) % 100
    # The check value of CRC-32, 0xCBF43926, in its last 20 bits.
    assert Hashing(lines=1 << 20).line("123456789") == 0x43926


def test_counts_add_features_that_come_to_one_line():
    """With one line every feature comes to it; with more the sum stays."""
    samples = [["a", "b", "a"], [], ["c"]]
    assert Hashing(lines=1).counts(samples).tolist() == [[3], [0], [1]]
    counts = Hashing(lines=1000).counts(samples)
    assert counts.sum(axis=1).tolist() == [3, 0, 1]
    assert counts[0, Hashing(lines=1000).line("a")] == 2


def test_counts_are_weighted_by_their_closed_form():
    """Line 0 is in both training samples: ln(3 / 3) = 0; line 1 in one: ln(3 / 2)."""
    x = np.array([[1, 2, 0], [1, 0, 0], [0, 0, 0]], np.float32)
    scaled = TfIdf().scaled(x, np.array([0, 1]))
    other = (1 + np.log(2)) * (1 + np.log(1.5))
    np.testing.assert_allclose(scaled[0], np.array([1, other, 0]) / np.hypot(1, other), rtol=1e-6)
    assert scaled[1].tolist() == [1, 0, 0]
    assert scaled[2].tolist() == [0, 0, 0]


def test_numbers_below_zero_are_no_counts():
    with pytest.raises(CrossbarError, match=r"TfIdf.x: expected counts, 0 or more, got -1"):
        TfIdf().scaled(np.array([[0.0, -1.0], [1.0, 0.0]]), np.array([0]))


def test_tags_say_spans_and_back():
    text = "stop pump 3, pump 4: E17"
    spans = (Span(5, 11, "unit"), Span(13, 19, "unit"), Span(21, 24, "code"))
    words = tokens(text)
    tags = tags_of_spans(words, spans)
    assert tags == ["O", "B-unit", "I-unit", "O", "B-unit", "I-unit", "O", "B-code"]
    assert spans_of_tags(words, tags) == spans
    loose = ["I-unit", "I-unit", "I-code", "O", "O", "O", "O", "O"]
    assert spans_of_tags(words, loose) == (Span(0, 9, "unit"), Span(10, 11, "code"))


def test_f1_counts_spans_that_are_right_to_the_letter():
    """Of two texts with 3 spans 2 are given, 1 of them right: 2 x 1 / (3 + 2)."""
    a, b, c = Span(0, 4, "unit"), Span(5, 8, "code"), Span(5, 9, "code")
    score = span_score([[a, b], [c]], [[a, c], []])
    assert score == (3, 2, 1)
    assert score.f1 == pytest.approx(0.4)
    assert span_score([[]], [[]]).f1 == 1


def test_commands_are_the_same_for_a_seed_all_different_and_all_intents_alike():
    texts = Commands(samples=400).labelled()
    assert texts == Commands(samples=400).labelled()
    assert texts != Commands(samples=400, seed=1).labelled()
    assert len({text.text for text in texts}) == 400
    assert [sum(t.intent == name for t in texts) for name in INTENTS] == [100] * 4
    russian = sum(any("а" <= letter <= "я" for letter in t.text.lower()) for t in texts)
    assert 120 < russian < 280  # 8 sd of a half
    assert {text.part for text in texts} == {0, 1, 2}


def test_key_phrases_of_commands_are_whole_tokens_with_mistyped_words_too():
    for typos in (0.0, 0.5):
        for text in Commands(samples=400, typos=typos).labelled():
            words = tokens(text.text)
            assert {span.name for span in text.spans} <= set(SPANS)
            assert spans_of_tags(words, tags_of_spans(words, text.spans)) == text.spans
            codes = [text.text[s.start : s.end] for s in text.spans if s.name == "code"]
            assert all(any(letter.isdigit() for letter in code) for code in codes)


def test_every_place_of_a_template_has_words():
    for grammar in GRAMMARS:
        assert set(grammar.templates) == set(INTENTS)
        every = [*grammar.templates.values(), *grammar.words.values()]
        names = {name for words in every for word in words for name in SLOT.findall(word)}
        assert names == set(grammar.words)


def test_a_mistyped_word_moves_the_spans_behind_it():
    rng = np.random.default_rng(0)
    lengths = set()
    for _ in range(60):
        text, spans = mistyped("pump 3 leaks 99", (Span(0, 6, "unit"), Span(13, 15, "number")), 1.0,
                               rng=rng)  # fmt: skip
        assert text[spans[1].start : spans[1].end] == "99"
        assert text[spans[0].start : spans[0].end].endswith(" 3")
        lengths.add(len(text))
    assert lengths == {13, 14, 15, 16, 17}


def test_tags_of_commands_are_samples_with_the_text_as_group():
    data = Commands(samples=60, task=KeyPhrases(window=1), hashing=Hashing(lines=64))
    dataset, texts = data.dataset(), data.labelled()
    assert dataset.names[0] == "O"
    assert len(dataset) == sum(len(tokens(text.text)) for text in texts)
    assert dataset.folds.tolist() == [texts[k].part for k in dataset.groups]
    parts = ByText().parts(dataset, rng=np.random.default_rng(0))
    owners = [set(dataset.groups[part].tolist()) for part in parts]
    assert not owners[0] & owners[2]


def test_intents_of_commands_are_samples_of_their_own():
    data = Commands(samples=60, hashing=Hashing(lines=64))
    dataset, texts = data.dataset(), data.labelled()
    assert dataset.groups is None
    assert dataset.names == ("alarm", "start", "status", "stop")
    assert [dataset.names[k] for k in dataset.y] == [text.intent for text in texts]
    np.testing.assert_array_equal(dataset.x[7:8], data.features(texts[7].text))


def rows(tmp_path, content, name="texts.csv"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return Texts(path=path)


def test_texts_are_read_from_a_table_and_from_json_lines(tmp_path):
    table = (
        "text,intent,part,spans\n"
        '"stop pump 3, now",stop,train,"[[5, 11, ""unit""]]"\n'
        "ok,yes,test,\n"
    )
    lines = (
        '{"text": "stop pump 3, now", "intent": "stop", "part": "train", '
        '"spans": [[5, 11, "unit"]]}\n'
        '\n{"text": "ok", "intent": "yes", "part": "test"}\n'
    )
    own = Labelled("stop pump 3, now", "stop", (Span(5, 11, "unit"),), 0)
    for data in (rows(tmp_path, table), rows(tmp_path, lines, "texts.jsonl")):
        assert data.labelled() == (own, Labelled("ok", "yes", (), 2))


def test_a_quoted_text_keeps_its_line_feeds(tmp_path):
    table = 'text,intent,spans\n"stop\npump 3",stop,"[[5, 11, ""unit""]]"\nok,yes,\n'
    text, other = rows(tmp_path, table).labelled()
    assert (text.text, text.spans) == ("stop\npump 3", (Span(5, 11, "unit"),))
    assert other.text == "ok"


def test_texts_without_parts_are_drawn_by_themselves(tmp_path):
    every = "text,intent\n" + "".join(f"text {k},{'ab'[k % 2]}\n" for k in range(2000))
    parts = np.bincount([text.part for text in rows(tmp_path, every).labelled()])
    # A tenth for test, a tenth of the rest for validation: 4 sd are 54 and 51.
    assert abs(parts[2] - 200) < 54
    assert abs(parts[1] - 180) < 51


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("t.csv", "text,intent\nstart,\n", r"t.csv:2: expected a text as intent"),
        ("t.csv", "words,intent\nstart,a\n", r"t.csv:2: expected a text as text"),
        ("t.csv", "text,intent,part\nstart,a,dev\n", r"t.csv:2: expected train, "),
        ("t.jsonl", '{"text": "a"\n', r"t.jsonl:1: expected an object of JSON"),
        ("t.jsonl", "[1]\n", r"t.jsonl:1: expected an object of JSON"),
        ("t.jsonl", '{"text": "a", "intent": "b", "spans": [[0, 2, "c"]]}\n', r"within 1 char"),
        ("t.jsonl", '{"text": "a", "intent": "b", "spans": [3]}\n', r"t.jsonl:1: expected a list"),
        ("t.csv", "text,intent\n", r"expected a text or more"),
        ("t.txt", "start", r"expected .csv or .jsonl"),
    ],
)
def test_texts_that_cannot_be_read_are_refused_with_their_line(tmp_path, name, content, said):
    with pytest.raises(CrossbarError, match=said):
        rows(tmp_path, content, name).labelled()
