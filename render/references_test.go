package render_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
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
	e, ok := errors.AsType[*flinktarget.InvalidError](err)
	assert.Assert(t, ok, "%v", err)
	assert.Equal(t, e.Problems[0].Field, "spec.template.spec.flinkConfiguration[a]")
}

// A reference is held against the variables that the pods have in the end.
func TestReferencesAreThoseOfTheFinalPods(t *testing.T) {
	entry := func(component, what string) string {
		return "{target: {labelSelector: component=" + component + ", kind: Job|Deployment}, patch: {spec: {template: {spec: " +
			"{containers: [{name: flink-" + component + ", " + what + "}]}}}}}"
	}
	const (
		secret = "env: [{name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}]"
		all    = "envFrom: [{secretRef: {name: s}}]"
		conf   = "      flinkConfiguration: {s3.access-key: '${KEY}'}\n"
	)
	for _, c := range []struct {
		reason, text string
		entries      []string
		resolved     bool
	}{
		{"patches of both", app, []string{entry("jobmanager", secret), entry("taskmanager", secret)}, true},
		{"a patch of one", app, []string{entry("jobmanager", secret)}, false},
		{"no patch", app, nil, false},
		{"what may have it, in both", app, []string{entry("jobmanager", all), entry("taskmanager", all)}, true},
		{"what may have it, and what has it", app, []string{entry("jobmanager", all), entry("taskmanager", secret)}, true},
		{"a session cluster", in(session, "flinkVersion: 1.20\n", "flinkVersion: 1.20\n  flinkConfiguration: {s3.access-key: "+
			"'${KEY}'}\n"), []string{entry("jobmanager", secret), entry("taskmanager", secret)}, true},
		{"what may have it, in the resource", app + "      kubernetes: {jobManagerPodTemplate: {spec: {containers: [{name: " +
			"flink-jobmanager, " + all + "}]}}, taskManagerPodTemplate: {spec: {containers: [{name: flink-taskmanager, " +
			all + "}]}}}\n", nil, true},
	} {
		text := withPatches(c.text, c.entries...)
		if !strings.Contains(text, "${KEY}") {
			text += conf
		}
		b := parse(t, []byte(text))
		for _, opts := range [][]render.Option{nil, {render.WithTrace()}, {render.AllowUnresolved()}} {
			m, err := renderer(t, opts...).Bundle(b, nil)
			if err != nil {
				assert.Assert(t, !c.resolved, "%s: %v", c.reason, err)
				assert.DeepEqual(t, refusals(err), []string{"spec.template.spec.flinkConfiguration[s3.access-key] reference"})
				continue
			}
			out := yamlOf(t, m)
			if c.resolved {
				assert.Equal(t, strings.Count(out, "- s3.access-key=$(KEY)"), 2, "%s: %s", c.reason, out)
			} else {
				assert.Assert(t, strings.Contains(out, "s3.access-key: ${KEY}"), "%s: %s", c.reason, out)
			}
		}
	}
	_, err := renderer(t).Bundle(parse(t, []byte(withPatches(app+
		"      kubernetes: {pods: {envVars: [{name: KEY, value: a}]}}\n"+conf,
		entry("taskmanager", "env: [{name: KEY, $patch: delete}]")))), nil)
	assert.ErrorContains(t, err, "the container has no variable KEY", "a patch takes it away")
}

func TestLoggingProfiles(t *testing.T) {
	text := app + "      logging: {loggingProfile: json, log4jLoggers: {com.example: DEBUG}}\n"
	m, err := renderer(t,
		render.UseLoggingProfiles(map[string]string{"json": "rootLogger.level = WARN\n"})).Bundle(parse(t, []byte(text)),
		nil)
	assert.NilError(t, err)
	assert.Equal(t, stringsAt(find(t, m, "ConfigMap", "").Map(), "data")["log4j-console.properties"],
		"rootLogger.level = WARN\n\n# Levels of this resource.\nlogger.resource0.name = "+
			"com.example\nlogger.resource0.level = DEBUG\n")
	_, err = renderer(t).Bundle(parse(t, []byte(text)), nil)
	assert.ErrorContains(t, err, "(option UseLoggingProfiles)")
}
