package flink_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

// lookup returns a version that is in the table.
func lookup(t testing.TB, version string) flink.Version {
	t.Helper()
	v, err := flink.Lookup(version)
	assert.NilError(t, err)
	return v
}

func TestLookup(t *testing.T) {
	for _, c := range []struct{ version, minor, reason string }{
		{"1.15", "1.15", "the oldest"},
		{"1.20", "1.20", "not 1.2: versions are strings"},
		{"2.3", "2.3", "the newest"},
		{"1.19.2", "1.19", "VVP accepts a patch version in artifact.flinkVersion"},
		{"1.19.0", "1.19", "zero is a patch version"},
		{"2.0.17", "2.0", "a patch version newer than the table"},
		{"", "", "nothing"},
		{"1.14", "", "VVP 2.x knows it, the library does not"},
		{"1.2", "", "what YAML makes of an unquoted 1.20"},
		{"2.4", "", "not in the table"},
		{"1", "", "no minor"},
		{"1.19.", "", "an empty patch"},
		{"1.19.x", "", "not a number"},
		{"1.19.02", "", "no release is numbered so"},
		{"1.19.1.1", "", "too many parts"},
		{"v1.19", "", "a prefix"},
		{" 1.19", "", "white space"},
		{"1.19-SNAPSHOT", "", "not a release"},
	} {
		v, err := flink.Lookup(c.version)
		assert.Equal(t, v.Minor, c.minor, c.reason)
		assert.Equal(t, err != nil, c.minor == "", c.reason)
		assert.Assert(t, err != nil || strings.HasPrefix(v.Patch, c.version), "%s: %s runs", c.reason, v.Patch)
		if err != nil {
			assert.Error(t, err, fmt.Sprintf("version %q of Flink is not supported; supported are %s", c.version,
				strings.Join(flink.Supported(), ", ")))
		}
	}
}

func TestSupportedIsFresh(t *testing.T) {
	first := flink.Supported()
	assert.DeepEqual(t, first, []string{"1.15", "1.16", "1.17", "1.18", "1.19", "1.20", "2.0", "2.1", "2.2", "2.3"})
	first[0] = "changed"
	assert.Equal(t, flink.Supported()[0], "1.15", "the caller may write to what he got")
}

// What the table must say, written down a second time and from another side:
// the release in which each thing changed.
func TestVersionTable(t *testing.T) {
	minors := flink.Supported()
	since := func(v flink.Version, minor string) bool {
		return slices.Index(minors, v.Minor) >= slices.Index(minors, minor)
	}
	for _, minor := range minors {
		v := lookup(t, minor)
		assert.Equal(t, v.Minor, minor)
		assert.Assert(t, strings.HasPrefix(v.Patch, minor+"."), minor)
		assert.Equal(t, lookup(t, v.Patch).Minor, minor, "the patch version is of this minor")
		assert.Equal(t, v.Major == 2, since(v, "2.0"), minor)
		assert.Equal(t, v.ConfigFile == "config.yaml", since(v, "2.0"), minor)
		assert.Equal(t, v.Jars, since(v, "1.19"), minor)
		assert.Equal(t, v.JVMOptions != "", since(v, "1.18"), minor)
		assert.Equal(t, strings.Contains(v.JVMOptions, "sun.net.util"), since(v, "1.18") && !since(v, "2.1"), minor)
		assert.Equal(t, v.JVMOptionsKey == "env.java.default-opts.all", since(v, "1.19"), minor)
		assert.Equal(t, v.HAKey == "high-availability.type", since(v, "1.17"), minor)
		assert.Equal(t, v.HAKubernetes == "kubernetes", since(v, "1.16"), minor)
		assert.Equal(t, v.StateBackendKey == "state.backend.type", since(v, "1.17"), minor)
		assert.Equal(t, v.NetworkMax == 1<<30, !since(v, "1.17"), minor)
	}
}

func TestReadsConfig(t *testing.T) {
	for _, c := range []struct {
		version, file string
		want          bool
		reason        string
	}{
		{"1.18", "flink-conf.yaml", true, "the only one"},
		{"1.18", "config.yaml", false, "not known yet"},
		{"1.19", "flink-conf.yaml", true, "is rendered"},
		{"1.20", "config.yaml", true, "both are read"},
		{"2.0", "config.yaml", true, "the only one"},
		{"2.0", "flink-conf.yaml", false, "no longer known"},
	} {
		v, err := flink.Lookup(c.version)
		assert.NilError(t, err)
		assert.Equal(t, v.ReadsConfig(c.file), c.want, "%s: %s: %s", c.version, c.file, c.reason)
	}
}

func TestJVMOptionsAreOptions(t *testing.T) {
	for _, minor := range flink.Supported() {
		for _, option := range strings.Fields(lookup(t, minor).JVMOptions) {
			module, target, ok := strings.Cut(option, "=")
			assert.Assert(t, ok && (module == "--add-exports" || module == "--add-opens"), option)
			assert.Assert(t, strings.HasSuffix(target, "=ALL-UNNAMED") && strings.Count(target, "/") == 1, option)
		}
	}
}
