"""Texts read by trained chips: intents, key values, other cells, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crossbar.bus.command import Command
from crossbar.cli.commands import app
from crossbar.errors import ConfigError
from crossbar.report.description import sentences
from crossbar.report.records import read_run
from crossbar.runs import experiment, read, train
from crossbar.runs.build import parts_of, samples
from crossbar.runs.reading import ChipReader
from crossbar.runs.text_chip import TextChip
from crossbar.toml import override

SCRIPTS = Path(__file__).parents[2] / "scripts"
SMALL = {
    "commands": ["data.samples=600", "train.epochs=12"],
    "key_phrases": [
        "data.samples=200",
        "data.hashing.lines=512",
        "train.epochs=6",
        "train.gamma=0.005",
    ],
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reading")
    for name, changes in SMALL.items():
        plan = experiment(override(read(SCRIPTS / f"{name}.toml"), changes))
        train(plan, folder / name, progress=False)
    return {name: folder / name for name in SMALL}


def test_a_chip_reads_what_it_learned_as_its_test_did(runs):
    """Decisions on the test part are those that the run kept, text by text."""
    reader, chip = ChipReader(runs["commands"]), TextChip(runs["commands"])
    texts = [text for text in chip.data.labelled() if text.part == 2]
    commands = [reader.read(text.text) for text in texts]
    kept = (next(runs["commands"].rglob("predictions.csv"))).read_text().splitlines()
    column = kept[0].split(",").index("decision")
    assert [one.number for one in commands] == [int(row.split(",")[column]) for row in kept[1:]]
    right = sum(a.intent == b.intent for a, b in zip(commands, texts, strict=True))
    assert right > 0.7 * len(texts)  # a quarter by guessing
    assert all(reader.intents[one.number] == one.intent for one in commands)
    assert all(0.25 <= one.confidence <= 1 for one in commands)
    reader.prove()


def test_a_text_without_features_has_no_preferred_intent(runs):
    reader = ChipReader(runs["commands"], runs["key_phrases"])
    assert reader.read("") == Command(intent="alarm", number=0, confidence=0.25)


def test_key_values_are_the_spans_of_the_tagger(runs):
    chip, text = TextChip(runs["key_phrases"]), "Stop pump K-2 because of E17"
    ((*spans,),) = chip.spans(text)
    command = ChipReader(runs["commands"], runs["key_phrases"]).read(text)
    expected = [(span.name, text[span.start : span.end]) for span in spans]
    assert [(one.name, one.text) for one in command.values] == expected
    assert expected
    assert chip.span_score().f1 > 0.3


@pytest.mark.parametrize("split", ["text", "group", "sample"])
def test_key_phrases_are_scored_on_texts_that_nothing_was_learned_from(tmp_path, split):
    changes = ["data.samples=100", "data.hashing.lines=64", "train.epochs=0", f"data.split={split}"]
    plan = experiment(override(read(SCRIPTS / "key_phrases.toml"), changes))
    train(plan, tmp_path, progress=False)
    chip = TextChip(tmp_path)
    if split == "sample":  # every text has tokens in the training part
        with pytest.raises(ConfigError, match=r"data.split: expected a test part with a whole"):
            chip.span_score()
        return
    dataset, texts = samples(plan.common.data), plan.common.data.labelled()
    test = set(dataset.groups[parts_of(plan.common.data, dataset, 0).test_index].tolist())
    own = [text for k, text in enumerate(texts) if k in test]
    assert chip.span_score() == chip.span_score(own)
    assert chip.span_score().wanted == sum(len(text.spans) for text in own) > 0


def test_other_cells_hold_the_same_weights_with_their_errors(runs):
    text = "Please start pump 3 at 40 %"
    ((ideal,),) = TextChip(runs["commands"]).scores(text)
    ((reram,),) = TextChip(runs["commands"], ["device.kind=reram"]).scores(text)
    assert ideal.argmax() == reram.argmax()
    assert 0 < abs(ideal - reram).max() < abs(ideal).max()


def test_the_command_line_reads_a_sentence(runs):
    given = [str(runs["commands"]), "boiler 2 leaks", "--tagger", str(runs["key_phrases"])]
    result = CliRunner().invoke(app, ["read", *given, "--json"])
    shown = json.loads(result.stdout)
    own = ChipReader(runs["commands"]).read("boiler 2 leaks")
    assert (shown["intent"], shown["confidence"]) == (own.intent, own.confidence)
    words = CliRunner().invoke(app, ["read", *given]).stdout
    assert words.startswith(f"{own.intent} (confidence {shown['confidence']:.3f})")
    assert all(f"  {one['name']}: {one['text']}" in words for one in shown["values"])


def test_reports_say_how_texts_were_split(runs):
    data, split, *_ = sentences(read_run(runs["key_phrases"]))
    assert "tokens of 200 texts" in data
    assert split.startswith("Split by the parts that the texts name, the same for every seed.")


def test_runs_of_the_other_task_and_on_other_samples_are_refused(runs, tmp_path):
    with pytest.raises(ConfigError, match="a run on Intents"):
        ChipReader(runs["key_phrases"])
    with pytest.raises(ConfigError, match="a run on KeyPhrases"):
        ChipReader(runs["commands"], runs["commands"])
    own = ["data.kind=yin-yang", "data.samples=60", "train.epochs=0", "network.kind=spiking"]
    plan = experiment(override({}, [*own, "device.kind=float", "train.batch=10"]))
    train(plan, tmp_path / "other", progress=False)
    with pytest.raises(ConfigError, match="a run that learned from texts"):
        ChipReader(tmp_path / "other")
