from libs.runtime.service import serve
from services.registry.app import create_app
from services.registry.settings import RegistrySettings

settings = RegistrySettings()
serve(create_app(settings), settings)
