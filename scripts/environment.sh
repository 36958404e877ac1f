# Brings up .venv from the hashed lock; sourced by every script here, with "run" or "dev".
# A second start only compares one checksum. Nothing outside .venv and .cache is written.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export PIP_CACHE_DIR="${PIP_CACHE_DIR:-$root/.cache/pip}"
export PYTHONPATH="$root${PYTHONPATH:+:$PYTHONPATH}"
python="$root/.venv/bin/python"

find_python() {
  local candidate
  for candidate in "${BACKUP_BOT_PYTHON:-}" python3.11 python3.12 python3.13 python3.14 python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$candidate"
      return
    fi
  done
  echo "No Python 3.11 or newer with venv was found. Install one (on Debian: apt-get install python3 python3-venv)," >&2
  echo "or name it: BACKUP_BOT_PYTHON=/path/to/python3.11 $0" >&2
  return 2
}

locked_sum() { # the lock's checksum, in pure bash start-up cost: one cksum process
  cksum <"$root/requirements/$1.txt"
}

ensure_environment() { # $1: run | dev. "dev" holds everything of "run" at the same versions.
  local kind=$1 sum base
  sum=$(locked_sum "$kind")
  [ "$(cat "$root/.venv/installed-$kind" 2>/dev/null)" = "$sum" ] && [ -x "$python" ] && return
  mkdir -p "$root/.cache"
  exec 9>"$root/.cache/environment.lock"
  if command -v flock >/dev/null; then flock 9; fi
  if [ "$(cat "$root/.venv/installed-$kind" 2>/dev/null)" != "$sum" ] || ! [ -x "$python" ]; then
    if ! "$python" -c 'import pip' 2>/dev/null; then
      base=$(find_python) || exit 2
      echo "Setting up .venv (once; about a minute) ..." >&2
      rm -rf "$root/.venv"
      "$base" -m venv "$root/.venv"
    else
      echo "Bringing .venv up to date ..." >&2
    fi
    if ! "$python" -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
      -r "$root/requirements/$kind.txt" >&2; then
      echo "The packages could not be installed. Check the network and your pip settings, then run this again." >&2
      exit 2
    fi
    echo "$sum" >"$root/.venv/installed-$kind"
    # Where bytecode is not written while running (PYTHONDONTWRITEBYTECODE), this saves a third of each start.
    (cd "$root" && "$python" -m compileall -q azure_ops responses intents bot sandbox -x node_modules) || true
    if [ "$kind" = dev ]; then locked_sum run >"$root/.venv/installed-run"; fi
  fi
  exec 9>&-
}
