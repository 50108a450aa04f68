package render_test

import (
	"cmp"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/rendertest"
	"github.com/flinktarget/flinktarget/target"
)

// A ruleCase breaks a rule, beside what is like it and legal.
type ruleCase struct {
	rule, severity string
	fault, legal   string // resources
	opts           []render.Option
}

// ruleCases are rules that resources break. Programs go by the names of rules, so each
// has a case of each severity.
func ruleCases() []ruleCase {
	const warning = "warning"
	const hdfs, dir = "state.checkpoints.dir: 'hdfs://n/c'", "state.checkpoints.dir: 's3://b/c'"
	const links = "{target: {kind: Job}, patch: [{op: replace, path: /spec/template/spec/enableServiceLinks, value: true}]}"
	const interval = "execution.checkpointing.interval: 10s"
	const tag = "flinkImageTag: 1.20.1-stream1-scala_2.12-java11"
	const engine = "engineVersionName: vera-1.0-flink-1.20"
	const a, text = "'https://h.example.com/a.jar'", "'https://h.example.com/a.txt'"
	const ha = "high-availability.type: kubernetes, high-availability.storageDir: s3://b/ha"
	wrapped := func(field string) string {
		text := in(app, "kind: Deployment\napiVersion: v1\nmetadata: {name: app}\n", "kind: VvpDeployment\napiVersion: "+
			"ververica.platform/v1\nmetadata: {name: a}\nspec:\n  syncingMode: PUT\n  "+field+"\n  deployment:\n    metadata: "+
			"{name: app}\n")
		head, spec, _ := strings.Cut(text, "\nspec:\n  deploymentTargetName")
		return head + strings.ReplaceAll("\nspec:\n  deploymentTargetName"+spec, "\n", "\n    ") + "\n"
	}
	inSpec := func(field string) string { return in(app, "  template:\n", "  "+field+"\n  template:\n") }
	inMetadata := func(fields string) string { return in(app, "name: app", fields) }
	onTemplate := func(field string) string { return in(app, "  template:\n", "  template:\n    "+field+"\n") }
	template := func(field string) string { return app + "      " + field + "\n" }
	pods := func(fields string) string { return template("kubernetes: {pods: {" + fields + "}}") }
	jobManager := func(spec string) string {
		return template("kubernetes: {jobManagerPodTemplate: {spec: {" + spec + "}}}")
	}
	variable := func(name string) string { return pods("envVars: [{name: '" + name + "', value: b}]") }
	jar := func(uri string) string { return withArtifact("1.20", uri) }
	toService := func(spec string) string {
		return withPatches(app, "{apiVersion: v1, kind: Service, "+spec+"}")
	}
	op := func(fields string) string { return withPatches(app, "{"+fields+"}") }
	queryable := onTemplate("metadata: {annotations: {flink.queryable-state.enabled: 'true'}}")
	sql := func(table string) string {
		return withScript("2.2", "CREATE TABLE a (n INT) WITH ('connector' = 'x'); INSERT INTO "+table+" SELECT 1")
	}
	toConfig := func(data string) string { return op("apiVersion: v1, kind: ConfigMap, data: {" + data + "}") }
	var bad []string
	for i := range 1001 {
		bad = append(bad, fmt.Sprintf("k%d: 'b c'", i))
	}
	platform := []render.Option{render.ForPlatform(render.Platform{Namespace: "staging"})}
	return []ruleCase{
		{"absent-kind", warning, op("apiVersion: v1, kind: ServiceAccount, automountServiceAccountToken: false"),
			op("apiVersion: v1, kind: Service, metadata: {annotations: {a: b}}"), nil},
		{"arguments", "", artifact(`mainArgs: "a 'b"`), artifact(`mainArgs: "a 'b'"`), nil},
		{"artifact-fetcher", warning, fetchers(app, "{name: artifact-fetcher, tty: true}"),
			fetchers(app, "{name: artifact-fetcher, image: i}"), nil},
		{"artifact-kind", "", withProgram("1.20", "kind: SQLSCRIPT, sqlScript: SELECT 1"),
			withProgram("2.0", "kind: SQLSCRIPT, sqlScript: SELECT 1"), nil},
		{"checkpoint-directory", warning, conf(interval), conf(interval + ", " + dir), nil},
		{"class", "", artifact("entryClass: a-b.C"), artifact("entryClass: a_b.C"), nil},
		{"class-path", warning, artifact("additionalDependencies: [" + text + "]"),
			artifact("additionalDependencies: [" + a + "]"), nil},
		{"configuration-file", "", toConfig("flink-conf.yaml: 'a: b'"), toConfig("more.yaml: 'a: b'"), nil},
		{"deprecated", warning, in(conf(ha), ".type: kubernetes", ".type: vvp-kubernetes"), conf(ha), nil},
		{"derived-id", "", op("target: {name: 'job-8ef6.*'}, patch: {metadata: {annotations: {a: b}}}"),
			op("target: {name: 'job-.*'}, patch: {metadata: {annotations: {a: b}}}"), nil},
		{"derived-id", warning, inSpec("upgradeStrategy: {kind: STATEFUL}"), inSpec("upgradeStrategy: {kind: STATELESS}\n  restoreStrategy: {kind: NONE}"), nil},
		{"duplicate", "", app + "---" + staging, app + "---" + in(staging, "name: staging", "name: b"), nil},
		{"duplicate", warning, app + in(session[len(staging):], "name: session", "name: app"), app + session[len(staging):],
			[]render.Option{ingress}},
		{"duration", "", inSpec("jobFailureExpirationTime: soon"), inSpec("jobFailureExpirationTime: 1h"), nil},
		{"engine-image", warning, artifact(engine), artifact(engine + ", flinkImageRegistry: r.io"), nil},
		{"entry-class", warning, withDependencies(withArtifact("1.18", "https://h.example.com/b.jar"), a),
			in(withDependencies(withArtifact("1.18", "https://h.example.com/b.jar"), a), "kind: JAR,", "kind: JAR, entryClass: a.B,"), nil},
		{"enum", "", inSpec("state: RUNING"), inSpec("state: RUNNING"), nil},
		{"env", "", variable("a=b"), variable("a.b"), nil},
		{"exclusive", "", inSpec("sessionClusterName: s"), inSpec("sessionClusterName: ''"), nil},
		{"file-system-image", warning, conf(hdfs), conf(dir), nil},
		{"file-system-plugin", warning, in(conf(dir), "kind: JAR,", "kind: JAR, flinkImageTag: mine,"), conf(dir), nil},
		{"flink-configuration", "", conf("jobmanager.rpc.address: a"), conf("jobmanager.rpc.adress: a"), nil},
		{"flink-home", "", withPatches(app, toContainer("image: 'r.io/f:1.20.1-stream1'")), withPatches(app, toContainer("image: 'r.io/f:1.20.1'")), nil},
		{"flink-home", warning, artifact(tag), in(artifact(tag), "/opt/flink", "/flink"), nil},
		{"flink-memory", "", template("resources: {taskmanager: {memory: 1g}}"),
			template("resources: {taskmanager: {memory: 2g}}"), nil},
		{"flink-slots", "", template("parallelism: 2\n      numberOfTaskManagers: 1"),
			template("parallelism: 2\n      numberOfTaskManagers: 2"), nil},
		{"flink-version", "", onVersion(app, "1.10"), onVersion(app, "1.15"), nil},
		{"high-availability", "", conf(ha + ", kubernetes.jobmanager.replicas: 2"),
			conf(ha + ", kubernetes.jobmanager.replicas: 1"), nil},
		{"image", "", artifact("flinkImageTag: a/b"), artifact("flinkImageTag: a-b"), nil},
		{"image-registry", warning, artifact("flinkImageRepository: v2.10/flink"),
			artifact("flinkImageRepository: team/flink"), nil},
		{"jvm-options", "", conf(`env.java.opts.all: "-Da='b"`), conf(`env.java.opts.all: "-Da='b'"`), nil},
		{"jvm-options", warning, conf(`env.java.opts.all: -Da=b'c'`), conf(`env.java.opts.all: "-Da=b"`), nil},
		{"kind", "", app + "---\nkind: Deploymend\n", app + "---\n", nil},
		{"label", "", template("kubernetes: {labels: {a: 'b c'}}"), template("kubernetes: {labels: {a: b-c}}"), nil},
		{"logging", "", template("logging: {log4jLoggers: {a: LOUD}}"), template("logging: {log4jLoggers: {a: WARN}}"), nil},
		{"minimum", "", template("parallelism: 0"), template("parallelism: 1"), nil},
		{"name", "", in(staging, "name: staging", "name: a.b"), in(staging, "name: staging", "name: a_b"), nil},
		{"no-effect", warning, conf("yarn.tags: x"), conf("tags: x"), nil},
		{"not-rendered", "", app + "---\nkind: SecretValue\napiVersion: v1\n", app + "---\n", nil},
		{"not-running", warning, inSpec("state: SUSPENDED"), inSpec("state: RUNNING"), nil},
		{"option-value", warning, conf("execution.checkpointing.interval: banana"),
			conf("execution.checkpointing.interval: 5 min"), nil},
		{"option-spelling", warning, conf("taskmanager.numberOfTaskSlot: 2"), conf("taskmanager.numberOfTaskSlots: 2"), nil},
		{"patch", "", withPatches(app, slices.Repeat([]string{"{op: test, path: /kind, value: Deployment}"}, 257)...),
			withPatches(app, slices.Repeat([]string{"{op: test, path: /kind, value: Deployment}"}, 256)...), nil},
		{"patch-apply", "", op("op: remove, path: /spec/no"), op("op: remove, path: /spec/state"), nil},
		{"patch-conflict", "", toService("metadata: {labels: {app: x}}"), toService("metadata: {labels: {x: app}}"), nil},
		{"patch-form", "", op("path: /spec/state"), op("op: remove, path: /spec/state"), nil},
		{"patch-kind", "", op("apiVersion: v1, kind: Pod, spec: {}"), toService("spec: {publishNotReadyAddresses: true}"), nil},
		{"patch-merge", "", toService("spec: {ports: [{port: 1}], $retainKeys: [ports]}"),
			toService("spec: {ports: [{name: x, port: 1}]}"), nil},
		{"patch-operation", "", op("op: set, path: /spec/state, value: RUNNING"),
			op("op: replace, path: /spec/state, value: RUNNING"), nil},
		{"patch-selector", "", op("target: {labelSelector: 'app in flink-job'}, patch: {metadata: {annotations: {a: b}}}"),
			op("target: {labelSelector: 'app==flink-job'}, patch: {metadata: {annotations: {a: b}}}"), nil},
		{"patch-without-effect", warning, withPatches(app, in(links, "true", "false")), withPatches(app, links), nil},
		{"patch-without-effect", "", withPatches(app, in(links, "true", "false")), withPatches(app, links), []render.Option{render.StrictPatches()}},
		{"initial-savepoint", warning, wrapped("initialSavepointSpec: {savepointLocation: 's3://b/s'}"),
			wrapped("savepointNonce: 1"), nil},
		{"placeholder", warning, conf("a: '{{ region }}'"), conf("a: '{{ namespace }}'"), nil},
		{"plain-secret", warning, conf("s3.secret-key: abcdefghijkl"), conf("s3.path-style-access: true"), nil},
		{"platform-namespace", "", in(app, "{namespace: staging}", "{}"), app, nil},
		{"pod-template", "", jobManager("serviceAccountName: ''"), jobManager("serviceAccountName: a"), nil},
		{"quantity", "", template("resources: {taskmanager: {memory: 2x}}"),
			template("resources: {taskmanager: {memory: 2g}}"), nil},
		{"queryable-state", warning, queryable, in(queryable, "'true'", "'false'"), nil},
		{"queryable-state", "", onVersion(queryable, "2.0"), onVersion(app, "2.0"), nil},
		{"reference", "", conf("a: '${B}'"), conf("a: '${B}'") + "      kubernetes: {pods: {envVars: [{name: B, value: c}]}}\n", nil},
		{"reference", warning, conf("a: '${B}'"), conf("a: $B"), []render.Option{render.AllowUnresolved()}},
		{"required", "", in(app, ", jarUri: \"local:///opt/flink/usrlib/app.jar\"", ""), app, nil},
		{"retyped", "", inMetadata("name: app, labels: {a: yes}"), inMetadata("name: app, labels: {a: 'yes'}"), nil},
		{"session-cluster", "", in(submitted, "sessionClusterName: session", "sessionClusterName: s"), submitted, nil},
		{"shared-namespace", warning, app, in(app, "namespace: staging", "namespace: flink"), platform},
		{"small-heap", warning, template("resources: {jobmanager: {memory: 700M}}"),
			template("resources: {jobmanager: {memory: 2g}}"), nil},
		{"state-spelling", warning, inSpec("state: CANCELED"), inSpec("state: CANCELLED"), nil},
		{"syntax", "", app + "---\na: [\n", app + "---\n", nil},
		{"system-label", warning, template("kubernetes: {labels: {app: x}}"), template("kubernetes: {labels: {x: app}}"), nil},
		{"target", "", in(app, "TargetName: staging", "TargetName: stagin"), app, nil},
		{"text", "", artifact(`mainArgs: "a\0"`), artifact(`mainArgs: "a\t"`), nil},
		{"tls", "", withTLS(app), app, nil},
		{"tls", "warning", app + "      flinkConfiguration: {security.ssl.rest.enabled: true}\n", app,
			[]render.Option{render.WithIngress(render.Ingress{Host: "{name}.example.com"})}},
		{"too-many", "", template("kubernetes: {labels: {" + strings.Join(bad, ", ") + "}}"), app, nil},
		{"type", "", template("parallelism: many"), template("parallelism: 1"), nil},
		{"unknown-field", "", inSpec("stat: RUNNING"), inSpec("state: RUNNING"), nil},
		{"unknown-field", warning, toService("spec: {warp: 2}"), toService("spec: {publishNotReadyAddresses: true}"),
			[]render.Option{render.AllowUnknown()}},
		{"unknown-value", "", jobManager("dnsPolicy: Near"), jobManager("dnsPolicy: Default"), nil},
		{"unknown-value", warning, jobManager("dnsPolicy: Near"), jobManager("dnsPolicy: Default"),
			[]render.Option{render.AllowUnknown()}},
		{"unmatched-patch", warning, toService("metadata: {name: other}"),
			toService("spec: {publishNotReadyAddresses: true}"), nil},
		{"unmatched-patch", "", toService("metadata: {name: other}"),
			toService("spec: {publishNotReadyAddresses: true}"), []render.Option{render.StrictPatches()}},
		{"uri", "", jar("https:a.jar"), jar("https://h.example.com/a.jar"), nil},
		{"uri-scheme", "", jar("ftp://h.example.com/a.jar"), jar("https://h.example.com/a.jar"), nil},
		{"uuid", "", inMetadata("name: app, id: 6A1A4CFB-43A0-4A3E-BF31-5D0F6A1A2F7E"),
			inMetadata("name: app, id: 6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e"), nil},
		{"verify", "", toService("spec: {ports: null}"), toService("spec: {type: ClusterIP}"), nil},
		{"vvp-catalog", warning, sql("vvp.b.c"), sql("a.b.c"), nil},
		{"volume", "", pods("volumeMounts: [{name: v, volume: {name: w}, volumeMount: {name: v, mountPath: /v}}]"),
			pods("volumeMounts: [{name: v, volume: {name: v}, volumeMount: {name: v, mountPath: /v}}]"), nil},
	}
}

