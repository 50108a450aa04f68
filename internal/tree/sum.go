package tree

import (
	"crypto/sha256"
	"encoding/hex"
)

// Sum returns the SHA-256 of a tree's canonical JSON, in hexadecimal digits.
func Sum(v any) string {
	sum := sha256.Sum256(AppendJSON(make([]byte, 0, 4<<10), v))
	return hex.EncodeToString(sum[:])
}
