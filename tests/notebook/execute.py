"""Executes a notebook as Jupyter does, in its own folder, and prints what its last cell printed."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
nbformat.validate(notebook)
try:
    NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
except CellExecutionError as error:
    sys.exit(f"{error.ename}: {error.evalue}")
print("".join(output.get("text", "") for output in notebook.cells[-1].outputs), end="")
