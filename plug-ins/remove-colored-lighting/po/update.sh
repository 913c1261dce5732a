#!/bin/sh
# Bring the template, the translations and their compiled form up to date with the sources.
set -eu
cd "$(dirname "$0")"
domain=remove-colored-lighting
formats=../../../colorfix_core/luts/formats/table.py  # titles: the second argument of Format
find .. -name '*.py' | sort | xargs xgettext --from-code=UTF-8 --language=Python \
    --keyword=_ --keyword=N_ --keyword=Format:2 --add-comments=Translators \
    --no-location --sort-output --package-name="$domain" --output="$domain.pot" "$formats"
sed -i -e '/^# /d' -e '/^#$/d' -e '/^"POT-Creation-Date:/d' "$domain.pot"
for po in *.po; do
    msgmerge --quiet --update --backup=none --sort-output "$po" "$domain.pot"
    folder=../locale/${po%.po}/LC_MESSAGES
    mkdir -p "$folder"
    msgfmt --check --no-hash --output-file="$folder/$domain.mo" "$po"
done
