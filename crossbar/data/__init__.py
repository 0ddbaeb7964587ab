"""Samples with classes or targets: where they come from, how they are split and scaled."""

from crossbar.data.arrays import Arrays
from crossbar.data.audio.engines import EngineSounds
from crossbar.data.audio.recordings import Recordings
from crossbar.data.audio.sound import Sound
from crossbar.data.audio.spectrogram import Spectrogram
from crossbar.data.audio.synthetic import Synthetic
from crossbar.data.data import DATA, Data, Progress
from crossbar.data.dataset import Dataset, Ends, Files
from crossbar.data.folds import ByFold
from crossbar.data.hardening import IsotropicHardening
from crossbar.data.images import Images
from crossbar.data.normalise import (
    NORMALISATIONS,
    Affine,
    Db80,
    Features,
    Normalisation,
    Scaling,
    Unit,
    Unscaled,
    ZScore,
)
from crossbar.data.pictures import Colour
from crossbar.data.random import RandomNumbers
from crossbar.data.split import SPLITS, ByGroup, BySample, Split
from crossbar.data.text import Commands, Hashing, Intents, KeyPhrases, Texts, TfIdf
from crossbar.data.words import Words
from crossbar.data.yin_yang import YinYang

__all__ = [
    "DATA",
    "NORMALISATIONS",
    "SPLITS",
    "Affine",
    "Arrays",
    "ByFold",
    "ByGroup",
    "BySample",
    "Colour",
    "Commands",
    "Data",
    "Dataset",
    "Db80",
    "Ends",
    "EngineSounds",
    "Features",
    "Files",
    "Hashing",
    "Images",
    "Intents",
    "IsotropicHardening",
    "KeyPhrases",
    "Normalisation",
    "Progress",
    "RandomNumbers",
    "Recordings",
    "Scaling",
    "Sound",
    "Spectrogram",
    "Split",
    "Synthetic",
    "Texts",
    "TfIdf",
    "Unit",
    "Unscaled",
    "Words",
    "YinYang",
    "ZScore",
]
