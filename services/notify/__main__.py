"""`python -m services.notify`."""

from libs.runtime.service import serve
from services.notify.app import app
from services.notify.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    serve(app(settings), settings)
