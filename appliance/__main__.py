"""`python -m appliance` is the command `rinkreel`."""

import sys

from appliance.cli import main

if __name__ == "__main__":
    sys.exit(main())
