"""The reports service, killed like by `kill -9` when its engine comes to a named point of a command.

`python -m tests.integration.runtime.dying POINT`, in the environment of the service.
"""

import os
import signal
import sys

from libs.runtime.service import serve
from services.reports.app import create_app
from services.reports.settings import Settings


def main(point: str) -> None:
    def crash(at: str) -> None:
        if at == point:
            os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings()
    app = create_app(settings)
    app.state.runtime.engine._crash = crash
    serve(app, settings)


if __name__ == "__main__":
    main(sys.argv[1])