// ruleCalls are rules that calls break: the first does, the second does not.
func ruleCalls(t *testing.T) map[string][2]func() error {
	staging := parse(t, []byte(staging)).Targets[0]
	d := parse(t, []byte(app)).Deployments[0]
	other := func(change func(c *target.Config)) target.Target {
		c := staging.Config()
		change(&c)
		out, err := target.New(c)
		assert.NilError(t, err)
		return out
	}
	const id = "6a1a4cfb-43a0-4a3e-bf31-5d0f6a1a2f7e"
	named := other(func(c *target.Config) { c.Metadata.Name = "other" })
	moved := other(func(c *target.Config) { c.Spec.Kubernetes.Namespace = "elsewhere" })
	labeled := other(func(c *target.Config) { c.Metadata.Labels = map[string]string{"a": "b"} })
	withID := other(func(c *target.Config) { c.Metadata.ID = id })
	sameID := other(func(c *target.Config) { c.Metadata.Name, c.Metadata.ID = "other", id })
	register := func(targets ...target.Target) func() error {
		return func() error {
			r := &target.Registry{}
			var err error
			for _, t := range targets {
				err = r.Register(t)
			}
			return err
		}
	}
	held := func(call func(r *target.Registry) error) func() error {
		return func() error {
			r := &target.Registry{}
			assert.NilError(t, r.Register(staging))
			assert.NilError(t, r.Acquire(staging.Ref(), d.Owner()))
			return call(r)
		}
	}
	acquire := func(o target.Owner) func() error {
		return held(func(r *target.Registry) error { return r.Acquire(staging.Ref(), o) })
	}
	remove := func(ref target.Ref) func() error {
		return held(func(r *target.Registry) error { return r.Delete(ref) })
	}
	released := held(func(r *target.Registry) error {
		r.Release(staging.Ref(), d.Owner())
		return r.Delete(staging.Ref())
	})
	restore := func(edit func(string) string) func() error {
		return held(func(r *target.Registry) error {
			_, err := target.Restore([]byte(edit(string(r.Snapshot()))))
			return err
		})
	}
	draw := func(with target.Target) func() error {
		return func() error {
			_, err := renderer(t).Deployment(with, d, render.Job{})
			return err
		}
	}
	options := func(opts ...render.Option) func() error {
		return func() error {
			_, err := render.New(opts...)
			return err
		}
	}
	// tested changes one of the objects before they are tested.
	tested := func(change func(service map[string]any)) func() error {
		return func() error {
			m, err := renderer(t).Deployment(staging, d, render.Job{ID: id})
			assert.NilError(t, err)
			var objects []render.Object
			for o := range m.All() {
				if object := o.Map(); o.Kind() == "Service" {
					change(object)
					o, err = render.NewObject(object)
					assert.NilError(t, err)
				}
				objects = append(objects, o)
			}
			return &flinktarget.InvalidError{Problems: rendertest.Problems(render.NewManifests(objects...))}
		}
	}
	set := func(value string, path ...string) func() error {
		return tested(func(service map[string]any) {
			for _, key := range path[:len(path)-1] {
				service = service[key].(map[string]any)
			}
			service[path[len(path)-1]] = value
		})
	}
	patched := func(entry string) func() error {
		return func() error {
			return &flinktarget.InvalidError{Problems: rendertest.Problems(rendered(t, withPatches(app, entry)))}
		}
	}
	harmless := set("b", "metadata", "labels", "a")
	twice := func() error {
		m, err := renderer(t).Deployment(staging, d, render.Job{ID: id})
		assert.NilError(t, err)
		return &flinktarget.InvalidError{Problems: rendertest.Problems(render.Join(m, m))}
	}
	return map[string][2]func() error{
		"identity":    {twice, harmless},
		"labels":      {set("b", "metadata", "labels", "system"), harmless},
		"namespace":   {set("b", "metadata", "namespace"), harmless},
		"security":    {patched(toPod("hostNetwork: true")), patched(toPod("hostNetwork: false"))},
		"selector":    {set("b", "spec", "selector", "component"), harmless},
		"id-conflict": {register(withID, sameID), register(withID, named)},
		"immutable":   {register(staging, moved), register(staging, labeled)},
		"in-use":      {remove(staging.Ref()), released},
		"length": {acquire(target.Owner{Kind: "K", Name: strings.Repeat("n", 1025)}),
			acquire(target.Owner{Kind: "K", Name: strings.Repeat("n", 1024)})},
		"mismatch":  {draw(named), draw(staging)},
		"not-found": {remove(named.Ref()), released},
		"option":    {options(render.Workers(-1)), options(render.Workers(1))},
		"snapshot": {restore(func(s string) string { return strings.Replace(s, "staging", "stagins", 1) }),
			restore(func(s string) string { return s })},
	}
}

