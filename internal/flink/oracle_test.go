//go:build flinkclasses

// These tests compare the package with Flink's own classes. They need a JDK and
// the jars of unpacked Flink distributions:
//
//	go test -tags flinkclasses ./internal/flink -args -flink /opt/flink-1.20.5,/opt/flink-2.2.1
//
// With -figures they write the figures of testdata/memory.jsonl anew.
package flink_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

var (
	homes  = flag.String("flink", "", "unpacked Flink distributions, separated by commas")
	update = flag.Bool("figures", false, "write testdata/memory.jsonl anew")
)

const questions = 600

func x(s string) string { return "x" + hex.EncodeToString([]byte(s)) }

// An oracle is one distribution.
type oracle struct {
	flink.Version
	patch     string
	classpath string
}

// eachOracle runs f for every distribution given on the command line.
func eachOracle(t *testing.T, f func(t *testing.T, o oracle)) {
	if *homes == "" {
		t.Fatal("name distributions with -args -flink")
	}
	for home := range strings.SplitSeq(*homes, ",") {
		dist, err := filepath.Glob(filepath.Join(home, "lib", "flink-dist-*.jar"))
		assert.NilError(t, err)
		assert.Equal(t, len(dist), 1, home)
		patch := regexp.MustCompile(`flink-dist-(.*)\.jar`).FindStringSubmatch(dist[0])[1]
		classes := t.TempDir()
		o := oracle{lookup(t, patch), patch, classes + ":" + filepath.Join(home, "lib", "*")}
		out, err := exec.Command("javac", "-nowarn", "-d", classes, "-cp", o.classpath,
			"testdata/oracle/Oracle.java").CombinedOutput()
		assert.NilError(t, err, string(out))
		t.Run(patch, func(t *testing.T) { f(t, o) })
	}
}

// ask returns one answer for each question.
func (o oracle) ask(t *testing.T, lines []string) []string {
	t.Helper()
	quiet := filepath.Join(t.TempDir(), "log4j.properties")
	assert.NilError(t, os.WriteFile(quiet, []byte("rootLogger.level = OFF\n"), 0o600))
	cmd := exec.Command("java", "-XX:+IgnoreUnrecognizedVMOptions", "-Dfile.encoding=UTF-8",
		"-Dlog4j2.StatusLogger.level=OFF",
		"-Dlog4j.configurationFile="+quiet, "-cp", o.classpath, "org.apache.flink.container.entrypoint.Oracle")
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.Output()
	assert.NilError(t, err)
	answers := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	assert.Equal(t, len(answers), len(lines))
	return answers
}

func memoryQuestion(component string, process int64, conf map[string]string) string {
	line := "memory " + component + " " + x(component+".memory.process.size") + " " + x(fmt.Sprint(process))
	for key, value := range conf {
		line += " " + x(key) + " " + x(value)
	}
	return line
}

func TestOracleMemory(t *testing.T) {
	eachOracle(t, func(t *testing.T, o oracle) {
		r := seeded(t)
		var lines, want []string
		for range questions {
			component := pick(r, "jobmanager", "taskmanager")
			conf := randomMemory(r, component)
			process := r.Int64N(6 << 30)
			if enough, ok := least(o.Version, component, conf); ok && r.IntN(3) == 0 {
				process = enough - int64(r.IntN(2))*mib
			}
			parts, problems := divide(o.Version, component, process, conf)
			if len(problems) > 0 {
				want = append(want, "ERR")
			} else {
				want = append(want, "OK "+strings.Trim(fmt.Sprint(parts), "[]"))
			}
			lines = append(lines, memoryQuestion(component, process, conf))
		}
		assert.DeepEqual(t, o.ask(t, lines), want)
	})
}

