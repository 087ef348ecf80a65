import csv
import hashlib
import itertools
import json
import math
import os
import statistics
import sys
import tomllib
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import duckdb
import matplotlib
import numpy

if "ipykernel" not in sys.modules:
    matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(globals().get("__file__", "verify.ipynb")).resolve().parent
PARAMETERS = json.loads((HERE / "verify.json").read_text(encoding="utf-8"))
STUDY = Path(os.environ.get("VANA_STUDY") or HERE / PARAMETERS["study"])
TABLES = HERE / PARAMETERS["tables"]
# How far apart two computations of one number may be, relative to it. Counts and order statistics must be equal.
TOLERANCE = 1e-9
# The same for what is drawn at random, where a table has such numbers.
RANDOM_TOLERANCE = 0.02

if not STUDY.is_dir():
    raise SystemExit(f"{STUDY}: no such folder; unpack the package, or let VANA_STUDY name the study in it")
TOML = STUDY / "study.toml"
CONFIG = tomllib.loads(TOML.read_text(encoding="utf-8")) if TOML.exists() else {}
ALPHA, MARGIN = CONFIG.get("alpha", 0.05), CONFIG.get("margin", 0.02)
