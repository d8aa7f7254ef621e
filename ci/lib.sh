# SPDX-License-Identifier: MIT
# shellcheck shell=bash
#
# lib.sh - what the scripts of ci/ share: the tree's top, installing what is
# missing, building a preset.  A script that cannot run exits 2: also one in
# which a command fails that should not; what it says is why.
set -E
trap 'exit 2' ERR

# shellcheck disable=SC2034 # read by who sources this
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The compiler by whose edges the corpus is chosen: Debian 12's.
# shellcheck disable=SC2034
pinned_clang=14.0.6

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 2
}

# What --help says: the head of the script.
usage() {
	sed -n '4,/^[^#]/{/^# shellcheck/d; s/^# \{0,1\}//p}' "$0"
	exit 0
}

# What proves that a package is here, and the package: a command's name, or
# the pattern of a file.
probes() {
	local clang="/usr/lib/llvm-*/lib/clang/*/lib/linux"
	local lib=/usr/lib/x86_64-linux-gnu
	case $1 in
	build) cat <<-END ;;
		cmake cmake
		ninja ninja-build
		clang clang
		/usr/include/stdio.h libc6-dev
		/usr/include/xxhash.h libxxhash-dev
		/usr/include/zlib.h zlib1g-dev
		END
	fuzz) cat <<-END ;;
		$clang/libclang_rt.fuzzer-x86_64.a libclang-rt-dev
		llvm-symbolizer llvm
		END
	afl) cat <<-END ;;
		afl-clang-fast afl++
		END
	coverage) cat <<-END ;;
		$clang/libclang_rt.profile-x86_64.a libclang-rt-dev
		llvm-cov llvm
		END
	bench) cat <<-END ;;
		$lib/libmimalloc.so.2.0 libmimalloc2.0
		$lib/libjemalloc.so.2 libjemalloc2
		$lib/libtcmalloc_minimal.so.4 libtcmalloc-minimal4
		END
	plot) cat <<-END ;;
		gnuplot gnuplot-nox
		END
	oss-fuzz-i386) cat <<-END ;;
		/usr/lib/gcc/x86_64-linux-gnu/*/32/libstdc++.a g++-multilib
		/usr/lib32/libz.a lib32z1-dev
		END
	oss-fuzz) cat <<-END ;;
		clang++ clang
		zip zip
		unzip unzip
		objdump binutils
		END
	bisect) cat <<-END ;;
		git git
		END
	triage) cat <<-END ;;
		pkg-config pkgconf
		END
	i386) cat <<-END ;;
		qemu-i386 qemu-user
		END
	file) cat <<-END ;;
		gh gh
		jq jq
		END
	test) cat <<-END ;;
		gcc gcc
		/usr/lib/gcc/x86_64-linux-gnu/*/32/libgcc.a gcc-multilib
		/usr/lib32/libz.so lib32z1-dev
		clang-format clang-format
		clang-tidy clang-tidy
		shellcheck shellcheck
		yamllint yamllint
		git git
		pkg-config pkgconf
		END
	esac
}

