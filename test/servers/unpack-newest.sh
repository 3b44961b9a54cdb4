#!/bin/sh
# Unpacks the newest redis-server and valkey-server of Debian's unstable suites into the folder named, with all that they
# load down to the libc, and puts a starter of each beside them. Nothing of the system changes; no root is needed.
set -eu

target=$1

[ "$(. /etc/os-release && echo "$ID")" = debian ] || { echo 'Only Debian has the packages' >&2; exit 1; }

unpacked() {
  stat -c %Y "$target/root" 2>/dev/null || true
}

# One run at a time: whoever had to wait for another finds everything unpacked.
mkdir -p "$target"
before=$(unpacked)
exec 9>"$target/lock"
flock 9
[ "$(unpacked)" = "$before" ] || exit 0

apt_folder=$(mktemp -d)
trap 'rm -rf "$apt_folder"' EXIT
trap 'exit 1' HUP INT TERM

# An apt of its own, that knows of no package installed. The mirror is the one that this machine uses already.
site=$(apt-get indextargets --format '$(SITE)' "CODENAME: $(. /etc/os-release && echo "$VERSION_CODENAME")" | head -n 1)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
for suite in sid experimental; do
  echo "deb [signed-by=$keyring] $site $suite main"
done >"$apt_folder/sources.list"
mkdir -p "$apt_folder/lists/partial" "$apt_folder/cache/archives/partial" "$apt_folder/none"
: >"$apt_folder/status"

apt() {
  apt-get -qq -y -o Dpkg::Use-Pty=0 -o Debug::NoLocking=1 -o Acquire::Languages=none -o Acquire::Retries=2 \
    -o APT::Sandbox::User="$(id -un)" \
    -o Dir::Etc::sourcelist="$apt_folder/sources.list" -o Dir::Etc::sourceparts="$apt_folder/none" \
    -o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts="$apt_folder/none" \
    -o Dir::State="$apt_folder" -o Dir::State::status="$apt_folder/status" -o Dir::State::Lists="$apt_folder/lists" \
    -o Dir::Cache="$apt_folder/cache" "$@" 9>&-
}

download() {
  apt --no-install-recommends --download-only install "$1"
}

apt update
download redis-server/experimental || download redis-server/sid
download valkey-server/sid

for package in "$apt_folder"/cache/archives/*.deb; do
  dpkg-deb -x "$package" "$apt_folder/root"
done
loader=$(ls "$apt_folder"/root/usr/lib/*/ld-linux-*.so.* | head -n 1)
rm -rf "$target/root"
mkdir "$target/root"
# The servers are links to the programs that check their files.
mv "$apt_folder"/root/usr/bin/*-server "$apt_folder"/root/usr/bin/*-check-rdb "${loader%/*}"/*.so* "$target/root"

# The system's libc may be too old for them, so their own one's loader starts them.
for server in redis-server valkey-server; do
  cat >"$target/$server" <<STARTER
#!/bin/sh
root=\${0%/*}/root
exec "\$root/${loader##*/}" --library-path "\$root" "\$root/$server" "\$@"
STARTER
  chmod 755 "$target/$server"
done
