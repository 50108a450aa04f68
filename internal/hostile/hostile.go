// Package hostile has texts that parsers of resources must survive: refuse or read,
// in time, and within the memory that the documentation promises. Tests and fuzz
// targets start from them.
package hostile

import (
	"fmt"
	"strconv"
	"strings"
)

// Texts returns short ones, each with a name: each shows one thing. One function: it is a list.
func Texts() [][2]string {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c < 'j'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat("*"+string(c-1)+",", 10), ","))
	}
	return [][2]string{
		{"bomb", bomb},
		{"alias of itself", "a: &a [*a]"},
		{"merge of itself", "a: &a {<<: *a}"},
		{"merge list", "a: &a {k: 1}\nb: {<<: [*a, *a], k: 2}"},
		{"merge of a list", "a: &a [1]\nb: {<<: *a}"},
		{"duplicate key", "kind: a\nkind: b"},
		{"nested lists", strings.Repeat("[", 1000) + strings.Repeat("]", 1000)},
		{"nested maps", strings.Repeat("{a: ", 1000) + strings.Repeat("}", 1000)},
		{"nested block", strings.Repeat("- ", 1000)},
		{"open", strings.Repeat("{[", 500)},
		{"NUL", "kind: \x00"},
		{"NUL, escaped", `kind: "\0"`},
		{"BOM", "\ufeffkind: Deployment"},
		{"BOM inside", "kind: \ufeffDeployment"},
		{"UTF-16", "\xff\xfek\x00i\x00n\x00d\x00:\x00"},
		{"UTF-16, big end first", "\xfe\xff\x00k\x00i\x00n\x00d\x00:"},
		{"not UTF-8", "kind: \xc3\x28"},
		{"surrogate", `kind: "\ud800"`},
		{"CRLF", "kind: Deployment\r\nspec: {}\r\n"},
		{"CR", "kind: Deployment\rspec: {}"},
		{"next line", "# a\u0085kind: [a, b]\u2028\u2029"},
		{"tab", "kind:\n\tDeployment"},
		{"tag", "kind: !secret Deployment"},
		{"binary", "kind: !!binary aGk="},
		{"string tag", "kind: !!str 1"},
		{"map tag", "kind: !!map {}"},
		{"set", "kind: !!set {a, b}"},
		{"NaN", "spec: {state: .nan, template: .inf}"},
		{"huge integer", "spec: {maxJobCreationAttempts: 99999999999999999999999}"},
		{"huge exponent", "spec: {template: {spec: {resources: {jobmanager: {cpu: 1e999999999}}}}}"},
		{"quantity", `spec: {template: {spec: {kubernetes: {jobManagerPodTemplate: {spec: {overhead: {cpu: ` +
			`"1e-99999999"}}}}}}}`},
		{"octal", "spec: {maxJobCreationAttempts: 0o17, template: 0x1f}"},
		{"number as key", "1: a\nnull: b\n: c"},
		{"map as key", "{a: b}: c"},
		{"directive", "%YAML 1.1\n---\nkind: a"},
		{"documents", "---\nkind: a\n---\nkind: b\n..."},
		{"markers", strings.Repeat("---\n", 500)},
		{"yes", "metadata: {name: yes, labels: {y: on, 1e3: 1e3}}"},
		{"comment", "# kind: a # b"},
		{"null", "null"},
		{"tilde", "--- ~\n"},
		{"flow in block", "kind: [a\n- b]"},
		{"text that looks like structure", "a: |\n  [[[[, {: -\n  'x\"\nb: >-\n  - : ,\nc: \"[,[,\"\nd: '#'"},
		{"quotes over lines", "a: \"x\n  ', [ \n  b\": 'y\n'"},
		{"plain over lines", "a: b\n  \"c, [\n  # d"},
		{"empty", ""},
		{"JSON", `{"kind": "Deployment", "spec": {"a": [1, 2.5, null, true, "\u0041"]}}`},
		{"list", "kind: List\nitems: [{kind: Deployment}, null, [], 1]"},
		{"custom resource",
			"kind: VvpDeployment\nspec: {deployment: {userMetadata: [], spec: 1}, initFields: {spec: {}}}"},
	}
}

// A Growing text gets longer, and with it what it asks of a parser.
type Growing struct {
	Name string
	// Text returns the text with n parts.
	Text func(n int) []byte
}

const (
	deployment = "kind: Deployment\nmetadata: {name: a}\nspec: {deploymentTargetName: t, template: {spec: {artifact: " +
		"{kind: JAR, jarUri: https://h/a.jar, flinkVersion: 1.20}, "
	target = "kind: DeploymentTarget\nmetadata: {name: a}\nspec: {kubernetes: {}, deploymentPatchSet: ["
)

