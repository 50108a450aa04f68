package flink_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

func TestHighAvailability(t *testing.T) {
	const factory = "org.apache.flink.kubernetes.highavailability.KubernetesHaServicesFactory"
	type conf = map[string]string
	for _, c := range []struct {
		version string
		conf    conf
		want    flink.HA
		reason  string
	}{
		{"1.20", nil, flink.HA{}, "off by default"},
		{"1.20", conf{"high-availability.type": "NONE"}, flink.HA{Key: "high-availability.type", Value: "NONE"},
			"the default, written out"},
		{"1.20", conf{"high-availability": "standalone"}, flink.HA{Key: "high-availability", Value: "standalone"},
			"an old name of none"},
		{"1.20", conf{"high-availability.type": "kubernetes"},
			flink.HA{Kind: flink.HAKubernetes, Key: "high-availability.type", Value: "kubernetes"},
			"the current spelling"},
		{"1.20", conf{"high-availability": "Kubernetes"},
			flink.HA{Kind: flink.HAKubernetes, Key: "high-availability", Value: "Kubernetes"},
			"deprecated key, any case"},
		{"2.2", conf{"high-availability": "kubernetes"},
			flink.HA{Kind: flink.HAKubernetes, Key: "high-availability", Value: "kubernetes"},
			"2.x still reads the deprecated key"},
		{"1.16", conf{"high-availability.type": "kubernetes"}, flink.HA{}, "unknown before 1.17"},
		{"1.15", conf{"high-availability": factory},
			flink.HA{Kind: flink.HAKubernetes, Key: "high-availability", Value: factory},
			"the class name, which is case-sensitive"},
		{"1.18", conf{"high-availability": "vvp-kubernetes"},
			flink.HA{Kind: flink.HAKubernetes, Key: "high-availability", Value: "vvp-kubernetes"}, "VVP's alias"},
		{"1.18", conf{"recovery.mode": "zookeeper"},
			flink.HA{Kind: flink.HAZooKeeper, Key: "recovery.mode", Value: "zookeeper"}, "the oldest key"},
		{"1.18", conf{"high-availability.type": "org.example.Factory"},
			flink.HA{Kind: flink.HACustom, Key: "high-availability.type", Value: "org.example.Factory"},
			"someone's own factory"},
		{"1.18", conf{"high-availability.type": "NONE", "high-availability": "kubernetes"},
			flink.HA{Key: "high-availability.type", Value: "NONE"}, "the current key wins over deprecated ones"},
		{"1.18", conf{"recovery.mode": "none", "high-availability": "kubernetes"},
			flink.HA{Key: "recovery.mode", Value: "none"}, "deprecated keys in the order of the option's list"},
		{"1.16", conf{"recovery.mode": "none", "high-availability": "kubernetes"},
			flink.HA{Kind: flink.HAKubernetes, Key: "high-availability", Value: "kubernetes"},
			"before 1.17 it was the current key"},
		{"1.18", conf{"high-availability.storageDir": "s3://b"}, flink.HA{},
			"other options of high availability do not switch it on"},
	} {
		assert.Equal(t, flink.HighAvailability(lookup(t, c.version), c.conf), c.want, c.reason)
	}
}

// The value that the table gives for a version means Kubernetes there.
func TestHAKubernetesIsRecognised(t *testing.T) {
	for _, minor := range flink.Supported() {
		v := lookup(t, minor)
		ha := flink.HighAvailability(v, map[string]string{v.HAKey: v.HAKubernetes})
		assert.Equal(t, ha.Kind, flink.HAKubernetes, minor)
	}
}
