#!/bin/bash
# Make a Debian 13 root directory with a real GIMP 3, and print its path.
#
# The root is cached in $COLORFIX_CACHE (default ~/.cache/colorfix-tests) and made again when
# the list of packages below changes. Needs root and Debian's package archive; takes about two
# minutes and 3 GB the first time, nothing afterwards. Only the path goes to standard output.
set -euo pipefail

suite=trixie
mirror=http://deb.debian.org/debian
packages=(
    gimp python3-gi gir1.2-gimp-3.0 python3-venv        # GIMP and what its plug-ins run on
    python3-torch python3-numpy python3-pil             # the run time that a distribution has
    xvfb openbox xdotool wmctrl imagemagick             # a screen to click on
    adwaita-icon-theme fonts-dejavu-core gettext locales
)

cache=${COLORFIX_CACHE:-$HOME/.cache/colorfix-tests}
stamp=$(printf '%s\n' "$suite" "${packages[@]}" | sha256sum | cut -c1-12)
root=$cache/root-$stamp

main() {
    mkdir -p "$cache"
    exec 9>"$cache/root.lock"
    flock 9
    if [ ! -d "$root" ]; then
        [ "$(id -u)" = 0 ] || fail "making a root for GIMP needs root; install GIMP 3 instead"
        {
            need_debootstrap
            make_root "$root.new"
            mv "$root.new" "$root"
        } >&2
    fi
    echo "$root"
}

fail() { echo "make_root.sh: $1" >&2; exit 1; }

need_debootstrap() {
    command -v debootstrap >/dev/null && return
    apt-get update
    apt-get install -y --no-install-recommends debootstrap
}

make_root() {
    rm -rf --one-file-system "$1"
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$1" "$mirror"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    # Services must not start inside, and a package cache would only double the size.
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod +x "$1/usr/sbin/policy-rc.d"
    inside "$1" apt-get install -y --no-install-recommends "${packages[@]}"
    inside "$1" apt-get clean
    inside "$1" localedef -i de_DE -f UTF-8 de_DE.UTF-8
}

# Run a command in the root; the mounts live and die with the command.
inside() {
    local root=$1
    shift
    unshare --mount bash -c '
        mount --bind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"' \
        "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

main
