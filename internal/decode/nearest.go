package decode

import "strings"

// longest is the length up to which keys are compared.
const longest = 64

// Nearest returns the name that a mistyped key most likely stands for, or "".
// Case and separators count for nothing; otherwise about one change in three
// characters is tolerated, or an end that was left out.
func Nearest(key string, names []string) string {
	if len(key) > longest || key == "" {
		return ""
	}
	var a, b [longest]byte
	folded := fold(key, &a)
	best, bestDistance := "", max(1, len(key)/3)+1
	for _, name := range names {
		if len(name) > longest {
			continue
		}
		if d := distance(folded, fold(name, &b), bestDistance); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	if best == "" && len(folded) >= 4 {
		for _, name := range names {
			if len(name) <= longest && strings.HasPrefix(string(fold(name, &b)), string(folded)) {
				return name
			}
		}
	}
	return best
}

// Misspelt returns the name that a key differs from by a letter or two, or "": of a
// key that may well be another name, more would be a guess.
func Misspelt(key string, names []string) string {
	if len(key) > longest {
		return ""
	}
	best, bestDistance := "", 3
	var a, b [longest]byte
	folded := fold(key, &a)
	for _, name := range names {
		if name == key {
			return ""
		}
		// Most names are too long or too short.
		if n := foldedLength(name) - len(folded); n >= bestDistance || -n >= bestDistance || len(name) > longest {
			continue
		}
		if d := distance(folded, fold(name, &b), bestDistance); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

// foldedLength is that of what fold writes.
func foldedLength(s string) int {
	return len(s) - strings.Count(s, "-") - strings.Count(s, "_") - strings.Count(s, ".")
}

// fold writes s without case and separators.
func fold(s string, into *[longest]byte) []byte {
	out := into[:0]
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '-' || c == '_' || c == '.':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		out = append(out, c)
	}
	return out
}

// distance is Levenshtein's, with a row of the matrix at a time; limit, if it is not
// below that. Most names are so different that one row shows it.
func distance(a, b []byte, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	var row [longest + 1]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		least := row[0]
		for j := range b {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
			least = min(least, row[j+1])
		}
		if least >= limit {
			return limit
		}
	}
	return min(row[len(b)], limit)
}
