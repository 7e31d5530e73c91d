#!/usr/bin/env bash
# Installs a pretended DRAKVUF Sandbox, to try Trimtab on a machine without one. To be run as root.
#
#   ./install.sh [--packages FOLDER]
#
#   --packages FOLDER   where karton-core and rq are already; without it, pip brings them from PyPI
#
# Everything goes to /opt/drakvuf-try, and the units to /etc/systemd/system. Nothing is enabled or started. It does not
# touch a machine that has a real drakrun@.service.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
home=/opt/drakvuf-try
units=(drakrun@.service drak-postprocess@.service drakrun-worker@.service drak-system.service)

fail() { printf 'install.sh: %s\n' "$*" >&2; exit 1; }

is_ours() { grep -q "$home" "$1"; }
refuse_a_real_sandbox() {
  local unit file
  for unit in "${units[@]}"; do
    file=$(systemctl show --property FragmentPath --value "${unit/@/@1}")
    [ -z "$file" ] || is_ours "$file" || fail "$file is a real one; this is for machines without DRAKVUF Sandbox"
  done
}

# A Python with Karton and RQ, in a folder of its own.
install_python() {
  if [ -n "$packages" ]; then
    install -d "$home/bin"
    ln -sf "$(command -v python3)" "$home/bin/python3"
    echo "PYTHONPATH=$packages" >>"$home/environment"
  else
    python3 -m venv "$home"
    "$home/bin/pip" install --quiet karton-core==5.9.1 rq==2.9.0
  fi
}

[ "${1:-}" != --packages ] || { packages=${2:?--packages needs a folder}; shift 2; }
packages=${packages:-}
[ $# -eq 0 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
[ "$(id -u)" -eq 0 ] || fail "to be run as root"
refuse_a_real_sandbox
install -D -m 755 "$here/sandbox.py" "$home/sandbox.py"
install -m 644 "$here/environment" "$home/environment"
install -m 755 "$here/send" "$home/send"
install_python
for unit in "${units[@]}"; do install -m 644 "$here/$unit" "/etc/systemd/system/$unit"; done
systemctl daemon-reload
