#!/usr/bin/env bash
# Open Clip Art: 2,978 coloured drawings in ten classes, of Debian's package openclipart-png (public domain), as
# train/CLASS and test/CLASS below a folder. A fifth of each class, by a checksum of the name, is for testing.
# Usage: datasets/open-clip-art.sh [FOLDER]      default: datasets/open-clip-art
set -euo pipefail
out=${1:-$(dirname "$(readlink -f "$0")")/open-clip-art}
classes=(animals food geography office people recreation shapes signs_and_symbols tools transportation)
most=500

[ ! -e "$out" ] || { echo "error: $out exists · open-clip-art.sh · remove it, or name another folder" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root openclipart-png || {
  echo "error: cannot download openclipart-png · apt-get · run apt-get update, with Debian's main archive" >&2
  exit 1
}
dpkg -x openclipart-png_*.deb .
mkdir -p images/train images/test
for class in "${classes[@]}"; do
  mkdir "images/train/$class" "images/test/$class"
  # Of larger classes every n-th file, so that all of their parts are there; names keep their folders.
  find "usr/share/openclipart/png/$class" -type f -name '*.png' | LC_ALL=C sort >names
  awk -v total="$(wc -l <names)" -v most="$most" \
    'total <= most || int(NR * most / total) > int((NR - 1) * most / total)' names | while IFS= read -r file; do
    name=${file#"usr/share/openclipart/png/$class/"}
    name=${name//\//--}
    part=train
    [ $(($(printf %s "$name" | cksum | cut -d' ' -f1) % 5)) -ne 0 ] || part=test
    mv "$file" "images/$part/$class/$name"
  done
done
mkdir -p "$(dirname "$out")"
mv images "$out"
echo "$(find "$out/train" -name '*.png' | wc -l) images in $out/train, $(find "$out/test" -name '*.png' | wc -l) in $out/test"
