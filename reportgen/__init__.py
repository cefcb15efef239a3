"""reportgen: gather, model, write, publish and deliver a monthly market-risk assessment."""

__version__ = "0.1.0"
