package render_test

import "strings"

// planted is what nobody must read in a message, wherever a text of hostileStrings is put.
const planted = "Pl4ntedS3cret"

// hostileStrings are texts for any field, and for keys: what would spoil a terminal or a log, or
// make a build server do something, if a message quoted it; and secrets in all the
// forms that package secrets knows.
func hostileStrings() []string {
	return append([]string{
		"a\n::error file=x.go,line=1::forged\n::stop-commands::x", "::add-mask::a", "##[error]a", " ::error::a",
		"\x1b[2K\x1b[1A:", "\x1b]0;a\a", "a\rb", "a\u202eb", "a\u2028::error::b", "\u0085",
		"\x00", "\x7f", "\ufeff", "\xff",
	}, secretForms()...)
}

// secretForms are the texts of hostileStrings that have planted in them.
func secretForms() []string {
	return []string{
		"password=" + planted, "s3.secret-key: " + planted, "--password " + planted, "DB_PASS=" + planted,
		"Authorization: Bearer " + planted, "AccountName=a;AccountKey=" + planted, "curl -u me:" + planted + " https://h",
		"https://me:" + planted + "@h/a.jar", "https://" + planted + "@h/a.jar", "https://h/a.jar?sv=1&sig=" + planted,
		"https://h/a.jar?X-Amz-Signature=" + planted, `{"token": "` + planted + `"}`,
		`{"name": "DB_PASS", "value": "` + planted + `"}`, "- value: " + planted + "\n  name: DB_PASS\n",
		"<name>fs.s3a.secret.key</name>\n<value>" + planted + "</value>", "password: |\n  " + planted + "\n",
		"-----BEGIN PRIVATE KEY-----\n" + planted + "\n-----END PRIVATE KEY-----",
	}
}

// hostileQuantities are texts for fields that hold an amount of something.
func hostileQuantities() []string {
	return []string{
		"1e99999999", "1e-99999999", "-1e99999999", "1e9999999999999999999999", "1E+2147483647", "0e99999999",
		"1" + strings.Repeat("0", 4_000), "0." + strings.Repeat("0", 4_000) + "1", strings.Repeat("9", 1000) + "Ei",
		"1e999999Ki", "0x1p99999999", ".", "+", "1_000", "1 Gi", "NaN", "-0", "1e", "9223372036854775808", "1n", "1Gi",
	}
}
