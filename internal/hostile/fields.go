package hostile

import "strings"

// Secret is what nobody must read in a message, wherever a text of Strings is put.
const Secret = "Pl4ntedS3cret"

// Strings are texts for any field, and for keys: what would spoil a terminal or a log, or
// make a build server do something, if a message quoted it; and secrets in all the
// forms that package secrets knows.
func Strings() []string {
	return append([]string{
		"a\n::error file=x.go,line=1::forged\n::stop-commands::x", "::add-mask::a", "##[error]a", " ::error::a",
		"\x1b[2K\x1b[1A:", "\x1b]0;a\a", "a\rb", "a\u202eb", "a\u2028::error::b", "\u0085",
		"\x00", "\x7f", "\ufeff", "\xff",
	}, Secrets()...)
}

// Secrets are the texts of Strings that have Secret in them.
func Secrets() []string {
	return []string{
		"password=" + Secret, "s3.secret-key: " + Secret, "--password " + Secret, "DB_PASS=" + Secret,
		"Authorization: Bearer " + Secret, "AccountName=a;AccountKey=" + Secret, "curl -u me:" + Secret + " https://h",
		"https://me:" + Secret + "@h/a.jar", "https://" + Secret + "@h/a.jar", "https://h/a.jar?sv=1&sig=" + Secret,
		"https://h/a.jar?X-Amz-Signature=" + Secret, `{"token": "` + Secret + `"}`,
		`{"name": "DB_PASS", "value": "` + Secret + `"}`, "- value: " + Secret + "\n  name: DB_PASS\n",
		"<name>fs.s3a.secret.key</name>\n<value>" + Secret + "</value>", "password: |\n  " + Secret + "\n",
		"-----BEGIN PRIVATE KEY-----\n" + Secret + "\n-----END PRIVATE KEY-----",
	}
}

// Quantities are texts for fields that hold an amount of something.
func Quantities() []string {
	return []string{
		"1e99999999", "1e-99999999", "-1e99999999", "1e9999999999999999999999", "1E+2147483647", "0e99999999",
		"1" + strings.Repeat("0", 4_000), "0." + strings.Repeat("0", 4_000) + "1", strings.Repeat("9", 1000) + "Ei",
		"1e999999Ki", "0x1p99999999", ".", "+", "1_000", "1 Gi", "NaN", "-0", "1e", "9223372036854775808", "1n", "1Gi",
	}
}
