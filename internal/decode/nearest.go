package decode

import (
	"slices"
	"strings"
)

// Nearest returns the name that a mistyped key most likely stands for, or "".
// Case and separators count for nothing; otherwise about one change in three
// characters is tolerated, or an end that was left out.
func Nearest(key string, names []string) string {
	if key == "" {
		return ""
	}
	best := nearest(key, names, max(1, len(key)/3))
	if start := fold(key); best == "" && len(start) >= 4 {
		for _, name := range names {
			if strings.HasPrefix(fold(name), start) {
				return name
			}
		}
	}
	return best
}

// DidYouMean is Nearest as the end of a message.
func DidYouMean(key string, names []string) string {
	if best := Nearest(key, names); best != "" && best != key {
		return "; did you mean " + best + "?"
	}
	return ""
}

// Misspelt returns the name that a key differs from by a letter or two, or "": of a
// key that may well be another name, more would be a guess.
func Misspelt(key string, names []string) string {
	if slices.Contains(names, key) {
		return ""
	}
	return nearest(key, names, 2)
}

// nearest returns the first of the names that differ least from a key, by most at most.
func nearest(key string, names []string, most int) string {
	folded := fold(key)
	best := ""
	for _, name := range names {
		signs := strings.Count(name, "-") + strings.Count(name, "_") + strings.Count(name, ".")
		if n := len(name) - signs - len(folded); n > most || -n > most {
			continue // most names are too long or too short
		}
		if d := distance(folded, fold(name), most); d <= most {
			best, most = name, d-1
		}
	}
	return best
}

var separators = strings.NewReplacer("-", "", "_", "", ".", "")

// fold returns s without case and separators.
func fold(s string) string { return strings.ToLower(separators.Replace(s)) }

// distance is Levenshtein's, with a row of the matrix at a time, or more than most.
func distance(a, b string, most int) int {
	row := make([]int, 0, 64) // room for most
	for j := range len(b) + 1 {
		row = append(row, j)
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
		if slices.Min(row) > most {
			break // most names are so different that one row shows it
		}
	}
	return row[len(b)]
}
