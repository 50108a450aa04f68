package flink_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

func TestSlots(t *testing.T) {
	for _, c := range []struct {
		reason string
		conf   map[string]string
		want   int64
		ok     bool
	}{
		{"Flink's default", nil, 1, true},
		{"a number", map[string]string{flink.SlotsKey: "4"}, 4, true},
		{"Flink trims", map[string]string{flink.SlotsKey: " 4 "}, 4, true},
		{"none", map[string]string{flink.SlotsKey: "0"}, 0, false},
		{"no whole number", map[string]string{flink.SlotsKey: "1.5"}, 0, false},
		{"empty is not unset", map[string]string{flink.SlotsKey: ""}, 0, false},
	} {
		got, ok := flink.Slots(c.conf)
		assert.Equal(t, ok, c.ok, c.reason)
		assert.Equal(t, got, c.want, c.reason)
	}
}
