# SPDX-License-Identifier: MIT
# Judges an lcov file by the rules that ci/coverage states.  Arguments:
# top (the tree, with a slash), marked (the file that lists marked lines).

function indent(s) {
	match(s, /^\t*/)
	return RLENGTH
}

# Reads a source: skip[line] (marked), exempt[line] (branches not counted).
function read_source(path,    s, n, name, fn, deep, block, check, alone)
{
	delete skip
	delete why
	delete exempt
	block = -1
	for (n = 1; (getline s < path) > 0; n++) {
		if (match(s, /^[a-z].*[a-z_0-9]+\(/)) {
			name = substr(s, 1, RLENGTH - 1)
			sub(/.*[^a-z_0-9]/, "", name)
		}
		if (s == "{")
			fn = name
		deep = indent(s)
		if (block >= 0 && s != "") {
			if (deep < block || (deep == block && !alone)) {
				if (s ~ /^\t*\}/)
					skip[n] = 1
				block = -1
			} else {
				skip[n] = 1
			}
		}
		if (s ~ /unreachable: ./ && block < 0) {
			skip[n] = 1
			reason = s
			sub(/.*unreachable: /, "", reason)
			sub(/ \*\/.*/, "", reason)
			block = deep
			alone = s ~ /^\t*(\/\*| \*)/
			if (alone && last == "{") {
				skip[n - 1] = 1
				why[n - 1] = reason
			}
		}
		if (skip[n])
			why[n] = reason
		if (s ~ /(^|[^A-Z_])(CHECK(_SLOW)?|CLAUSE)\(/)
			check = 1
		if (check || path ~ /_validate\.c$/ ||
		    fn ~ /(^|_)validate(_|$)/)
			exempt[n] = 1
		if (s ~ /;/)
			check = 0
		if (s ~ /^}/)
			fn = ""
		last = s
	}
	close(path)
}

BEGIN {
	FS = "[:,]"
	printf "" >marked
}
/^SF:/ {
	file = substr($0, 4)
	read_source(file)
	sub(top, "", file)
}
/^DA:/ {
	all++
	if (skip[$2]) {
		if ($3 == 0) {
			out++
			print file ":" $2 ": " why[$2] >marked
		}
	} else if ($3 == 0) {
		print file ":" $2 ": not reached"
		missed++
	}
}
/^BRDA:/ {
	if (skip[$2] || exempt[$2])
		next
	branches++
	if ($5 == 0 || $5 == "-") {
		one_sided = one_sided file ":" $2 " "
		untaken++
	}
}
END {
	if (!all) {
		print "coverage: no lines at all"
		exit 1
	}
	lines = 100 * (all - out - missed) / (all - out)
	share = 100 * out / all
	taken = branches ? 100 * (branches - untaken) / branches : 100
	gsub(/ /, "\n", one_sided)
	printf "%s", one_sided >(marked ".branches")
	printf "lines %.2f %% of %d (bar 100), marked unreachable %.2f %% " \
		"(%d, bar 1: %s), branches %.2f %% of %d (bar 95)\n",
		lines, all - out, share, out, marked, taken, branches
	exit missed || share > 1 || taken < 95
}
