"""A page in headless Chromium, driven through its DevTools protocol over two pipes."""

import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
PROGRAM = next(filter(None, map(shutil.which, NAMES)), None)
SECONDS = 60


class Page:
    """An open page; `messages` are what it wrote to the console and what failed in it."""

    def __init__(self, path: Path, profile: Path):
        read_end, self._to = os.pipe()
        self._from, write_end = os.pipe()
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        # Chromium reads commands from file descriptor 3 and answers on 4.
        redirect = f'exec "$0" "$@" 3<&{read_end} 4>&{write_end}'
        self._process = subprocess.Popen(
            ["bash", "-c", redirect, PROGRAM, *options, "--remote-debugging-pipe", "about:blank"],
            pass_fds=(read_end, write_end),
            stderr=subprocess.DEVNULL,
        )
        os.close(read_end)
        os.close(write_end)
        self._buffer, self._number, self._session = b"", 0, None
        self.messages, self._events = [], set()
        target = self._send("Target.createTarget", url="about:blank")["targetId"]
        attached = self._send("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Log", "Runtime", "Network"):
            self._send(f"{domain}.enable")
        self._send("Page.navigate", url=path.resolve().as_uri())
        while "Page.loadEventFired" not in self._events:
            self._receive()

    def __enter__(self) -> "Page":
        return self

    def __exit__(self, *_) -> None:
        self._process.terminate()
        self._process.wait()
        os.close(self._to)
        os.close(self._from)

    def resize(self, width: int, height: int = 900) -> None:
        """Give the window a size in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._send("Emulation.setDeviceMetricsOverride", **size)

    def evaluate(self, script: str):
        """The value of a JavaScript expression, awaited where it is a promise."""
        arguments = {"expression": script, "returnByValue": True, "awaitPromise": True}
        result = self._send("Runtime.evaluate", **arguments)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    def screenshot(self) -> str:
        """The window as PNG, in base64."""
        return self._send("Page.captureScreenshot")["data"]

    def _send(self, method: str, **parameters) -> dict:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        while (answer := self._receive()).get("id") != self._number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def _receive(self) -> dict:
        deadline = time.monotonic() + SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._from], [], [], max(0, deadline - time.monotonic()))
            data = os.read(self._from, 2**20) if ready else b""
            assert data, "Chromium ended or does not answer."
            self._buffer += data
        text, _, self._buffer = self._buffer.partition(b"\0")
        message = json.loads(text)
        self._events.add(message.get("method"))
        match message.get("method"), message.get("params"):
            case "Log.entryAdded", {"entry": entry}:
                self.messages.append(entry["text"])
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown", details:
                self.messages.append(json.dumps(details))
            case "Network.requestWillBeSent", {"request": {"url": url}}:
                if not url.startswith(("file:", "data:")):
                    self.messages.append(f"asked for {url}")
        return message
