from libs.fetcher.app import create_app
from libs.fetcher.settings import FetcherSettings
from libs.runtime.service import serve

if __name__ == "__main__":
    settings = FetcherSettings()
    serve(create_app(settings), settings)
