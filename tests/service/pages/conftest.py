from tests.service.gateway.conftest import house, neighbour, office

__all__ = ["house", "neighbour", "office"]
