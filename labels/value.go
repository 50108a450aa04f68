package labels

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
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

// fold does steps 2 and 3, and reports whether step 3 replaced anything outside
// ASCII. It works on bytes: no byte of a longer or broken UTF-8 sequence is ASCII.
func fold(s string) (folded string, lost bool) {
	out := make([]byte, 0, len(s))
	inRun := false
	for _, c := range []byte(s) {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		replaced := isIllegal(rune(c))
		if replaced {
			lost = lost || c >= 0x80
			c = '-'
		}
		if !replaced || !inRun {
			out = append(out, c)
		}
		inRun = replaced
	}
	return string(out), lost
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
