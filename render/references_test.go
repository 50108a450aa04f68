package render_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/render"
)

func TestUnresolvedReference(t *testing.T) {
	text := app + "      flinkConfiguration: {s3.access-key: 'x${NONE}'}\n"
	m, err := renderer(t, render.AllowUnresolved()).Bundle(parse(t, []byte(text)), nil)
	assert.NilError(t, err)
	conf := stringsAt(find(t, m, "ConfigMap", "").Map(), "data")["flink-conf.yaml"]
	assert.Assert(t, strings.Contains(conf, "s3.access-key: x${NONE}\n"), conf)
	found := false
	for _, w := range m.Warnings() {
		found = found || strings.HasSuffix(w.Field, "flinkConfiguration[s3.access-key]")
	}
	assert.Assert(t, found, "%v", m.Warnings())

	// What stays text must fit into the file, which was not known before.
	text = app + "      flinkConfiguration: {a: '${NONE} # b'}\n"
	_, err = renderer(t, render.AllowUnresolved()).Bundle(parse(t, []byte(text)), nil)
	e, ok := errors.AsType[*render.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	assert.Equal(t, e.Fields[0].Field, "spec.template.spec.flinkConfiguration[a]")
}

func TestLoggingProfiles(t *testing.T) {
	text := app + "      logging: {loggingProfile: json, log4jLoggers: {com.example: DEBUG}}\n"
	m, err := renderer(t, render.LoggingProfiles{"json": "rootLogger.level = WARN\n"}).Bundle(parse(t, []byte(text)),
		nil)
	assert.NilError(t, err)
	assert.Equal(t, stringsAt(find(t, m, "ConfigMap", "").Map(), "data")["log4j-console.properties"],
		"rootLogger.level = WARN\n\n# Levels of this resource.\nlogger.resource0.name = "+
			"com.example\nlogger.resource0.level = DEBUG\n")
	_, err = renderer(t).Bundle(parse(t, []byte(text)), nil)
	assert.ErrorContains(t, err, "render.LoggingProfiles")
}
