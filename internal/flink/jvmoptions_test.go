package flink_test

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// A scripted value has what the start script of each release made of it: the words
// that the JVM got, nil where it got no options. -Dlast is the option of another key.
type scripted struct {
	value string
	words map[string][]string
}

func scriptedValues(t *testing.T) []scripted {
	t.Helper()
	data, err := os.ReadFile("testdata/jvmoptions.jsonl")
	assert.NilError(t, err)
	var out []scripted
	for line := range bytes.Lines(data) {
		var row map[string]json.RawMessage
		assert.NilError(t, json.Unmarshal(line, &row))
		s := scripted{words: map[string][]string{}}
		assert.NilError(t, json.Unmarshal(row["value"], &s.value))
		delete(row, "value")
		for patch, raw := range row {
			var words []string
			assert.NilError(t, json.Unmarshal(raw, &words))
			s.words[patch] = words
		}
		out = append(out, s)
	}
	return out
}

// scriptEnv are the variables that were set when the scripts ran.
var scriptEnv = map[string]string{"PROBE": "p", "WORDS": "w1 w2"}

// What the scripts lose, or hand to the JVM as the class to run, is refused, and nothing
// else; what they change is said.
func TestJVMOptionsAgainstScripts(t *testing.T) {
	values := scriptedValues(t)
	assert.Assert(t, len(values) >= 30)
	refused, changed := 0, 0
	for _, s := range values {
		for patch, words := range s.words {
			v := lookup(t, patch)
			if _, _, problems := flink.ConfigFile(v, map[string]string{"env.java.opts.all": s.value}); len(problems) > 0 {
				continue // the file cannot hold it
			}
			problem, changes := flink.JVMOptions(v, "env.java.opts.all", s.value, scriptEnv)
			assert.Equal(t, problem != nil, !starts(words), "%s on %s: %v", s.value, patch, problem)
			if problem != nil {
				refused++
				continue
			}
			words = words[:len(words)-1]
			kept := slices.Equal(words, strings.Fields(expected(s.value)))
			assert.Equal(t, len(changes) == 0, kept, "%s on %s: %v", s.value, patch, changes)
			if !kept {
				changed++
			}
		}
	}
	assert.Assert(t, refused > 30 && changed > 20, "%d refused, %d changed", refused, changed)
}

// starts reports whether a JVM starts with these words and runs the class that follows.
func starts(words []string) bool {
	for i, word := range words {
		argument := i > 0 && (words[i-1] == "--add-opens" || words[i-1] == "-cp")
		if !argument && word[0] != '-' && word[0] != '@' {
			return false
		}
	}
	return len(words) > 0 && words[len(words)-1] == "-Dlast"
}

// expected is what somebody means who writes options as for a shell: quotes around a word
// or a value are no part of it, variables are expanded.
func expected(value string) string {
	return strings.NewReplacer("='b'", "=b", `="b"`, "=b", "'-Da=$PROBE'", "-Da=$PROBE", `\$PROBE`, `\$PROBE`,
		"$PROBE", "p", "${PROBE}", "p", "$UNSET", "", "'-", "-", "'\n", "", "}'", "}", ")'", ")", "d'", "d", "=b'", "=b").
		Replace(value)
}

func TestJVMOptionsKeys(t *testing.T) {
	for _, c := range []struct {
		version, key, value string
		problem             bool
		reason              string
	}{
		{"1.17", "env.java.opts.all", `"-Da=b"`, false, "both quotes are stripped"},
		{"1.18", "env.java.opts.all", `"-Da=b"`, true, "the default options stand before the first"},
		{"1.18", "env.java.opts.jobmanager", `"-Da=b"`, false, "there are none for one component"},
		{"1.20", "env.java.opts.jobmanager", `"-Da=b"`, true, "a blank stands before the first quote"},
		{"1.20", "env.java.default-opts.taskmanager", `"-Da=b"`, true, "a blank stands behind the last quote"},
		{"2.2", "env.java.opts.taskmanager", "-Da=b\n", true, "YAML is read by lines"},
		{"2.2", "env.java.opts.client", "-Da=(", true, "no cluster reads it: not asked"},
	} {
		if !flink.IsJVMOptions(c.key) {
			assert.Assert(t, strings.HasSuffix(c.key, "client"), c.key)
			continue
		}
		problem, _ := flink.JVMOptions(lookup(t, c.version), c.key, c.value, nil)
		assert.Equal(t, problem != nil, c.problem, c.reason)
	}
}
