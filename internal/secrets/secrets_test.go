package secrets_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/secrets"
)

func TestKey(t *testing.T) {
	for name, want := range map[string]bool{
		"s3.secret-key": true, "s3.access-key": true, "DB_PASSWORD": true, "dbPasswd": true,
		"apikey": true, "X-Api-Key": true,
		"fs.azure.account.key.x": true, "private_key": true, "oauthToken": true, "security.ssl.rest.key-password": true,
		"PASSPHRASE": true, "credentials": true, "sasl.jaas.config": true, "basic-auth": true, "accessKey": true,
		"taskmanager.numberOfTaskSlots": false, "key": false, "state.checkpoints.dir": false, "": false,
	} {
		assert.Equal(t, secrets.Key(name), want, name)
	}
}

func TestText(t *testing.T) {
	for s, want := range map[string]bool{
		"--password hunter2": true, "password=hunter2": true, `{"token": "x"}`: true, "https://me:pw@host/a.jar": true,
		"https://host/a.jar?X-Amz-Signature=00": true, "https://host/a.jar?sig=00": true,
		"https://host/a.jar": false, "no secret": false, "s3://bucket/secret/a.jar": false,
	} {
		assert.Equal(t, secrets.Text(s), want, s)
	}
}

func TestPlain(t *testing.T) {
	for _, c := range []struct {
		reason, name, value string
		want                bool
	}{
		{"a password", "s3.secret-key", "hunter2", true},
		{"a password in a URI", "dir", "https://me:pw@host/", true},
		{"a reference", "s3.secret-key", "${SECRET}", false},
		{"a switch", "security.delegation.tokens.enabled", "false", false},
		{"a setting about tokens", "security.delegation.tokens.renewal.retry.backoff", "1 h", false},
		{"the place of a secret", "kerberos.token.path", "/x", false},
		{"nothing", "password", "", false},
		{"another key", "state.checkpoints.dir", "s3://x", false},
	} {
		assert.Equal(t, secrets.Plain(c.name, c.value), c.want, c.reason)
	}
}

func TestQuotable(t *testing.T) {
	for s, want := range map[string]bool{
		"https://token@host/a.jar": false, "https://me:a/b@host/a.jar": false, "password=x": false,
		"https://host/a.jar": true, "me@host": true, "": true,
	} {
		assert.Equal(t, secrets.Quotable(s), want, s)
	}
}

func TestFlag(t *testing.T) {
	for s, want := range map[string]bool{
		"--password": true, "-token": true, "password": false, "--verbose": false, "": false,
	} {
		assert.Equal(t, secrets.Flag(s), want, s)
	}
}

func TestMask(t *testing.T) {
	for path, want := range map[string]string{
		"conf[s3.secret-key=x y].a":     "conf[s3.secret-key=(hidden)].a",
		"labels[password: x]":           "labels[password: (hidden)]",
		"labels[password x]":            "labels[password (hidden)]",
		"envVars[0].password=x":         "envVars[0].password=(hidden)",
		"labels[https://token@host/]":   "labels[https://(hidden)]",
		"labels[https://host/]":         "labels[https://host/]",
		"conf[s3.secret-key]":           "conf[s3.secret-key]",
		"spec.token.value":              "spec.token.value",
		"spec.flinkConfiguration[a: b]": "spec.flinkConfiguration[a: b]",
	} {
		assert.Equal(t, secrets.Mask(path), want)
	}
}