// Growings returns the texts whose length is the point. In a part, "@" is its number.
// One function: it is a list.
func Growings() []Growing {
	out := []Growing{}
	add := func(name, head, part, tail string) {
		out = append(out, Growing{name, func(n int) []byte { return repeated(head, part, tail, n) }})
	}
	add("scalar", "kind: ", "x", "")
	add("name", "metadata: {name: ", "x", "}")
	add("quoted scalar", `kind: "`, `\n`, `"`)
	add("block scalar", "kind: |\n", " a, b: [c]\n", "")
	add("folded scalar", "kind: >\n", " a\n", "")
	add("plain lines", "kind:\n", " a\n", "")
	add("quoted lines", "kind: \"", "\n a", "\"")
	add("blank lines", "", "\n", "")
	add("blanks", "", " ", "")
	add("comment lines", "kind: a\n", "# a\n", "")
	add("comments", "", "a@: b # a\n", "")
	add("comments in flow", "[", "a, # a\n", "]")
	add("documents", "", "---\na\n", "")
	add("markers", "", "---\n", "")
	add("open lists", "", "[", "")
	add("open maps", "", "{a: ", "")
	add("dashes", "", "- ", "")
	add("lines of dashes", "", "-\n", "")
	add("question marks", "", "? a\n", "")
	add("commas", "[", ",", "]")
	add("list", "[", "a,", "]")
	add("numbers", "[", ".1,", "]")
	add("empty strings", "[", `"",`, "]")
	add("empty maps", "[", "{},", "]")
	add("pairs", "[", "a: ,", "]")
	add("keys", "{", "@,", "}")
	add("duplicate keys", "{", "a: 1,", "}")
	add("numbers as keys", "{", "@: 1,", "}")
	add("unknown keys", "", "k@: 1\n", "")
	add("anchors", "[", "&a@ a,", "]")
	add("aliases", "[&a a,", "*a,", "]")
	add("aliases of lists", "a: &a ["+strings.Repeat("1,", 100)+"]\nb: [", "*a,", "]")
	add("merges", string(repeated("a: &a {", "k@: 1,", "}\nb: [", 100)), "{<<: *a},", "]")
	add("tags", "[", "!!str a,", "]")
	add("unknown tags", "[", "!a a,", "]")
	add("labels", "metadata: {labels: {", "k@: v,", "}}")
	add("numbers as labels", "metadata: {labels: {", "k@: 1,", "}}")
	add("options", deployment+"flinkConfiguration: {", "k@: 1,", "}}}}")
	add("illegal options", deployment+"flinkConfiguration: {", "'k @': 1,", "}}}}")
	add("loggers", deployment+"logging: {log4jLoggers: {", "k@: INFO,", "}}}}}")
	add("illegal loggers", deployment+"logging: {log4jLoggers: {", "k@: X,", "}}}}}")
	add("variables", deployment+"kubernetes: {pods: {envVars: [", "{name: A@},", "]}}}}}")
	add("empty variables", deployment+"kubernetes: {pods: {envVars: [", "{},", "]}}}}}")
	add("null variables", deployment+"kubernetes: {pods: {envVars: [", "~,", "]}}}}}")
	add("numbers as tolerations", deployment+"kubernetes: {pods: {tolerations: [", "1,", "]}}}}}")
	add("empty mounts", deployment+"kubernetes: {pods: {volumeMounts: [", "{},", "]}}}}}")
	add("containers", deployment+"kubernetes: {jobManagerPodTemplate: {spec: {containers: [", "{},", "]}}}}}}")
	add("arguments", deployment+"kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: a, args: [", "a,",
		"]}]}}}}}}")
	add("template labels", deployment+"kubernetes: {jobManagerPodTemplate: {metadata: {labels: {", "k@: a,", "}}}}}}}")
	add("dependencies", strings.Replace(deployment, "flinkVersion", "additionalDependencies: [", 1), "a,", "]}}}}")
	add("patches", target, "{op: add, path: /a, value: 1},", "]}")
	add("empty patches", target, "{},", "]}")
	add("null patches", target, "~,", "]}")
	add("patch values", target+"{op: add, path: /a, value: [", "1,", "]}]}")
	add("patched containers", target+"{apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [",
		"{name: a@},", "]}}}}]}")
	add("patched labels", target+"{apiVersion: apps/v1, kind: Deployment, metadata: {labels: {", "a@: b,", "}}}]}")
	add("patched labels of all kinds", target+"{target: {kind: .*}, patch: {metadata: {labels: {", "a@: b,", "}}}}]}")
	add("patches of all kinds", target, "{target: {kind: .*}, patch: {metadata: {labels: {a: b}}}},", "]}")
	for _, expression := range []string{"a", "a{1000}", "(a{30}){30}", `(?i)\pL{1000}`, `\pL`,
		strings.Repeat("a?", 160), strings.Repeat(`\W`, 100), strings.Repeat("[^a]{1000}", 90)} {
		add("patches of names like "+expression, target,
			"{target: {kind: Job, name: '"+expression+"', namespace: '"+expression+"', group: '"+expression+
				"?', version: '"+expression+"?'}, patch: {metadata: {labels: {a: b}}}},", "]}")
	}
	add("patches as text", target+"{target: {kind: .*}, patch: '{metadata: {labels: {", "a@: b,", "}}}'}]}")
	block := strings.TrimSuffix(target, " [") + "\n"
	add("block patches", block, "- op: add\n  path: /a\n  value: 1\n", "")
	add("text patches", block, "- target: {kind: Job}\n  patch: |\n    a: b\n", "")
	add("text patches with an alias", block, "- target: {kind: Job}\n  patch: |\n    a: &a b\n", "")
	add("block maps", "", "k@:\n  a: 'b'\n", "")
	add("block lists", "a:\n", "- - a: b\n  - c\n", "")
	add("literal blocks", "", "k@: |\n  a\n", "")
	add("floats", "", "- 1.5\n", "")
	add("no commas behind", "[1", ",{a: 1.5}", "]")
	add("lists of comments", "", "- a #b\n#c\n", "")
	add("comments behind commas", "[", "a #\n,", "]")
	add("dashes in dashes", "", strings.Repeat("- ", 99)+"\n", "")
	add("lists in lists", "[", strings.Repeat("[", 99)+strings.Repeat("]", 99)+",", "]")
	add("nothing in containers", deployment+"kubernetes: {jobManagerPodTemplate: {spec: {containers: [", "~,",
		"]}}}}}}")
	add("quantities", deployment+"kubernetes: {jobManagerPodTemplate: {spec: {containers: [{resources: {limits: {",
		"a@: 1,", "}}}]}}}}}}")
	add("items", "kind: List\nitems: [", "{kind: Deployment},", "]")
	add("items that aliases repeat",
		"kind: List\na: &a {kind: Deployment, spec: {template: {spec: {flinkConfiguration: {a: b}}}}}\nitems: [", "*a,",
		"]")
	long := strings.Repeat("x", 10_000)
	add("text patches that aliases repeat",
		target+"{target: {kind: Job}, patch: &a '{metadata: {annotations: {a: "+long+"}}}'},",
		"{target: {kind: Job}, patch: *a},", "]}")
	add("keys that aliases repeat",
		"kind: Deployment\na: &a "+long[:1000]+"\nspec: {template: {spec: {kubernetes: {pods: {tolerations: [",
		"{*a : b},", "]}}}}}")
	add("patched nothing of all kinds", target+"{target: {kind: .*}, patch: {metadata: {labels: {", "a@: ~,", "}}}}]}")
	add("patched maps of all kinds", target+"{target: {kind: .*}, patch: {metadata: {", "a@: {},", "}}}]}")
	add("patched ports of all kinds",
		target+"{target: {kind: .*}, patch: {spec: {template: {spec: {containers: [{name: a, ports: [",
		"{containerPort: @},", "]}]}}}}}]}")
	add("directives of all kinds", target+"{target: {kind: .*}, patch: {", "a@: {$patch: x},", "}}]}")
	add("long paths of all kinds", target+"{target: {kind: .*}, patch: {? "+long[:1000]+"\n: {", "a@: {$patch: x},",
		"}}}]}")
	add("escaped patches of all kinds", target+"{target: {kind: .*}, patch: \"{metadata: {labels: {a: b", "\\x2c@: b",
		"}}}\"}]}")
	add("operations", target+"{target: {kind: Job}, patch: [", "{op: remove, path: /a},", "]}]}")
	add("empty operations", target+"{target: {kind: Job}, patch: [", "{},", "]}]}")
	add("words", "[true", ",False,null,~,No", "]")
	return out
}

// Long returns a scalar of 10 MiB.
func Long() []byte { return repeated(`kind: "`, "x", `"`, 10<<20) }

func repeated(head, part, tail string, n int) []byte {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		b.WriteString(strings.ReplaceAll(part, "@", strconv.Itoa(i)))
	}
	b.WriteString(tail)
	return []byte(b.String())
}
