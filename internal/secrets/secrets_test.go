package secrets_test

import (
	"regexp"
	"strings"
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
		"DB_PASS": true, "PGPASS": true, "user.pwd": true, "SSH_KEY": true, "Authorization": true, "AccountKey": true,
		"Cookie": true, "auth": true, ".dockerconfigjson": true, "kms.encryption.key": true,
		"BYPASS": false, "PWD": false, "PUBLIC_KEY": false, "topologyKey": false, "rbac.authorization.k8s.io": false,
		"secretName": false, "tokenPath": false, "TOKEN_FILE": false, "PGPASSFILE": false, "token.ttl": false,
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
		{"a file", "GOOGLE_APPLICATION_CREDENTIALS", "/flink/gcs-creds/gcs-key.json", false},
		{"a password that looks like one", "DB_PASS", "/flink/gcs-creds", true},
		{"what is likely only", "SHARD_KEY", "a", false},
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

func TestHide(t *testing.T) {
	for _, c := range []struct {
		reason, name string
		value, want  any
	}{
		{"no secret", "image", "flink:1.20", "flink:1.20"},
		{"by its name", "TOKEN", "x", secrets.Hidden},
		{"a number by its name", "password", int64(1), secrets.Hidden},
		{"in a number there is none", "replicas", int64(1), int64(1)},
		{"a name of a Secret", "secretName", "x", "x"},
		{"a reference to a Secret", "secretKeyRef", tree{"name": "x", "key": "y"}, tree{"name": "x", "key": "y"}},
		{"a volume of a Secret", "secret", tree{"secretName": "x"}, tree{"secretName": "x"}},
		{"Secrets for images", "imagePullSecrets", []any{tree{"name": "x"}}, []any{tree{"name": "x"}}},
		{"what is below a secret's name", "credentials", tree{"a": []any{"x"}}, tree{"a": []any{secrets.Hidden}}},
		{"a switch", "automountServiceAccountToken", false, false},
		{"nothing", "password", nil, nil},
		{"a variable", "env", []any{tree{"name": "API_KEY", "value": "x"}, tree{"name": "A", "value": "x"}},
			[]any{tree{"name": "API_KEY", "value": secrets.Hidden}, tree{"name": "A", "value": "x"}}},
		{"an entry", "entries", tree{"key": "db.password", "value": "x"},
			tree{"key": "db.password", "value": secrets.Hidden}},
		{"an operation", "", tree{"path": "/data/password", "value": "x"},
			tree{"path": "/data/password", "value": secrets.Hidden}},
		{"after an option", "args", []any{"--password", "x", "y"}, []any{"--password", secrets.Hidden, "y"}},
		{"after another option", "args", []any{"--price", "x"}, []any{"--price", "x"}},
		{"a user with a password", "args", []any{"-u", "me:x"}, []any{"-u", secrets.Hidden}},
		{"the ids of a user", "args", []any{"-u", "1000:1000"}, []any{"-u", "1000:1000"}},
		{"text by text", "args", []any{"-Dpassword=x", "a"}, []any{"-Dpassword=" + secrets.Hidden, "a"}},
	} {
		t.Run(c.reason, func(t *testing.T) { assert.DeepEqual(t, secrets.Hide(c.name, c.value), c.want) })
	}
}

type tree = map[string]any

// What must not be shown stands between « and ».
func TestHideText(t *testing.T) {
	for reason, text := range map[string]string{
		"a line of a configuration": "a: b\ns3.secret-key: «x»\nc: d\n",
		"properties":                "a=b\ndb.password = «x\\»\n«  y»\nc=d\n",
		"a URI":                     "a\nhttp://«u:p/@w»@host\nb",
		"a URI with a token":        "https://«x»@host/a.jar",
		"a container of Azure":      "abfss://container@account.dfs.core.windows.net/a",
		"a user of a repository":    "ssh://git@host/a",
		"references in a URI":       "https://u:${PASSWORD}@host/a.jar",
		"a signed URI":              "https://h/a?sv=2&sig=«x»&se=3",
		"a key of Azure":            "AccountName=a;AccountKey=«x»",
		"a header":                  "Accept: a\nAuthorization: «Basic x»\nHost: b",
		"a command line":            "curl -u «me:x» https://h --token «x» -v",
		"ids in a command line":     "run -u 1000:1000 a",
		"arguments in JSON":         `["curl", "--password", "«x»", "a"]`,
		"arguments in YAML":         "- --password\n- «x»\n- a\n",
		"variables":                 "DB_PASS=«x»\nPGPASS=«x»\nENCRYPT_KEY=«x»\nPUBLIC_KEY=a\n",
		"switches and references":   "token.enabled: true\npassword: ${P}\ntoken: $(T)\nsecret: {{ s }}\n",
		"a file with a secret":      "GOOGLE_APPLICATION_CREDENTIALS=/flink/gcs-creds/gcs-key.json",
		"base64 that starts so":     "AWS_SECRET_KEY=«/wJalrXUtnFEMI7MDENGbPxRfiCYEXAMPLEKEY12»",
		"a password may look so":    "DB_PASSWORD=«/x»",
		"a name of a Secret":        "secretName: a\nimagePullSecrets:\n- name: b\nsecretKeyRef: {name: a, key: b}\n",
		"a volume of a Secret":      "volumes:\n- name: a\n  secret:\n    secretName: b\n",
		"JSON":                      `{"a": 1, "password": «"x, y"», "b": "x"}`,
		"JSON over lines":           "{\n  \"password\":\n«    \"x\",»\n  \"b\": 1\n}",
		"a list of entries":         `[{"name": "db-password", "value": «"x"»}, {"value": «"x"», "name": "a.token"}]`,
		"entries that are none":     `[{"name": "a", "value": "b"}, {"name": "db-password"}]`,
		"entries in YAML": "- name: DB_PASS\n  value: «x»\n- value: «x»\n  name: TOKEN\n- name: a\n" +
			"  value: b\n",
		"what is below a secret":    "credentials:\n«  a: x»\n«  b: y»\nb: c\n",
		"a block":                   "password: |\n«  x»\n\n«  y»\nb: c\n",
		"what is quoted over lines": "password: «\"x»\n«  y\"»\nb: c\n",
		"XML":                       "<name>fs.s3a.secret.key</name>\n<value>«x»</value>\n",
		"XML, the value first":      "<property><value>«x»</value><name>a.password</name></property>",
		"XML of others": "<property><name>a</name><value>b</value></property>" +
			"<property><name>c.token</name></property>",
		"attributes":                 `<property name="db.password" value=«"x"»/><property name="a" value="b"/>`,
		"an element":                 "<db><password>«x»</password><user>a</user></db>",
		"an element with a name":     `<entry key="db.password">«x»</entry>`,
		"a private key":              "a\n«-----BEGIN RSA PRIVATE KEY-----»\n«x»\n«-----END RSA PRIVATE KEY-----»\nb",
		"a private key that is cut":  "a\n«-----BEGIN PRIVATE KEY-----»\n«x»\n",
		"a certificate":              "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
		"what a cloud provider made": "id «AKIAIOSFODNN7EXAMPLE» of x",
		"nothing":                    "password:",
		"a list below a secret":      "tokens: «[a, b]»\nb: c",
	} {
		t.Run(reason, func(t *testing.T) {
			in := strings.NewReplacer("«", "", "»", "").Replace(text)
			assert.Equal(t, secrets.HideText("a", in), marked.ReplaceAllString(text, secrets.Hidden))
			assert.Equal(t, secrets.Text(in), in != text)
		})
	}
}

var marked = regexp.MustCompile("«[^»]*»")

func TestInMessage(t *testing.T) {
	for in, want := range map[string]string{
		"password: required":            "password: required",
		"cannot read https://u:p@h/a":   "cannot read https://(hidden)@h/a",
		"not a jar: https://h/?sig=abc": "not a jar: https://h/?sig=(hidden)",
	} {
		assert.Equal(t, secrets.InMessage(in), want)
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"spec.a: “ö” … → 日本":    "spec.a: “ö” … → 日本",
		"a::b":                  "a::b",
		"::error::b":            `\x3a:error::b`,
		" \t::b":                ` \t\x3a:b`,
		"a##[error]b":           `a\x23#[error]b`,
		"a\nb\r\n\x1b[2K\x00":   `a\nb\r\n\x1b[2K\x00`,
		"a\u2028b\u202e\u00a0":  `a\u2028b\u202e\u00a0`,
		"a\xffb\ufffd":          "a\\xffb\ufffd",
		strings.Repeat("x", 99): strings.Repeat("x", 99),
	} {
		assert.Equal(t, secrets.OneLine(in), want)
		assert.Equal(t, secrets.OneLine(want), want, "a second time changes nothing")
	}
}