# need GROUP...: installs what is missing of these groups, and only that.
need() {
	local group probe package missing=()

	for group; do
		while read -r probe package; do
			[[ -n $(type -P "$probe") ]] && continue
			[[ $probe == /* && -n $(compgen -G "$probe") ]] &&
				continue
			missing+=("$package")
		done < <(probes "$group")
	done
	((${#missing[@]})) || return 0
	mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
	echo "${0##*/}: installing what is missing to $*: ${missing[*]}" >&2
	need_package "${missing[@]}"
}

# need_package PACKAGE...: installs these.
need_package() {
	local sudo=() log

	if ((EUID)); then
		type -P sudo >/dev/null ||
			die "not root, and no sudo: install $*"
		sudo=(sudo)
	fi
	type -P apt-get >/dev/null || die "no apt-get here: install $*"
	log=$(mktemp)
	if ! { "${sudo[@]}" apt-get -q update &&
		"${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
			apt-get -q -y --no-install-recommends install \
			"$@"; } >"$log" 2>&1; then
		tail -n 20 "$log" >&2
		rm -f "$log"
		die "could not install $*"
	fi
	rm -f "$log"
}

# build_preset PRESET [TARGET...]: silent when all is well; one at a time.
build_preset() {
	local preset=$1 log
	shift
	log=$(mktemp)
	mkdir -p "$top/build"
	if ! (flock 8 && cd "$top" && cmake --preset "$preset" &&
		cmake --build --preset "$preset" ${1:+--target "$@"}) \
		>"$log" 2>&1 8>"$top/build/$preset.lock"; then
		cat "$log" >&2
		rm -f "$log"
		die "the build of preset $preset failed"
	fi
	rm -f "$log"
}

# Our files of these patterns, committed or about to be; NUL after each.
sources() {
	git -C "$top" ls-files -z -co --exclude-standard --deduplicate "$@"
}

# takes_programs TARGET: is there one, whose input is a program?
takes_programs() {
	grep -qs target_run_program "$top/fuzz/target_$1.c"
}

# known SIGNATURE: does it stand in ci/known?
known() {
	grep -qxF -- "$1" <(sed 's/[[:space:]]*#.*//' "$top/ci/known")
}

# fuzz_programs MMTWIN FINDINGS OPTION...: `mmtwin fuzz`; what stands in
# ci/known is left out, and does not count.
fuzz_programs() {
	local mmtwin=$1 findings=$2 stamp file status=0 new=0

	shift 2
	stamp=$(mktemp)
	sleep 0.02 # what comes in the same tick of the clock is not newer
	"$mmtwin" fuzz --findings "$findings" "$@" || status=$?
	((status == 1)) || { rm -f "$stamp"; return "$status"; }
	while IFS= read -r -d '' file; do
		if known "$(basename "${file%.*}")"; then
			rm -f "$file"
		else
			new=1
		fi
	done < <(find "$findings" -maxdepth 1 -type f -newer "$stamp" -print0)
	rm -f "$stamp"
	return "$new"
}

# Bytes change their meaning with it: what is kept of them has it in its name.
wire_version() {
	sed -n 's/^#define WIRE_VERSION //p' "$top/fuzz/codec.h"
}

# inputs MMTWIN TARGET DIR [FROM]: the corpus (or a folder of it) as a target
# takes it, each file called by its SHA-1, as the engines' are: text, the trace
# of a run, or bytes.
# What does not fit bytes is left out, as is what is large, and what was grown
# for other targets; text is also what must be refused.
inputs() {
	local file new=$3/new sha names=(-name '*.ops')

	[[ $2 == text ]] && names+=(-o -path '*/unusable/*.txt')
	while IFS= read -r -d '' file; do
		case $2 in
		text) cp "$file" "$new" ;;
		import) "$1" run --trace "$file" >"$new" || continue ;;
		*) "$1" asm "$file" -o "$new" 2>/dev/null || continue ;;
		esac
		sha=$(sha1sum <"$new")
		mv "$new" "$3/${sha%% *}"
	done < <(find "${4:-$top/corpus}" \( "${names[@]}" \) -size -64k \
		\( ! -path '*/grown/*' -o -path "*/grown/$2/*" \) -print0)
	rm -f "$new"
	# a trace can be a thousand times its program: engines would cut it
	find "$3" -type f -size +64k -delete
}

# Does this kernel run 32-bit programs?  (It takes gcc-multilib to ask.)
runs_i386() {
	local dir status

	dir=$(mktemp -d)
	echo 'int main(void) { return 0; }' >"$dir/main.c"
	gcc -m32 -o "$dir/main" "$dir/main.c" || die "gcc -m32 does not work"
	"$dir/main" 2>/dev/null && status=0 || status=$?
	rm -rf "$dir"
	return "$status"
}
