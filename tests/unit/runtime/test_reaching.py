"""What MongoDB says while it stops, starts or changes its primary is an outage, and no fault of the message in hand."""

import pytest
from pymongo.errors import AutoReconnect, ExecutionTimeout, OperationFailure, PyMongoError

from libs.runtime.errors import Unavailable
from libs.runtime.mongo import reaching

OUTAGES = {
    "ShutdownInProgress": 91,
    "PrimarySteppedDown": 189,
    "NotWritablePrimary": 10107,
    "InterruptedAtShutdown": 11600,
    "InterruptedDueToReplStateChange": 11602,
    "OutOfDiskSpace": 14031,
    "ExceededTimeLimit": 262,
    "NotYetInitialized": 94,
    "ReadConcernMajorityNotAvailableYet": 134,
    "KeyNotFound": 211,
    "HostUnreachable": 6,
    "NetworkTimeout": 89,
    "WriteConflict": 112,
    "FailedToSatisfyReadPreference": 133,
}
OURS = {"BadValue": 2, "Unauthorized": 13, "FailedToParse": 9}


@pytest.mark.parametrize("code", OUTAGES.values(), ids=OUTAGES)
async def test_an_outage_is_tried_again(code: int) -> None:
    with pytest.raises(Unavailable):
        async with reaching():
            raise OperationFailure("for now", code)


@pytest.mark.parametrize("error", [AutoReconnect("gone"), ExecutionTimeout("late", 50)])
async def test_a_lost_connection_and_a_late_answer_are_tried_again(error: PyMongoError) -> None:
    with pytest.raises(Unavailable):
        async with reaching():
            raise error


@pytest.mark.parametrize("code", OURS.values(), ids=OURS)
async def test_a_question_that_is_wrong_is_not(code: int) -> None:
    with pytest.raises(OperationFailure):
        async with reaching():
            raise OperationFailure("never", code)
