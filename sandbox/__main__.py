"""`python -m sandbox`: see docs/sandbox.md."""

import sys

from sandbox.launch import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
