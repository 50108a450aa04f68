package secrets

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
)

// The search that goes before the expressions misses nothing that they find.
func TestSuspicious(t *testing.T) {
	words := []string{"passwd", "password", "passphrase", "secret", "token", "credential", "private-key", "privatekey", "api_key", "access.key", "account.key", "jaas.config", "basicauth", "\u017fecret", "to\u212aen"}
	parts := append([]string{"", "a", "-", "=x", "://", "u:p@h", "?sig=1", "&X-Amz-Date=", "?", "key", "\xff"}, words...)
	for _, a := range parts {
		for _, b := range parts {
			for _, c := range parts {
				for _, s := range []string{a + b + c, strings.ToUpper(a + b + c)} {
					assert.Equal(t, Key(s), key().MatchString(s), "%q", s)
					assert.Equal(t, Text(s), text().MatchString(s), "%q", s)
				}
			}
		}
	}
}
