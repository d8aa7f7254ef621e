#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# build.sh - the targets for ClusterFuzzLite and OSS-Fuzz.
#
# From outside come CC, CXX, CFLAGS, CXXFLAGS (the one sanitizer of this build,
# the engine's instrumentation, -m32), LIB_FUZZING_ENGINE (a flag or an
# archive), ARCHITECTURE, SRC, WORK and OUT; CMake takes the first six from the
# environment.  Nothing here or in CMakeLists.txt adds a sanitizer to them.
#
# $OUT gets the targets and, beside each, its seeds, options and dictionary;
# but not the command `mmtwin`, which is made without all that, for this build
# to turn the corpus into seeds with.
# Validator: ci/oss-fuzz/check.
set -euo pipefail
tree=$SRC/mmtwin
# shellcheck source=../ci/lib.sh
. "$tree/ci/lib.sh"

# --- the targets
word32=OFF
[[ ${ARCHITECTURE-x86_64} != i386 ]] || word32=ON
cmake -G Ninja -S "$tree" -B "$WORK/fuzz" -DMMTWIN_ENGINE=external \
	-DMMTWIN_M32=$word32
cmake --build "$WORK/fuzz" --target fuzzers

# --- the command, for this host; or, for a test, one that is there
mmtwin=${MMTWIN_SEEDER-}
if [[ -z $mmtwin ]]; then
	env -u CFLAGS -u CXXFLAGS -u LIB_FUZZING_ENGINE -u CC -u CXX \
		cmake -G Ninja -S "$tree" -B "$WORK/host" \
		-DCMAKE_C_COMPILER=clang -DCMAKE_C_FLAGS=-O1
	cmake --build "$WORK/host" --target mmtwin
	mmtwin=$WORK/host/mmtwin
fi

# --- seeds: text, traces, and for the other targets programs as bytes: those
# that are for all of them, and what has grown for each
# zip_seeds FOLDER ZIP: adds to the zip, if it is there
zip_seeds() {
	(cd "$WORK/seeds/$1" && zip -q -r "$2" .)
}
rm -rf "$WORK/seeds" "$WORK"/*.zip
for input in text import programs; do
	mkdir -p "$WORK/seeds/$input"
	inputs "$mmtwin" "$input" "$WORK/seeds/$input"
	zip_seeds "$input" "$WORK/$input.zip"
done
# grown_seeds TARGET ZIP
grown_seeds() {
	[[ -d $tree/corpus/grown/$1 ]] || return 0
	mkdir "$WORK/seeds/$1"
	inputs "$mmtwin" "$1" "$WORK/seeds/$1" "$tree/corpus/grown/$1"
	zip_seeds "$1" "$2"
}

# --- dictionaries: the words of both languages of text
quoted() {
	sort -u | sed -n 's/^[][A-Za-z0-9_.|=]\{2,\}$/"&"/p'
}
words() { # REGEX: in the corpus' programs
	find "$tree/corpus" -name '*.ops' -exec grep -hoE "$1" {} +
}
{
	"$mmtwin" list ops | awk '{ print $1 }'
	"$mmtwin" list reports | awk '{ print $1 }'
	words '[a-z_]+='
	words '(__)?(GFP|SLAB|VM|KM)_[A-Z0-9_]+'
} | quoted >"$WORK/text.dict"
{
	find "$WORK/seeds/import" -type f -exec grep -hoE '[a-z_]+[:=]' {} + |
		tr -d :
	words '(__)?GFP_[A-Z]+'
} | quoted >"$WORK/import.dict"

# --- and out; a program has a byte of header and up to 1000 ops of 16
for path in "$WORK"/fuzz/*_fuzzer; do
	name=${path##*/} target=${path##*/}
	target=${target%_fuzzer}
	zip=$OUT/${name}_seed_corpus.zip
	cp "$path" "$OUT/$name"
	case $target in
	text | import)
		cp "$WORK/$target.zip" "$zip"
		cp "$WORK/$target.dict" "$OUT/$name.dict"
		printf '[libfuzzer]\nmax_len = 4096\ndict = %s.dict\n' \
			"$name" >"$OUT/$name.options"
		;;
	*)
		cp "$WORK/programs.zip" "$zip"
		grown_seeds "$target" "$zip"
		printf '[libfuzzer]\nmax_len = 16001\n' >"$OUT/$name.options"
		;;
	esac
done
