from libs.runtime.service import serve
from services.reports.matching.app import create_app
from services.reports.settings import Settings

if __name__ == "__main__":
    settings = Settings()
    serve(create_app(settings), settings)
