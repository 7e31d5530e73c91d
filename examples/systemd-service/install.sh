#!/usr/bin/env bash
# Installs Trimtab as a service of its own user. To be run as root; run again, it updates.
#
#   ./install.sh [--programs FOLDER] [--boot-enable] TEMPLATE...
#
#   TEMPLATE             whose numbered instances Trimtab may start, stop, restart, kill: drakrun@.service
#   --programs FOLDER    where `trimtab` and `trimtab-boot-helper` are; default: target/release of this repository
#   --boot-enable        also installs the helper by which Trimtab enables and disables these instances
#
# Nothing is enabled or started: what to do next is said at the end. A config that is there stays.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
programs=$(readlink -m "$here/../../target/release")
boot_enable=
templates=()

say() { printf 'install.sh: %s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

read_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
      --programs) [ $# -gt 1 ] || fail "--programs needs a folder"; programs=$2; shift ;;
      --boot-enable) boot_enable=yes ;;
      -*) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 2 ;;
      *) [[ $1 =~ ^[A-Za-z0-9][A-Za-z0-9:_.-]*@\.service$ ]] || fail "$1 is no template; expected one such as drakrun@.service"
         templates+=("$1") ;;
    esac
    shift
  done
  [ ${#templates[@]} -gt 0 ] || fail "name at least one template, such as drakrun@.service"
}

# install_file MODE SOURCE TARGET
install_file() { install -D -o root -g root -m "$1" "$2" "$3"; }

install_programs() {
  [ -x "$programs/trimtab" ] || fail "there is no $programs/trimtab; build it (cargo build --release --workspace), or name --programs"
  install_file 755 "$programs/trimtab" /usr/local/bin/trimtab
  [ -z "$boot_enable" ] || install_file 755 "$programs/trimtab-boot-helper" /usr/local/libexec/trimtab-boot-helper
}

make_user() {
  install_file 644 "$here/trimtab.sysusers" /usr/lib/sysusers.d/trimtab.conf
  systemd-sysusers /usr/lib/sysusers.d/trimtab.conf
}

# The list in the shipped rule is replaced by the templates that were named.
install_rule() {
  local names
  names=$(printf ', "%s"' "${templates[@]%@.service}")
  install -d -m 755 /etc/polkit-1/rules.d
  sed "s/^var trimtabTemplates = .*/var trimtabTemplates = [${names#, }];/" "$here/50-trimtab.rules" \
    >/etc/polkit-1/rules.d/50-trimtab.rules
  chmod 644 /etc/polkit-1/rules.d/50-trimtab.rules
  [ -e /usr/share/polkit-1/rules.d ] || say "this polkit seems to be older than 0.106 and does not read rules; see README.md"
}

install_units() {
  install_file 644 "$here/trimtab.service" /etc/systemd/system/trimtab.service
  if [ -n "$boot_enable" ]; then
    install_file 644 "$here/trimtab-boot.socket" /etc/systemd/system/trimtab-boot.socket
    install_file 644 "$here/trimtab-boot@.service" /etc/systemd/system/trimtab-boot@.service
    { sed -n '/^#/p' "$here/boot-templates"; printf '%s\n' "${templates[@]}"; } >/etc/trimtab/boot-templates
    chmod 644 /etc/trimtab/boot-templates
  fi
  systemctl daemon-reload
}

read_arguments "$@"
[ "$(id -u)" -eq 0 ] || fail "to be run as root"
umask 022
install_programs
make_user
install -d -o root -g root -m 755 /etc/trimtab
[ -e /etc/trimtab/trimtab.toml ] || install_file 644 "$here/trimtab.toml" /etc/trimtab/trimtab.toml
install_rule
install_units

say "installed for: ${templates[*]}"
say "next: edit /etc/trimtab/trimtab.toml, look at it with trimtab check, then"
[ -z "$boot_enable" ] || say "  systemctl enable --now trimtab-boot.socket"
say "  systemctl enable --now trimtab.service"
