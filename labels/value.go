package labels

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode"
)

const (
	maxValueLen = 63 // the limit of Kubernetes
	digestLen   = 10
	separators  = "-_."
)

// Value returns s, which may be any bytes, as a valid Kubernetes label value, by the
// rule in the package comment. The result is empty only for an empty s, and
// Value(Value(s)) == Value(s).
func Value(s string) string {
	if isLegal(s) && s == strings.ToLower(s) {
		return s
	}
	folded, lost := fold(s)
	folded = strings.Trim(folded, separators)
	if !lost && folded != "" && len(folded) <= maxValueLen {
		return folded
	}
	sum := sha256.Sum256([]byte(s))
	digest := hex.EncodeToString(sum[:])[:digestLen]
	// The digest stays whole: of two long names often only the ends differ.
	folded = folded[:min(len(folded), maxValueLen-1-digestLen)]
	folded = strings.TrimRight(folded, separators)
	if folded == "" {
		return digest
	}
	return folded + "-" + digest
}

// fold does steps 2 and 3, and reports whether step 3 replaced anything outside ASCII.
func fold(s string) (folded string, lost bool) {
	inRun := false
	folded = strings.Map(func(c rune) rune {
		if !isIllegal(c) {
			inRun = false
			return unicode.ToLower(c)
		}
		lost = lost || c > unicode.MaxASCII
		if inRun {
			return -1
		}
		inRun = true
		return '-'
	}, s)
	return folded, lost
}

// isLegal reports whether Kubernetes accepts s as a label value.
func isLegal(s string) bool {
	return len(s) <= maxValueLen && s == strings.Trim(s, separators) && !strings.ContainsFunc(s, isIllegal)
}

// isIllegal reports whether a label value must not contain c.
func isIllegal(c rune) bool {
	alphanumeric := '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	return !alphanumeric && !strings.ContainsRune(separators, c)
}
