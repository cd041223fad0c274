"""The mock cloud behind one door.

    from course import lab
    lab.start()                      # boto3 now talks to a mock of AWS in this process, and to nothing else
    ec2 = lab.client("ec2")          # or boto3.client("ec2")
    lab.clock.advance(hours=24)      # time passes for the mock and the notebook alike
    with lab.empty_account(): ...    # a fresh account for a while
    lab.reset()                      # a clean cloud

Importing this package replaces every AWS variable of the process with dummies; starting it shuts the network.
"""

from course.lab import environment

environment.guard()  # before the imports below, because botocore and moto read these variables at import

from course.lab.clock import Clock, clock  # noqa: E402
from course.lab.cloud import client, empty_account, reset, start, stop  # noqa: E402
from course.lab.errors import NotInTheMock, RealNetworkRefused  # noqa: E402

__all__ = [
    "Clock",
    "NotInTheMock",
    "RealNetworkRefused",
    "client",
    "clock",
    "empty_account",
    "reset",
    "start",
    "stop",
]
