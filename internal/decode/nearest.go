package decode

import "strings"

// Nearest returns the name that a mistyped key most likely stands for, or "".
// Case and separators count for nothing; otherwise about one change in three
// characters is tolerated, or an end that was left out.
func Nearest(key string, names []string) string {
	const longest = 64
	if len(key) > longest {
		return ""
	}
	best, bestDistance := "", max(1, len(key)/3)+1
	for _, name := range names {
		if fold(name) == fold(key) {
			return name
		}
		if d := distance(fold(key), fold(name)); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	if best == "" && len(key) >= 4 {
		for _, name := range names {
			if strings.HasPrefix(fold(name), fold(key)) {
				return name
			}
		}
	}
	return best
}

func fold(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(s))
}

// distance is Levenshtein's, with a row of the matrix at a time.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
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
	}
	return row[len(b)]
}
