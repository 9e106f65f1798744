"""derivcheck: judge claimed identities, derivatives and gradients."""

__version__ = "0.1.0"
