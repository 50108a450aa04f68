package endtoend

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

var homes = flag.String("flink", "", "unpacked Flink distributions, separated by commas; the script run makes them")

// inside names work, if the process is in namespaces of its own: no other process sees its
// networks and mounts, and all its processes end with it.
const inside = "FLINKTARGET_ENDTOEND_INSIDE"

// skip is why nothing can be run here, "" if something can.
var skip string

func TestMain(m *testing.M) {
	flag.Parse()
	switch {
	case *homes == "":
		skip = "no Flink distribution is given: start the script run"
	case os.Geteuid() != 0:
		skip = "network namespaces and users of pods need root"
	case os.Getenv(inside) == "":
		if err := run(append(slices.Clone(unshare), "true")...); err == nil {
			os.Exit(enter())
		} else {
			skip = "namespaces cannot be made: " + err.Error()
		}
	default:
		work = os.Getenv(inside)
		if err := prepare(); err != nil {
			skip = "no network of pods: " + err.Error()
		}
	}
	if skip != "" && *homes != "" && os.Getenv("CI") != "" {
		fmt.Println(skip)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var unshare = strings.Fields("unshare --net --mount --pid --fork --mount-proc --kill-child")

// enter runs the tests in namespaces of their own, and returns their exit code. What they
// made stays if they fail.
func enter() int {
	cache, err := os.UserCacheDir()
	if err == nil {
		if err = os.MkdirAll(cache, 0o755); err == nil {
			work, err = os.MkdirTemp(cache, "endtoend-")
		}
	}
	if err != nil {
		fmt.Println(err)
		return 1
	}
	args := append(slices.Clone(unshare[1:]), os.Args...)
	cmd := exec.Command(unshare[0], args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), inside+"="+work)
	if err := cmd.Run(); err != nil {
		fmt.Println(err, "logs are in", work)
		return 1
	}
	if err := os.RemoveAll(work); err != nil {
		fmt.Println(err)
	}
	return 0
}

// node is the address of this process in the network of the pods.
const node = "10.88.0.1"

// work is the folder of everything that is made. It is not in /tmp, which pods cover.
var work string

// prepare makes the network of the node.
func prepare() error {
	for _, command := range []string{
		"mount --make-rprivate /", "mount -t tmpfs none /run", "mkdir -p /run/netns", "ip link set lo up",
		"ip link add pods type bridge", "ip addr add " + node + "/16 dev pods", "ip link set pods up",
	} {
		if err := run(strings.Fields(command)...); err != nil {
			return err
		}
	}
	return nil
}

func run(command ...string) error {
	if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(command, " "), err, out)
	}
	return nil
}

// An image is a distribution with jars of ours.
type image struct {
	home    string // the distribution
	version string // 2.2.1
	jars    string // folder with probe.jar and dependency.jar
	layer   string // folder with usrlib/probe.jar
}

// eachVersion runs a test for each distribution.
func eachVersion(t *testing.T, f func(t *testing.T, i *image)) {
	if skip != "" {
		t.Skip(skip)
	}
	for home := range strings.SplitSeq(*homes, ",") {
		version := strings.TrimPrefix(filepath.Base(home), "flink-")
		t.Run(version, func(t *testing.T) {
			f(t, build(t, home, version))
		})
	}
}

var images = map[string]*image{}

// build compiles our job for a distribution, once.
func build(t *testing.T, home, version string) *image {
	t.Helper()
	if images[version] != nil {
		return images[version]
	}
	dir := filepath.Join(work, "image-"+version)
	i := &image{home: home, version: version, jars: dir + "/jars", layer: dir + "/layer"}
	assert.NilError(t, os.MkdirAll(i.jars, 0o755))
	assert.NilError(t, os.MkdirAll(i.layer+"/usrlib", 0o755))
	assert.NilError(t, run("javac", "--release", "11", "-nowarn", "-d", dir+"/classes", "-cp", home+"/lib/*",
		"testdata/java/probe/Probe.java", "testdata/java/dep/Dependency.java"))
	assert.NilError(t, run("jar", "--create", "--file", i.jars+"/probe.jar", "--main-class", "probe.Probe",
		"-C", dir+"/classes", "probe"))
	assert.NilError(t, run("jar", "--create", "--file", i.jars+"/dependency.jar", "-C", dir+"/classes", "dep"))
	assert.NilError(t, run("cp", i.jars+"/probe.jar", i.layer+"/usrlib/probe.jar"))
	assert.NilError(t, run("cp", i.jars+"/probe.jar", i.jars+"/other.jar"))
	images[version] = i
	return i
}

// java11 is the folder of a Java 11, which images before 1.18 have, if it is there.
func (i *image) java11() string {
	if i.new() {
		return ""
	}
	return i.beside("java-11")
}

// new reports whether the image has Java 17. A release that is not in the table yet is a new one.
func (i *image) new() bool {
	v, err := flink.Lookup(i.minor())
	return err != nil || v.JVMOptions != ""
}

// javaOptions are variables of the image: starts take half the time with them, and nothing
// here runs long enough for better code. Releases before 1.18 need what the distribution of
// 1.18 sets, if they run on Java 17. Their taskmanager.sh chooses a garbage collector where
// no options are set, and Java does not start with two.
func (i *image) javaOptions() string {
	const quick = "-XX:TieredStopAtLevel=1"
	switch {
	case i.new():
		return quick + " -XX:+UseSerialGC"
	case i.java11() != "":
		return quick
	}
	v, err := flink.Lookup("1.18")
	if err != nil {
		panic(err)
	}
	return quick + " " + v.JVMOptions
}

// beside is what the script extras has put beside the distribution, "" if it has not.
func (i *image) beside(name string) string {
	dir := filepath.Join(filepath.Dir(i.home), name)
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// layers are the folders that make /opt/flink, the strongest first.
func (i *image) layers() string {
	layers := []string{i.layer, i.beside("python-" + i.version), i.java11(), i.home}
	return strings.Join(slices.DeleteFunc(layers, func(dir string) bool { return dir == "" }), ":")
}

// minor is the version that a resource names.
func (i *image) minor() string { return i.version[:strings.LastIndexByte(i.version, '.')] }

// exitCode is what a process ended with, as a container has it: 128 and the signal.
func exitCode(err error) int {
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		return 0
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return exit.ExitCode()
}
