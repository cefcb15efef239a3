"""reportgen: gather, model, write, publish and deliver a monthly market-risk assessment."""

import os

# Sums over several threads are added in another order on a machine with other processors, and the
# last digits of a fit move with it (3e-5 of a figure, measured): an edition could not be made
# again elsewhere. One thread is also faster here. It must stand before numpy is loaded.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

__version__ = "0.1.0"
