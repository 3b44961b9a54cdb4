#!/bin/sh
# Installs the packages named on Debian or Ubuntu, their services neither started nor enabled. To be run as root.
set -eu

export DEBIAN_FRONTEND=noninteractive
policy=/usr/sbin/policy-rc.d
backports=/etc/apt/sources.list.d/nest-cachex-backports.list

# One run at a time: a second one finds everything installed.
exec 9>/run/lock/nest-cachex-servers.lock
flock 9

apt() {
  apt-get -qq -y -o DPkg::Lock::Timeout=120 -o Dpkg::Use-Pty=0 "$@" 9>&-
}

installed() {
  dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

has_candidate() {
  apt-cache policy "$1" | grep -q 'Candidate: [0-9]'
}

# Valkey came after Debian 12, which has it in backports. The mirror is the one that this machine uses already.
add_backports() {
  . /etc/os-release
  [ "$ID" = debian ] || return 0
  site=$(apt-get indextargets --format '$(SITE)' "CODENAME: $VERSION_CODENAME" | head -n 1)
  echo "deb $site $VERSION_CODENAME-backports main" >"$backports"
  update
}

# A source of this machine that does not answer is no reason to stop: the package lists at hand may do.
update() {
  updated=yes
  apt update || echo 'apt-get update failed; going on with the package lists at hand' >&2
}

if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

for package in "$@"; do
  installed "$package" && continue
  [ -n "${updated-}" ] || update
  has_candidate "$package" || add_backports
  apt install --no-install-recommends "$package"
  if command -v systemctl >/dev/null; then
    systemctl disable "$package" >/dev/null 2>&1 || true
  fi
done