func TestOracleMemoryFigures(t *testing.T) {
	eachOracle(t, func(t *testing.T, o oracle) {
		data, err := os.ReadFile("testdata/memory.jsonl")
		assert.NilError(t, err)
		var lines []string
		var at []int
		file := bytes.Split(bytes.TrimSuffix(data, []byte("\n")), []byte("\n"))
		for i, line := range file {
			var c struct {
				Flink, Component string
				Process          int64
				Conf             map[string]string
			}
			assert.NilError(t, json.Unmarshal(line, &c))
			if c.Flink == o.patch {
				lines, at = append(lines, memoryQuestion(c.Component, c.Process, c.Conf)), append(at, i)
			}
		}
		if len(lines) == 0 {
			return // the file has figures of some releases only
		}
		for i, answer := range o.ask(t, lines) {
			figures := "null"
			if rest, ok := strings.CutPrefix(answer, "OK "); ok {
				figures = "[" + strings.ReplaceAll(rest, " ", ", ") + "]"
			}
			renewed := regexp.MustCompile(`"bytes": (null|\[[^]]*\])`).ReplaceAll(file[at[i]],
				[]byte(`"bytes": `+figures))
			if !*update {
				assert.Equal(t, string(file[at[i]]), string(renewed))
			}
			file[at[i]] = renewed
		}
		if *update {
			assert.NilError(t,
				os.WriteFile("testdata/memory.jsonl", append(bytes.Join(file, []byte("\n")), '\n'), 0o644))
		}
	})
}

func TestOracleParseMemory(t *testing.T) {
	eachOracle(t, func(t *testing.T, o oracle) {
		r := seeded(t)
		var lines, want []string
		for range questions {
			text := pick(r, "", " ", "\u00a0") + pick(r, "", "1", "007", "9223372036854775807", "9223372036854775808",
				"8388607", "8388608", "-1", "1.5", "1e3", "٣") +
				pick(r, "", " ", "\v") + pick(r, "", "b", "bytes", "k", "KB", "Kibibytes", "m", "MB", "g", "t",
				"TeBiBytes", "gi", "MiB", "k b", "K") + pick(r, "", "\n")
			n, err := flink.ParseMemory(text)
			if want = append(want, fmt.Sprint("OK ", n)); err != nil {
				want[len(want)-1] = "ERR"
			}
			lines = append(lines, "size "+x(text))
		}
		assert.DeepEqual(t, o.ask(t, lines), want)
	})
}

func TestOracleConfigFile(t *testing.T) {
	eachOracle(t, func(t *testing.T, o oracle) {
		r := seeded(t)
		var lines, want []string
		for len(lines) < questions {
			conf := map[string]string{}
			for range r.IntN(4) {
				conf[randomText(r, 3)] = randomText(r, 6)
			}
			name, text, problems := flink.ConfigFile(o.Version, conf)
			if len(problems) > 0 {
				continue
			}
			var entries []string
			for key, value := range conf {
				entries = append(entries, x(key)+"="+x(value))
			}
			slices.Sort(entries)
			lines, want = append(lines, "conf "+name+" "+x(text)), append(want, "OK "+strings.Join(entries, " "))
		}
		assert.DeepEqual(t, o.ask(t, lines), want)
	})
}

func TestOracleJobArgs(t *testing.T) {
	eachOracle(t, func(t *testing.T, o oracle) {
		r := seeded(t)
		var lines, want []string
		for len(lines) < questions {
			a := randomJobArgs(r, o.Version)
			args, problems := a.Strings()
			if len(problems) > 0 {
				continue
			}
			line := "args " + x("--configDir") + " " + x("/conf")
			for _, arg := range args {
				line += " " + x(arg)
			}
			lines, want = append(lines, line), append(want, expectedArgs(a))
		}
		assert.DeepEqual(t, o.ask(t, lines), want)
	})
}

func expectedArgs(a flink.JobArgs) string {
	null := func(s string) string {
		if s == "" {
			return x("null")
		}
		return x(s)
	}
	list := func(texts []string) string {
		var encoded []string
		for _, text := range texts {
			encoded = append(encoded, x(text))
		}
		return strings.Join(encoded, ",")
	}
	var jars []string
	if a.Jar != "" {
		jars = []string{a.Jar}
	}
	return "OK class=" + null(a.JobClass) + " id=" + null(a.JobID) + " savepoint=" + null(a.FromSavepoint) +
		fmt.Sprint(" allow=", a.AllowNonRestoredState && a.FromSavepoint != "") +
		" jars=" + list(jars) + " properties= args=" + list(a.Args)
}

