#!/bin/bash
# Make a Debian root directory with a real GIMP 3, and print its path.
#
#     make_root.sh [trixie | forky]
#
# GIMP is 3.0 in trixie (Debian 13) and 3.2 in forky. The roots lie side by side in
# $COLORFIX_CACHE (default ~/.cache/colorfix-tests), each until the list of packages below
# changes; forky moves, and who wants it newer removes its root. Needs root and Debian's package
# archive; takes two to four minutes and 2 GB the first time, nothing afterwards. Only the path
# goes to standard output.
set -euo pipefail

suite=${1:-trixie}
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
    exec 9>"$root.lock"
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

# Both suites may be made at once, but the system's own packages go in one by one.
need_debootstrap() {
    command -v debootstrap >/dev/null && return
    apt-get -o DPkg::Lock::Timeout=300 update
    apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends debootstrap
}

make_root() {
    rm -rf --one-file-system "$1"
    local scripts=/usr/share/debootstrap/scripts script=()
    # Its newest suites are unknown to an older debootstrap, and are made as all are.
    [ -e "$scripts/$suite" ] || script=("$scripts/sid")
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$1" "$(mirror)" "${script[@]}"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
    # Services must not start inside, and a package cache would only double the size.
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
    chmod +x "$1/usr/sbin/policy-rc.d"
    inside "$1" apt-get install -y --no-install-recommends "${packages[@]}"
    inside "$1" apt-get clean
    inside "$1" localedef -i de_DE -f UTF-8 de_DE.UTF-8
}

# Where this machine has its own packages from; nothing on another system than Debian, and then
# debootstrap takes the mirror that it knows.
mirror() {
    grep -qx 'ID=debian' /etc/os-release || return 0
    apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' |
        awk '$2 == "main" && $1 ~ /^https?:/ && $1 !~ /security/ && !found++ {print $1}'
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
