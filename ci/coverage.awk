# SPDX-License-Identifier: MIT
# Judges an lcov file by the rules that ci/coverage states.  Arguments:
# top (the tree, with a slash), marked (the file that lists marked lines),
# subsystems (the list of them), summary (the file that gets the table).

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

function read_subsystems(path,    s, n, i, word)
{
	while ((getline s < path) > 0) {
		if (s ~ /^#/)
			continue
		n = split(s, word, " ")
		if (!(word[1] in known)) {
			known[word[1]] = 1
			order[++nr] = word[1]
		}
		for (i = 2; i <= n; i++)
			subsystem_of[word[i]] = word[1]
	}
	close(path)
}

function subsystem(path,    stem)
{
	stem = path
	sub(/.*\//, "", stem)
	sub(/\.[ch]$/, "", stem)
	if (stem in subsystem_of)
		return subsystem_of[stem]
	print path ": in no subsystem of " subsystems
	strays++
	return "none"
}

function percent(part, of)
{
	return of ? 100 * part / of : 100
}

# One line of the table: lines and branches, of how many.
function row(name, covered, of, taken, of_branches, nr_marked)
{
	printf "%-12s %7.2f %% of %5d %7.2f %% of %5d %7d\n", name,
		percent(covered, of), of, percent(taken, of_branches),
		of_branches, nr_marked >summary
}

BEGIN {
	FS = "[:,]"
	printf "" >marked
	read_subsystems(subsystems)
}
/^SF:/ {
	file = substr($0, 4)
	read_source(file)
	sub(top, "", file)
	part = subsystem(file)
}
/^DA:/ {
	all++
	part_all[part]++
	if (skip[$2]) {
		if ($3 == 0) {
			out++
			part_out[part]++
			print file ":" $2 ": " why[$2] >marked
		}
	} else if ($3 == 0) {
		print file ":" $2 ": not reached"
		missed++
		part_missed[part]++
	}
}
/^BRDA:/ {
	if (skip[$2] || exempt[$2])
		next
	branches++
	part_branches[part]++
	if ($5 == 0 || $5 == "-") {
		one_sided = one_sided file ":" $2 " "
		untaken++
		part_untaken[part]++
	}
}
END {
	if (!all) {
		print "coverage: no lines at all"
		exit 1
	}
	covered = all - out - missed
	share = percent(out, all)
	taken = percent(branches - untaken, branches)
	gsub(/ /, "\n", one_sided)
	printf "%s", one_sided >(marked ".branches")
	printf "%-12s %18s %18s %7s\n", "subsystem", "lines",
		"branches", "marked" >summary
	for (i = 1; i <= nr; i++) {
		p = order[i]
		row(p, part_all[p] - part_out[p] - part_missed[p],
		    part_all[p] - part_out[p],
		    part_branches[p] - part_untaken[p], part_branches[p],
		    part_out[p])
		if (percent(part_branches[p] - part_untaken[p],
			    part_branches[p]) < 80) {
			print p ": less than 80 % of its branches"
			below++
		}
	}
	row("all", covered, all - out, branches - untaken, branches, out)
	printf "lines %.2f %% of %d (bar 100), marked unreachable %.2f %% " \
		"(%d, bar 1: %s), branches %.2f %% of %d (bar 95)\n",
		percent(covered, all - out), all - out, share, out, marked,
		taken, branches
	exit missed || share > 1 || taken < 95 || strays || below
}
