package labels

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

const (
	// maxValueLen is the limit of Kubernetes for the length of a label value.
	maxValueLen = 63
	digestLen   = 10
	separators  = "-_."
)

// Value returns s as a legal Kubernetes label value, by the rule in the package
// comment: lower case, each run of other characters than [a-z0-9._-] one '-', the
// ends alphanumeric, at most 63 characters, and a digest of s where something
// would be lost. It is idempotent, and empty only for an empty s. s may be any
// bytes.
func Value(s string) string {
	if isLegal(s) && !hasUpper(s) {
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

// fold returns s in lower case, each run of characters that a label value cannot
// have replaced by one '-', and whether any of these was outside ASCII. It works
// on bytes: no byte of a longer UTF-8 sequence, and none of a broken one, is ASCII.
func fold(s string) (folded string, lost bool) {
	out := make([]byte, 0, len(s))
	inRun := false
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		case isAlphanumeric(c), strings.IndexByte(separators, c) >= 0:
		default:
			lost = lost || c >= 0x80
			if inRun {
				continue
			}
			inRun = true
			out = append(out, '-')
			continue
		}
		inRun = false
		out = append(out, c)
	}
	return string(out), lost
}

// isLegal reports whether Kubernetes accepts s as a label value.
func isLegal(s string) bool {
	if s == "" {
		return true
	}
	if len(s) > maxValueLen || !isAlphanumeric(s[0]) || !isAlphanumeric(s[len(s)-1]) {
		return false
	}
	for i := range len(s) {
		if !isAlphanumeric(s[i]) && strings.IndexByte(separators, s[i]) < 0 {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func hasUpper(s string) bool {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			return true
		}
	}
	return false
}
