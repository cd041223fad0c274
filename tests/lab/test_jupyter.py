"""The lab in a real Jupyter kernel: guards and a moved clock do not disturb it."""

from __future__ import annotations

from typing import Any

from jupyter_client.manager import start_new_kernel

CELLS = [
    "from course import lab\nlab.start(seed=3)",
    "import boto3; boto3.client('sqs').create_queue(QueueName='q')",
    "print(lab.clock.advance(days=40) > lab.clock.now())",
    "import time; time.sleep(0.1); print(boto3.client('sqs').list_queues()['QueueUrls'])",
    "lab.start()",
    "import requests\nrequests.get('https://example.com')",
    "lab.reset(); lab.stop(); print('still here')",
]


def test_cells_run_one_after_the_other() -> None:
    manager, client = start_new_kernel(kernel_name="python3")
    try:
        outputs = [_run(client, cell) for cell in CELLS]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    streams = {name for output in outputs for name in output}
    assert streams <= {"stdout", "error"}
    assert outputs[0]["stdout"].startswith("Mock cloud ready: moto")
    assert outputs[2]["stdout"] == "False\n"
    assert "/q'" in outputs[3]["stdout"]
    assert outputs[4]["stdout"].startswith("Mock cloud already running")
    assert outputs[5]["error"] == "RealNetworkRefused"
    assert outputs[6]["stdout"] == "still here\n"


def _run(client: Any, code: str) -> dict[str, str]:
    """Text by stream, and the name of the error."""
    output: dict[str, str] = {}

    def collect(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "stream":
            output[content["name"]] = output.get(content["name"], "") + content["text"]
        elif message["msg_type"] == "error":
            output["error"] = content["ename"]

    client.execute_interactive(code, timeout=60, output_hook=collect)
    return output
