"""The language server as an editor starts it: a process, spoken to in JSON-RPC over its pipes."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from queue import Queue

import pytest

pytest.importorskip("pygls")
ROOT = Path(__file__).parents[2]
WAIT = 30.0
TEXT = 'variable "größe" {}\nvariable "𝒳" {}\noutput "x" {\nvalue="𝒳𝒳${var.regoin}"\n}\n'


class Editor:
    """One end of the conversation."""

    def __init__(self, folder: Path) -> None:
        self.uri = (folder / "main.hcl").as_uri()
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "lsp"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**os.environ, "FREEHOLD_CACHE_DIR": ""},
        )
        self._numbers = itertools.count(1)
        self._heard: Queue[dict] = Queue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def notify(self, method: str, params: object) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: object) -> object:
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        answer = self.until(lambda message: message.get("id") == number and "method" not in message)
        assert "error" not in answer, answer
        return answer["result"]

    def problems(self) -> list[dict]:
        """The next diagnostics that are published of the file."""
        return self.until(lambda m: m.get("method") == "textDocument/publishDiagnostics")["params"]["diagnostics"]

    def until(self, wanted) -> dict:
        while True:
            message = self._heard.get(timeout=WAIT)
            if wanted(message):
                return message

    def end(self) -> str:
        """Shut it down; what it complained of."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        _, errors = self._process.communicate(timeout=WAIT)
        assert self._process.returncode == 0
        return errors.decode()

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait(timeout=WAIT)

    def _send(self, message: dict) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(data), data))
        self._process.stdin.flush()

    def _listen(self) -> None:
        stream = self._process.stdout
        while line := stream.readline():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
                while stream.readline().strip():
                    pass
                self._heard.put(json.loads(stream.read(length)))


@pytest.fixture
def editor(tmp_path):
    (tmp_path / "main.hcl").write_text("# saved\n")
    made = Editor(tmp_path)
    yield made
    made.kill()


def test_a_conversation(editor, tmp_path):
    told = editor.ask("initialize", {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}})
    assert told["serverInfo"]["name"] == "freehold"
    for ability in ("completion", "hover", "definition", "documentSymbol", "documentFormatting"):
        assert told["capabilities"][f"{ability}Provider"]
    editor.notify("initialized", {})
    document = {"uri": editor.uri, "languageId": "hcl", "version": 1, "text": TEXT}
    editor.notify("textDocument/didOpen", {"textDocument": document})

    (problem, *_) = [each for each in editor.problems() if each["severity"] == 1]
    assert "undeclared input variable" in problem["message"]
    # positions are in UTF-16: each of the two letters before is two units
    assert problem["range"] == {"start": {"line": 3, "character": 13}, "end": {"line": 3, "character": 23}}

    where = {"textDocument": {"uri": editor.uri}, "position": {"line": 3, "character": 17}}
    items = editor.ask("textDocument/completion", where)
    assert {each["label"] for each in items} == {"var.größe", "var.𝒳"}
    assert items[0]["textEdit"]["range"]["start"] == {"line": 3, "character": 13}

    change = {"range": problem["range"], "text": "var.größe"}
    editor.notify(
        "textDocument/didChange", {"textDocument": {"uri": editor.uri, "version": 2}, "contentChanges": [change]}
    )
    assert [each["severity"] for each in editor.problems()] == [2]  # the other variable is not used

    where["position"]["character"] = 18
    assert editor.ask("textDocument/definition", where)["range"]["start"] == {"line": 0, "character": 0}
    assert "var.größe" in editor.ask("textDocument/hover", where)["contents"]["value"]
    outline = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": editor.uri}})
    assert [each["name"] for each in outline] == ["variable.größe", "variable.𝒳", "output.x"]
    options = {"textDocument": {"uri": editor.uri}, "options": {"tabSize": 2, "insertSpaces": True}}
    (edit,) = editor.ask("textDocument/formatting", options)
    assert edit["newText"].endswith('output "x" {\n  value = "𝒳𝒳${var.größe}"\n}\n')

    assert "Traceback" not in editor.end()


def test_a_file_that_was_never_saved_is_part_of_its_stack(editor, tmp_path):
    (tmp_path / "main.hcl").unlink()
    editor.ask("initialize", {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}})
    editor.notify("initialized", {})
    for name, text in (("main.hcl", 'variable "a" {}\n'), ("new.hcl", 'output "x" { value = var.b }\n')):
        document = {"uri": (tmp_path / name).as_uri(), "languageId": "hcl", "version": 1, "text": text}
        editor.notify("textDocument/didOpen", {"textDocument": document})

    told = itertools.chain.from_iterable(editor.problems() for _ in range(4))  # of each file once at least
    problem = next(each for each in told if each["severity"] == 1)
    assert "undeclared input variable" in problem["message"]
    where = {"textDocument": {"uri": (tmp_path / "main.hcl").as_uri()}, "position": {"line": 0, "character": 3}}
    assert "variable" in editor.ask("textDocument/hover", where)["contents"]["value"]
    assert "Traceback" not in editor.end()