func TestOracleLog4j(t *testing.T) {
	eachOracle(t, func(t *testing.T, o oracle) {
		r := seeded(t)
		var lines, want []string
		for len(lines) < questions/10 {
			loggers := map[string]string{}
			for range r.IntN(5) {
				loggers[pick(r, "", "org.example", "akka", randomText(r, 4))] = pick(r, "INFO", "debug", "Off", "ALL",
					"trace", "WARN")
			}
			if len(flink.CheckLoggers(loggers)) > 0 {
				continue
			}
			text := flink.Log4jProperties(loggers)
			var levels []string
			for name, level := range readLog4j(t, text) {
				levels = append(levels, x(name)+"="+level)
			}
			slices.Sort(levels)
			lines, want = append(lines, "log4j "+x(text)), append(want,
				"OK ConsoleAppender,RollingFileAppender "+strings.Join(levels, " "))
		}
		got := o.ask(t, lines)
		for i := range got { // the order of the appenders is a hash's
			got[i] = strings.Replace(got[i], "RollingFileAppender,ConsoleAppender",
				"ConsoleAppender,RollingFileAppender", 1)
		}
		assert.DeepEqual(t, got, want)
	})
}

// Values that are legal for some type, and those beside them.
var optionValues = []string{
	"true", "FALSE", "yes", "1", "-1", "+1", "1.5", "1e3", "1f", "NaN", "0x10", "2147483648", "9223372036854775808", "1_0",
	"10 s", "10s", "10 S", "5 min", "3 minutes", "7", "7 banana", "banana", "1 µs", "2 millis", "1 day 2 h", "PT10S", "-1 s", "s",
	"64 mb", "64m", "1gb", "64 MiB", "1.5 gb", "mb", "DELETE_ON_CANCELLATION", "delete_on_cancellation", "exactly_once",
	"EXACTLY-ONCE", "AT_LEAST_ONCE", "LOW", "low ", "1 2",
}

// TestOracleTypes holds the types of options and what their values may be against Flink: what
// it does not read is unreadable in all releases that have the option, and what it reads is not.
// With -figures it writes option_types.txt for the distributions that are given.
func TestOracleTypes(t *testing.T) {
	types := map[string]map[string]bool{}
	eachOracle(t, func(t *testing.T, o oracle) {
		for word := range strings.FieldsSeq(strings.TrimPrefix(o.ask(t, []string{"types"})[0], "OK")) {
			key, kind, _ := strings.Cut(word, "=")
			if types[key] == nil {
				types[key] = map[string]bool{}
			}
			types[key][kind] = true
		}
	})
	assert.Assert(t, len(types) > 600, "%d options", len(types))
	if *update {
		assert.NilError(t, os.WriteFile("option_types.txt", typesFile(types), 0o644))
		return
	}
	var keys []string
	byType := map[string]int{}
	for _, key := range slices.Sorted(maps.Keys(types)) {
		kind := fmt.Sprint(slices.Sorted(maps.Keys(types[key])))
		if byType[kind]++; byType[kind] <= 2 && flink.Unreadable(key, "no value of any type") != "" {
			keys = append(keys, key)
		}
	}
	assert.Assert(t, len(keys) > 20, "%v", keys)
	read := map[string]bool{}
	eachOracle(t, func(t *testing.T, o oracle) {
		var lines []string
		for _, key := range keys {
			for _, value := range optionValues {
				lines = append(lines, "value "+x(key)+" "+x(value))
			}
		}
		for i, answer := range o.ask(t, lines) {
			key, value := keys[i/len(optionValues)], optionValues[i%len(optionValues)]
			ok := strings.HasPrefix(answer, "OK")
			read[key+" "+value] = read[key+" "+value] || ok
			if ok && flink.Unreadable(key, value) != "" {
				t.Errorf("%s reads %q as a value of %s", o.patch, value, key)
			}
		}
	})
	for _, key := range keys {
		for _, value := range optionValues {
			if !read[key+" "+value] && flink.Unreadable(key, value) == "" {
				t.Errorf("no release reads %q as a value of %s", value, key)
			}
		}
	}
}

// typesFile has the options that have one type in all distributions, whose values can be told
// from others; of an enumeration it has the values of all.
func typesFile(types map[string]map[string]bool) []byte {
	var out []byte
	for _, key := range slices.Sorted(maps.Keys(types)) {
		kinds, values := map[string]bool{}, map[string]bool{}
		for kind := range types[key] {
			name, list, _ := strings.Cut(kind, ":")
			kinds[name] = true
			for value := range strings.SplitSeq(list, ":") {
				values[value] = true
			}
		}
		kind := slices.Sorted(maps.Keys(kinds))
		if len(kind) != 1 || slices.Contains([]string{"String", "List", "Map"}, kind[0]) {
			continue
		}
		line := strings.TrimSuffix(key+": "+kind[0]+":"+strings.Join(slices.Sorted(maps.Keys(values)), ":"), ":")
		out = append(out, line+"\n"...)
	}
	return out
}
