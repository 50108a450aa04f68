//go:build flinkclasses

package flink_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// fakeJava stands for the JVM of a component, and writes its arguments down. What reads the
// configuration file for the scripts is Flink's own class.
const fakeJava = `#!/usr/bin/env bash
case "$*" in
*_RESOURCE_PARAMS*) echo "BASH_JAVA_UTILS_EXEC_RESULT:-Xmx1m"; echo "BASH_JAVA_UTILS_EXEC_RESULT:" ;;
*BashJavaUtils*) exec "$REAL_JAVA" -XX:TieredStopAtLevel=1 "$@" ;;
*-XshowSettings*) echo "    java.specification.version = 17" >&2 ;;
*) printf '%s\0' "$@" >"$OUT" ;;
esac
`

// scriptWords has the start script of a distribution start a JobManager, and returns what
// the JVM got behind the distribution's own options, nil if it got none.
func scriptWords(t *testing.T, home string, v flink.Version, key, value string) []string {
	t.Helper()
	dir := t.TempDir()
	java, err := exec.LookPath("java")
	assert.NilError(t, err)
	assert.NilError(t, os.MkdirAll(dir+"/java/bin", 0o755))
	assert.NilError(t, os.WriteFile(dir+"/java/bin/java", []byte(fakeJava), 0o755))
	ours := "-Dours"
	conf := map[string]string{"env.java.opts.jobmanager": "-Dlast", key: value}
	switch {
	case v.JVMOptions == "":
		ours = "-Xmx1m" // before 1.18 there are none but those of the memory
	case v.JVMOptionsKey == key:
		conf[key] = ours + " " + value
	default:
		conf[v.JVMOptionsKey] = ours
	}
	name, text, problems := flink.ConfigFile(v, conf)
	if len(problems) > 0 {
		return nil
	}
	assert.NilError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	cmd := exec.Command("bash", home+"/bin/jobmanager.sh", "start-foreground")
	cmd.Dir = dir + "/folder" // of one file, which * stands for
	assert.NilError(t, os.Mkdir(cmd.Dir, 0o755))
	assert.NilError(t, os.WriteFile(cmd.Dir+"/file", nil, 0o644))
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "JAVA_HOME=" + dir + "/java", "REAL_JAVA=" + java,
		"OUT=" + dir + "/out", "FLINK_CONF_DIR=" + dir, "FLINK_LOG_DIR=" + dir, "FLINK_PID_DIR=" + dir}
	for name, value := range scriptEnv {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	_ = cmd.Run() // it fails where options are lost
	out, err := os.ReadFile(dir + "/out")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	assert.NilError(t, err)
	words := strings.Split(string(out), "\x00")
	words = words[:slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "-Dlog.file") })]
	if i := slices.Index(words, ours); i >= 0 {
		return words[i+1:]
	}
	return nil // not even those of the distribution
}

// The values of testdata/jvmoptions.jsonl, in the script of each distribution given. With
// -figures, what comes out is written there.
func TestOracleJVMOptions(t *testing.T) {
	values := scriptedValues(t)
	for home := range strings.SplitSeq(*homes, ",") {
		patch := strings.TrimPrefix(filepath.Base(home), "flink-")
		v, key := lookup(t, patch), "env.java.opts.all"
		if v.Minor < "1.17" {
			key = "env.java.opts"
		}
		for _, s := range values {
			words := scriptWords(t, home, v, key, s.value)
			if _, known := s.words[patch]; *update {
				s.words[patch] = words
			} else if known && len(words) > 0 {
				assert.DeepEqual(t, words, s.words[patch])
			}
			problem, _ := flink.JVMOptions(v, key, s.value, scriptEnv)
			_, _, unwritable := flink.ConfigFile(v, map[string]string{key: s.value})
			assert.Equal(t, problem != nil || len(unwritable) > 0, !starts(words), "%s on %s: %v", s.value, patch, words)
		}
	}
	if !*update {
		return
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	for _, s := range values {
		row := map[string]any{"value": s.value}
		for patch, words := range s.words {
			row[patch] = words
		}
		assert.NilError(t, encoder.Encode(row))
	}
	assert.NilError(t, os.WriteFile("testdata/jvmoptions.jsonl", out.Bytes(), 0o644))
}
