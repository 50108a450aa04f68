package build

import (
	"testing"

	"gotest.tools/v3/assert"
)

// Sizes are written as Kubernetes writes them itself.
func TestQuantities(t *testing.T) {
	for cores, want := range map[string]string{"1": "1", "12": "12", "0.1": "100m", "2.25": "2250m",
		"12.345": "12345m"} {
		assert.Equal(t, cpuQuantity(cores), want)
	}
	for size, want := range map[string]string{"2g": "2G", "1.5g": "1500M", "1500k": "1500k", "1000": "1k",
		"1001": "1001", "12": "12", "0": "0", "1000000": "1M", "4294967296": "4294967296", "12G": "12G"} {
		assert.Equal(t, memoryQuantity(size), want)
	}
}