// problemsOf are those of rendering a text, warnings, too.
func problemsOf(t *testing.T, text string, opts ...render.Option) []flinktarget.Problem {
	t.Helper()
	allow := slices.ContainsFunc(opts, func(o render.Option) bool { return o.String() == "AllowUnknown" })
	b, err := deployment.Reader{AllowUnknown: allow}.ParseAll("input.yaml", []byte(text))
	if err != nil {
		return slices.Collect(flinktarget.Problems(err))
	}
	m, err := renderer(t, opts...).Bundle(b, nil)
	out := m.Warnings()
	for _, d := range b.Deployments {
		out = append(out, d.Warnings()...)
	}
	return append(out, slices.Collect(flinktarget.Problems(err))...)
}

// Each rule of render/rules.md has a case for each of its severities, and its legal
// neighbour is not reported.
func TestRulesHaveCases(t *testing.T) {
	found := map[string]string{}
	note := func(rule, severity string) {
		names := strings.FieldsFunc(found[rule]+","+severity, func(r rune) bool { return r == ',' })
		slices.Sort(names)
		found[rule] = strings.Join(names, ",")
	}
	check := func(c ruleCase, fault, legal []flinktarget.Problem) {
		breaks := func(p flinktarget.Problem) bool { return p.Rule == c.rule && string(p.Severity) == c.severity }
		wrong := func(p flinktarget.Problem) bool { return breaks(p) || p.Severity == flinktarget.SeverityError }
		if !slices.ContainsFunc(fault, breaks) {
			t.Errorf("%s, %s, is not reported: %v", c.rule, c.severity, fault)
		}
		if i := slices.IndexFunc(legal, wrong); i >= 0 {
			t.Errorf("beside %s, %s, is reported: %v", c.rule, c.severity, legal[i])
		}
		note(c.rule, c.severity)
	}
	for _, c := range ruleCases() {
		c.severity = cmp.Or(c.severity, "error")
		check(c, problemsOf(t, c.fault, c.opts...), problemsOf(t, c.legal, c.opts...))
	}
	for rule, calls := range ruleCalls(t) {
		collect := func(call func() error) []flinktarget.Problem { return slices.Collect(flinktarget.Problems(call())) }
		check(ruleCase{rule: rule, severity: "error"}, collect(calls[0]), collect(calls[1]))
	}
	text, err := os.ReadFile("rules.md")
	assert.NilError(t, err)
	documented := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\| ([a-z, ]+) \\|").FindAllStringSubmatch(string(text), -1) {
		documented[row[1]] = strings.ReplaceAll(row[2], " ", "")
	}
	assert.DeepEqual(t, found, documented)
}
