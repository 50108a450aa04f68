package deployment_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
)

func TestEnvelope(t *testing.T) {
	run(t, leastDeployment, []changeCase{
		{"the least that is required", nil, nil},
		{"kind and apiVersion may be missing where the kind is known", set("kind", "", "apiVersion", ""), nil},
		{
			"a Kubernetes Deployment is another thing",
			set("apiVersion", `"apps/v1"`),
			[]string{"apiVersion kind"},
		},
		{"another kind", set("kind", `"SessionCluster"`), []string{"kind kind"}},
		{"an unknown key would be lost", set("metadta", `{}`), []string{"metadta unknown-field"}},
		{
			"what a GET returns is accepted",
			set(
				"status", `{"state": "RUNNING"}`,
				"metadata.createdAt", `"2022"`,
				"metadata.modifiedAt", `"2022"`,
				"metadata.resourceVersion", "13",
			),
			nil,
		},
		{"null is not set", set("metadata.labels", "null", "metadata.id", "null"), nil},
	}, parseDeployment)
}

func TestMetadata(t *testing.T) {
	run(t, leastDeployment, []changeCase{
		{"free text is a name in VVP before 2.4", set("metadata.name", `"My Deployment Name"`), nil},
		{"a name is required", set("metadata.name", ""), []string{"metadata.name required"}},
		{"a name has an end", set("metadata.name", `"`+long(251)+`"`), []string{"metadata.name name"}},
		{"that long a name is legal", set("metadata.name", `"`+long(250)+`"`), nil},
		{"no line breaks in a name", set("metadata.name", `"a\nb"`), []string{"metadata.name name"}},
		{"any text is a display name", set("metadata.displayName", `"Größe: 日本"`), nil},
		{
			"a number is no display name",
			set("metadata.displayName", `1`),
			[]string{"metadata.displayName retyped"},
		},
		{"a UUID in lower case", set("metadata.id", `"5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58"`), nil},
		{
			"objects are named after the id",
			set("metadata.id", `"5DEA5D9D-8F2C-4F4E-9F1E-3A8B4A4A4B58"`),
			[]string{"metadata.id uuid"},
		},
		{"a namespace", set("metadata.namespace", `"team_a"`), nil},
		{
			"the namespace becomes a label value",
			set("metadata.namespace", `"a b"`),
			[]string{"metadata.namespace name"},
		},
		{"labels are VVP's own, with no rule", set("metadata.labels", `{"any key": "any value"}`), nil},
		{"a number is no label", set("metadata.labels", `{"a": 1}`), []string{"metadata.labels[a] retyped"}},
		{"annotations are VVP's own, with no rule", set("metadata.annotations", `{"license/testing": "true"}`), nil},
		{
			"a boolean is no annotation",
			set("metadata.annotations", `{"license/testing": true}`),
			[]string{"metadata.annotations[license/testing] retyped"},
		},
	}, parseDeployment)
}

func TestReferences(t *testing.T) {
	const id = `"2da2f867-5899-4bef-8ad0-9771bbac38b4"`
	run(t, leastDeployment, []changeCase{
		{"by name", set("spec.deploymentTargetName", `"my_Target-1"`), nil},
		{"by id", set("spec.deploymentTargetName", "", "spec.deploymentTargetId", id), nil},
		{"session mode", set("spec.deploymentTargetName", "null", "spec.sessionClusterName", `"shared"`), nil},
		{
			"none of them",
			set("spec.deploymentTargetName", ""),
			[]string{"spec.deploymentTargetName required"},
		},
		{"both", set("spec.deploymentTargetId", id), []string{"spec.deploymentTargetName exclusive"}},
		{
			"target and session cluster",
			set("spec.sessionClusterName", `"shared"`),
			[]string{"spec.sessionClusterName exclusive"},
		},
		{
			"a name is no id",
			set("spec.deploymentTargetName", "", "spec.deploymentTargetId", `"staging"`),
			[]string{"spec.deploymentTargetId uuid"},
		},
		{
			"blanks are not in a target's name",
			set("spec.deploymentTargetName", `"my target"`),
			[]string{"spec.deploymentTargetName name"},
		},
		{
			"a session cluster's name is lower case",
			set("spec.deploymentTargetName", "", "spec.sessionClusterName", `"Shared"`),
			[]string{"spec.sessionClusterName name"},
		},
		{"names as long as VVP allows", set("spec.deploymentTargetName", `"`+long(250)+`"`), nil},
		{
			"a target's name has an end",
			set("spec.deploymentTargetName", `"`+long(251)+`"`),
			[]string{"spec.deploymentTargetName name"},
		},
		{
			"a session cluster's name of 63 characters",
			set("spec.deploymentTargetName", "", "spec.sessionClusterName", `"`+long(63)+`"`),
			nil,
		},
		{
			"and of one more",
			set("spec.deploymentTargetName", "", "spec.sessionClusterName", `"`+long(64)+`"`),
			[]string{"spec.sessionClusterName name"},
		},
	}, parseDeployment)
}

func TestLifecycle(t *testing.T) {
	run(t, leastDeployment, []changeCase{
		{"a state", set("spec.state", `"SUSPENDED"`), nil},
		{"the state of a session cluster", set("spec.state", `"STOPPED"`), []string{"spec.state enum"}},
		{"states in any case, as VVP's pages write them", set("spec.state", `"running"`), nil},
		{"one L too few in lower case", set("spec.state", `"canceled"`), nil},
		{"one L too few is a warning", set("spec.state", `"CANCELED"`), nil},
		{
			"strategies in any case, as VVP's pages write them",
			set(
				"spec.upgradeStrategy", `{"kind": "stateless"}`,
				"spec.restoreStrategy", `{"kind": "latest_savepoint", "allowNonRestoredState": true}`,
			),
			nil,
		},
		{
			"an upgrade strategy that does not exist",
			set("spec.upgradeStrategy", `{"kind": "LATEST_STATE"}`),
			[]string{"spec.upgradeStrategy.kind enum"},
		},
		{
			"a restore strategy that does not exist",
			set("spec.restoreStrategy", `{"kind": "FROM_SAVEPOINT"}`),
			[]string{"spec.restoreStrategy.kind enum"},
		},
		{
			"a string is no boolean",
			set("spec.restoreStrategy", `{"allowNonRestoredState": "true"}`),
			[]string{"spec.restoreStrategy.allowNonRestoredState type"},
		},
		{"the form of VVP 2.0", set("spec.startFromSavepoint", `{"kind": "latest"}`), nil},
		{
			"a start that does not exist",
			set("spec.startFromSavepoint", `{"kind": "LATEST_STATE"}`),
			[]string{"spec.startFromSavepoint.kind enum"},
		},
		{
			"old and new form",
			set("spec.startFromSavepoint", `{"kind": "NONE"}`, "spec.restoreStrategy", `{"kind": "NONE"}`),
			[]string{"spec.startFromSavepoint exclusive"},
		},
		{"a number of unknown unit", set("spec.jobFailureExpirationTime", "0"), nil},
		{"a duration", set("spec.jobFailureExpirationTime", `"10 min"`), nil},
		{
			"no duration",
			set("spec.jobFailureExpirationTime", `"soon"`),
			[]string{"spec.jobFailureExpirationTime duration"},
		},
		{"attempts", set("spec.maxJobCreationAttempts", "1", "spec.maxSavepointCreationAttempts", "9"), nil},
		{"no attempt at all", set("spec.maxJobCreationAttempts", "0", "spec.maxSavepointCreationAttempts", "-1"),
			[]string{
				"spec.maxJobCreationAttempts minimum",
				"spec.maxSavepointCreationAttempts minimum",
			}},
	}, parseDeployment)
}

func TestTemplate(t *testing.T) {
	const at, spec = "spec.template.metadata.annotations", "spec.template.spec."
	run(t, leastDeployment, []changeCase{
		{
			"annotations that VVP acts on",
			set(at, `{"flink.queryable-state.enabled": "true", "flink.security.ssl.enabled": "false"}`),
			nil,
		},
		{
			"a truth in another case",
			set(at, `{"flink.security.ssl.enabled": "True"}`),
			[]string{at + "[flink.security.ssl.enabled] enum"},
		},
		{
			"only annotations are in a template's metadata",
			set("spec.template.metadata.labels", `{}`),
			[]string{"spec.template.metadata.labels unknown-field"},
		},
		{"parallelism", set(spec+"parallelism", "4"), nil},
		{"no parallelism", set(spec+"parallelism", "0"), []string{spec + "parallelism minimum"}},
		{"an interval", set(spec+"latestCheckpointFetchInterval", "60"), nil},
		{
			"time runs forward",
			set(spec+"latestCheckpointFetchInterval", "-1"),
			[]string{spec + "latestCheckpointFetchInterval minimum"},
		},
		{"TaskManagers enough", set(spec+"parallelism", "4", spec+"numberOfTaskManagers", "4"), nil},
		{
			"slots enough",
			set(
				spec+"parallelism", "4",
				spec+"numberOfTaskManagers", "2",
				spec+"flinkConfiguration", `{"taskmanager.numberOfTaskSlots": 2}`,
			),
			nil,
		},
		{
			"the job would wait forever",
			set(spec+"parallelism", "4", spec+"numberOfTaskManagers", "3"),
			[]string{spec + "numberOfTaskManagers flink-slots"},
		},
		{
			"one TaskManager is not enough, either",
			set(spec+"parallelism", "2", spec+"numberOfTaskManagers", "1"),
			[]string{spec + "numberOfTaskManagers flink-slots"},
		},
		{
			"the job would run with what there is",
			set(
				spec+"parallelism", "4", spec+"numberOfTaskManagers", "3",
				spec+"flinkConfiguration", `{"jobmanager.scheduler": "Adaptive"}`,
			),
			nil,
		},
		{
			"reactive mode takes what there is",
			set(
				spec+"parallelism", "4", spec+"numberOfTaskManagers", "1",
				spec+"flinkConfiguration", `{"scheduler-mode": "REACTIVE"}`,
			),
			nil,
		},
		{
			"the default scheduler waits",
			set(
				spec+"parallelism", "4", spec+"numberOfTaskManagers", "3",
				spec+"flinkConfiguration", `{"jobmanager.scheduler": "default"}`,
			),
			[]string{spec + "numberOfTaskManagers flink-slots"},
		},
		{"one TaskManager for one slot", set(spec+"numberOfTaskManagers", "1"), nil},
		{
			"no TaskManager is one problem, not two",
			set(spec+"numberOfTaskManagers", "0"),
			[]string{spec + "numberOfTaskManagers minimum"},
		},
		{
			"no parallelism is one problem, too",
			set(spec+"parallelism", "0", spec+"numberOfTaskManagers", "1"),
			[]string{spec + "parallelism minimum"},
		},
		{
			"slots are whole",
			set(spec+"flinkConfiguration", `{"taskmanager.numberOfTaskSlots": "two"}`),
			[]string{spec + "flinkConfiguration[taskmanager.numberOfTaskSlots] flink-slots"},
		},
		{
			"slots are decimal",
			set(spec+"flinkConfiguration", `{"taskmanager.numberOfTaskSlots": "a"}`),
			[]string{spec + "flinkConfiguration[taskmanager.numberOfTaskSlots] flink-slots"},
		},
		{
			"slots are some",
			set(spec+"flinkConfiguration", `{"taskmanager.numberOfTaskSlots": "0"}`),
			[]string{spec + "flinkConfiguration[taskmanager.numberOfTaskSlots] flink-slots"},
		},
		{
			"Flink counts slots in 32 bits",
			set(spec+"flinkConfiguration", `{"taskmanager.numberOfTaskSlots": "3000000000"}`),
			[]string{spec + "flinkConfiguration[taskmanager.numberOfTaskSlots] flink-slots"},
		},
	}, parseDeployment)
}

func TestArtifact(t *testing.T) {
	const at = "spec.template.spec.artifact"
	run(t, leastDeployment, []changeCase{
		{"kinds in any case", set(at+".kind", `"jar"`), nil},
		{"a kind is required", set(at+".kind", ""), []string{at + ".kind required"}},
		{"a kind that does not exist", set(at+".kind", `"ZIP"`), []string{at + ".kind enum"}},
		{"a jar is required", set(at+".jarUri", ""), []string{at + ".jarUri required"}},
		{"a path is no URI", set(at+".jarUri", `"/opt/job.jar"`), []string{at + ".jarUri uri"}},
		{"in the image", set(at+".jarUri", `"local:///opt/flink/usrlib/job.jar"`), nil},
		{
			"the version is required: no platform knows a default",
			set(at+".flinkVersion", ""),
			[]string{at + ".flinkVersion required"},
		},
		{
			"it is the session cluster's in session mode",
			set(at+".flinkVersion", "", "spec.deploymentTargetName", "", "spec.sessionClusterName", `"s"`),
			nil,
		},
		{
			"nor are version, memory and slots of the Deployment's there",
			set("spec.deploymentTargetName", "", "spec.sessionClusterName", `"s"`, at+".flinkVersion", `"1.10"`,
				"spec.template.spec.resources", `{"taskmanager": {"memory": "500m"}}`,
				"spec.template.spec.numberOfTaskManagers", "1", "spec.template.spec.parallelism", "100"),
			nil,
		},
		{"VVP 3's form of it", set(at+".flinkVersion", "", at+".engineVersionName", `"vera-4.1-flink-1.20"`), nil},
		{"both forms of it", set(at+".engineVersionName", `"vera-4.1-flink-1.20.1"`), nil},
		{
			"two versions",
			set(at+".engineVersionName", `"vera-4.1-flink-1.19"`),
			[]string{at + ".engineVersionName exclusive"},
		},
		{
			"an engine of a Flink that is not known",
			set(at+".flinkVersion", "", at+".engineVersionName", `"vera-1.0-flink-1.14"`),
			[]string{at + ".engineVersionName flink-version"},
		},
		{
			"an engine that is not known",
			set(at+".flinkVersion", "", at+".engineVersionName", `"vera-4.1"`),
			[]string{at + ".engineVersionName flink-version"},
		},
		{"a patch version", set(at+".flinkVersion", `"1.20.1"`), nil},
		{"an unquoted version", set(at+".flinkVersion", `1.19`), nil},
		{
			"a version that is not known",
			set(at+".flinkVersion", `"1.14"`),
			[]string{at + ".flinkVersion flink-version"},
		},
		{
			"the image",
			set(
				at+".flinkImageRegistry", `"registry.ververica.com/v2.12"`,
				at+".flinkImageRepository", `"flink"`,
				at+".flinkImageTag", `"1.20.0-stream1-scala_2.12-java11"`,
			),
			nil,
		},
		{"arguments", set(at+".mainArgs", `"--a 'b c'"`, at+".entryClass", `"com.example.Main$Inner"`), nil},
		{"an open quote", set(at+".mainArgs", `"--a 'b"`), []string{at + ".mainArgs arguments"}},
		{"dependencies", set(at+".additionalDependencies", `["https://example.com/a.jar"]`), nil},
		{
			"a file is no class",
			set(at+".entryClass", `"com/example/Main.class"`),
			[]string{at + ".entryClass class"},
		},
		{
			"a secret value of VVP may stand for anything",
			set(at+".jarUri", `"https://${USER}:${PASSWORD}@example.com/a.jar"`),
			nil,
		},
		{
			"a typo in the scheme",
			set(at+".jarUri", `"htps://example.com/a.jar"`),
			[]string{at + ".jarUri uri"},
		},
		{"a file system of the image's own", set(at+".jarUri", `"mine://bucket/a.jar"`), nil},
		{"a slash too few", set(at+".jarUri", `"s3:bucket/a.jar"`), []string{at + ".jarUri uri"}},
		{"a scheme and nothing else", set(at+".jarUri", `"mine:"`), []string{at + ".jarUri uri"}},
		{"a path with a colon is no URI", set(at+".jarUri", `"/opt/a:b.jar"`), []string{at + ".jarUri uri"}},
		{"no bucket", set(at+".jarUri", `"s3:///a.jar"`), []string{at + ".jarUri uri"}},
		{"no file", set(at+".jarUri", `"https://example.com/"`), []string{at + ".jarUri uri"}},
		{"no URI", set(at+".jarUri", `"https://example.com/%zz.jar"`), []string{at + ".jarUri uri"}},
		{
			"a scheme is not in the registry",
			set(at+".flinkImageRegistry", `"https://registry.example.com"`),
			[]string{at + ".flinkImageRegistry image"},
		},
		{
			"a repository is in lower case",
			set(at+".flinkImageRepository", `"Flink"`),
			[]string{at + ".flinkImageRepository image"},
		},
		{"a tag has no slash", set(at+".flinkImageTag", `"a/b"`), []string{at + ".flinkImageTag image"}},
		{"a tag with a digest", set(at+".flinkImageTag", `"1.20@sha256:`+strings.Repeat("0f", 32)+`"`), nil},
		{
			"dependencies are URIs",
			set(at+".additionalDependencies", `["/opt/a.jar"]`),
			[]string{at + ".additionalDependencies[0] uri"},
		},
		{
			"null is no dependency",
			set(at+".additionalDependencies", `[null]`),
			[]string{at + ".additionalDependencies[0] type"},
		},
		{"a script", set(at, `{"kind": "sqlscript", "sqlScript": "SELECT 1", "flinkVersion": "1.20"}`), nil},
		{
			"a script is required",
			set(at, `{"kind": "SQLSCRIPT", "flinkVersion": "1.20"}`),
			[]string{at + ".sqlScript required"},
		},
		{
			"a script has no arguments",
			set(at, `{"kind": "SQLSCRIPT", "sqlScript": "SELECT 1", "mainArgs": "a", "flinkVersion": "1.20"}`),
			[]string{at + ".mainArgs exclusive"},
		},
		{
			"Python",
			set(
				at,
				`{"kind": "PYTHON", "pythonArtifactUri": "s3://b/a.py", "entryModule": "a.b", "mainArgs": "x", `+
					`"additionalPythonLibraries": ["s3://b/l.whl"], "additionalPythonArchives": ["s3://b/a.zip"], `+
					`"flinkVersion": "1.20"}`,
			),
			nil,
		},
		{
			"Python needs a program",
			set(at, `{"kind": "PYTHON", "flinkVersion": "1.20"}`),
			[]string{at + ".pythonArtifactUri required"},
		},
		{
			"a jar is no Python",
			set(
				at,
				`{"kind": "PYTHON", "pythonArtifactUri": "s3://b/a.py", "jarUri": "s3://b/a.jar", `+
					`"flinkVersion": "1.20"}`,
			),
			[]string{at + ".jarUri exclusive"},
		},
		{
			"lists of Python are not for jars",
			set(
				at+".additionalPythonLibraries", `["s3://b/l.whl"]`,
				at+".additionalPythonArchives", `["s3://b/a.zip"]`,
			),
			[]string{
				at + ".additionalPythonArchives exclusive",
				at + ".additionalPythonLibraries exclusive",
			},
		},
		{
			"a program is a URI",
			set(at, `{"kind": "PYTHON", "pythonArtifactUri": "a.py", "flinkVersion": "1.20"}`),
			[]string{at + ".pythonArtifactUri uri"},
		},
		{
			"no module",
			set(
				at,
				`{"kind": "PYTHON", "pythonArtifactUri": "s3://b/a.py", "entryModule": "a/b.py", `+
					`"flinkVersion": "1.20"}`,
			),
			[]string{at + ".entryModule class"},
		},
		{
			"libraries are URIs",
			set(
				at,
				`{"kind": "PYTHON", "pythonArtifactUri": "s3://b/a.py", "additionalPythonLibraries": ["l.whl"], `+
					`"additionalPythonArchives": [""], "flinkVersion": "1.20"}`,
			),
			[]string{
				at + ".additionalPythonArchives[0] uri",
				at + ".additionalPythonLibraries[0] uri",
			},
		},
	}, parseDeployment)
}

func TestResources(t *testing.T) {
	const at, conf = "spec.template.spec.resources", "spec.template.spec.flinkConfiguration"
	run(t, leastDeployment, []changeCase{
		{
			"all of it",
			set(at, `{"jobmanager": {"cpu": 0.5, "memory": "1.5g"}, "taskmanager": {"cpu": "1.5", "memory": "2G"}}`),
			nil,
		},
		{"one value only", set(at, `{"taskmanager": {"cpu": 2}}`), nil},
		{"bytes", set(at, `{"taskmanager": {"memory": 2147483648}}`), nil},
		{"VVP's least", set(at, `{"taskmanager": {"cpu": 0.1}}`), nil},
		{
			"too little CPU",
			set(at, `{"taskmanager": {"cpu": 0.09}}`),
			[]string{at + ".taskmanager.cpu minimum"},
		},
		{
			"no CPU that Kubernetes can count",
			set(at, `{"jobmanager": {"cpu": 0.10001}}`),
			[]string{at + ".jobmanager.cpu quantity"},
		},
		{
			"Kubernetes' notation of CPU",
			set(at, `{"jobmanager": {"cpu": "500m"}}`),
			[]string{at + ".jobmanager.cpu type"},
		},
		{
			"Kubernetes' notation of memory",
			set(at, `{"jobmanager": {"memory": "1Gi"}}`),
			[]string{at + ".jobmanager.memory quantity"},
		},
		{
			"more than can be counted",
			set(at, `{"jobmanager": {"memory": "99999999999g"}}`),
			[]string{at + ".jobmanager.memory quantity"},
		},
		{
			"the spelling of other tools",
			set(at, `{"jobManager": {"cpu": 1}}`),
			[]string{at + ".jobManager unknown-field"},
		},
		{
			"1g is legal in VVP, and no TaskManager starts with it",
			set(at, `{"taskmanager": {"memory": "1g"}}`),
			[]string{at + ".taskmanager.memory flink-memory"},
		},
		{
			"components can make room",
			set(at, `{"taskmanager": {"memory": "1g"}}`, conf, `{"taskmanager.memory.jvm-metaspace.size": "128m"}`),
			nil,
		},
		{
			"VVP's least for JobManagers does not start one",
			set(at, `{"jobmanager": {"memory": "500m"}}`),
			[]string{at + ".jobmanager.memory flink-memory"},
		},
		{
			"a wrong component is reported at its key",
			set(conf, `{"taskmanager.memory.managed.fraction": "2"}`),
			[]string{conf + "[taskmanager.memory.managed.fraction] flink-memory"},
		},
	}, parseDeployment)
}

func TestFlinkConfiguration(t *testing.T) {
	const at, version = "spec.template.spec.flinkConfiguration", "spec.template.spec.artifact.flinkVersion"
	run(t, leastDeployment, []changeCase{
		{"values are text whatever they look like", set(at, `{"a.b": 1, "c": true, "d": "x"}`), nil},
		{"null would be lost", set(at, `{"a.b": null}`), []string{at + "[a.b] type"}},
		{"a map is no value", set(at, `{"a": {"b": "c"}}`), []string{at + "[a] type"}},
		{
			"the renderer's own key",
			set(at, `{"jobmanager.rpc.address": "x"}`),
			[]string{at + "[jobmanager.rpc.address] flink-configuration"},
		},
		{
			"high availability that Flink does not have",
			set(at, `{"high-availability.type": "kuberntes"}`),
			[]string{at + "[high-availability.type] flink-configuration"},
		},
		{
			"a class of the user's own is one",
			set(at, `{"high-availability.type": "com.example.Factory", "high-availability.storageDir": "s3://b/ha"}`),
			nil,
		},
		{"no legal key", set(at, `{"a b": "x"}`), []string{at + "[a b] flink-configuration"}},
		{"an empty key", set(at, `{"": "x"}`), []string{at + "[] flink-configuration"}},
		{
			"flink-conf.yaml ends a value at #",
			set(at, `{"a": "b # c"}`),
			[]string{at + "[a] flink-configuration"},
		},
		{
			"flink-conf.yaml has one line for each",
			set(at, `{"a": "b\nc"}`),
			[]string{at + "[a] flink-configuration"},
		},
		{
			"flink-conf.yaml skips what is empty",
			set(at, `{"a": ""}`),
			[]string{at + "[a] flink-configuration"},
		},
		{"config.yaml holds all of it", set(version, `"2.0"`, at, `{"a": "b # c", "b": "c\nd", "c": ""}`), nil},
		{"what refers to a variable becomes an argument", set(at, `{"a": "${NAME} # b"}`), nil},
		{
			"but not what the start scripts read from the file",
			set(at, `{"env.java.opts.all": "${NAME} # b"}`),
			[]string{at + "[env.java.opts.all] flink-configuration"},
		},
		{"the renderer puts options in front of these", set(at, `{"env.java.default-opts.all": " -Da=b\n"}`), nil},
		{
			"but not of the user's own",
			set(at, `{"env.java.opts.all": " -Da=b\n"}`),
			[]string{at + "[env.java.opts.all] flink-configuration"},
		},
		{
			"these had another name",
			set(version, `"1.18"`, at, `{"env.java.opts.all": " -Da=b\n", "env.java.opts": " -Da=b\n"}`),
			nil,
		},
		{
			"and the renderer puts nothing in front of others",
			set(version, `"1.18"`, at, `{"a": " b\n"}`),
			[]string{at + "[a] flink-configuration"},
		},
		{
			"the old name is none of them now",
			set(at, `{"env.java.opts": " -Da=b\n"}`),
			[]string{at + "[env.java.opts] flink-configuration"},
		},
		{
			"in older versions there are none",
			set(version, `"1.16"`, at, `{"env.java.opts": "-Da=b "}`),
			[]string{at + "[env.java.opts] flink-configuration"},
		},
		{
			"without a version nobody knows which file it is",
			set(version, "", at, `{"a": "b # c"}`),
			[]string{version + " required"},
		},
		{
			"nor with one that nobody knows",
			set(version, `"3.0"`, at, `{"a": "b # c"}`),
			[]string{version + " flink-version"},
		},
		{
			"one problem for a key is enough",
			set(version, `"2.0"`, at, `{"a b": "x", "a b.c": "y", "rest": "x", "rest.port": "1"}`),
			[]string{
				at + "[a b] flink-configuration",
				at + "[a b.c] flink-configuration",
				at + "[rest] flink-configuration",
				at + "[rest.port] flink-configuration",
			},
		},
		{
			"a key of the renderer's own needs no other reason",
			set(at, `{"rest.port": ""}`),
			[]string{at + "[rest.port] flink-configuration"},
		},
		{
			"prefixes are legal before Flink 2",
			set(
				at,
				`{"restart-strategy": "exponential-delay", `+
					`"restart-strategy.exponential-delay.initial-backoff": "1 s"}`,
			),
			nil,
		},
		{
			"Flink 2 would lose one of them",
			set(
				version, `"2.0"`,
				at,
				`{"restart-strategy": "exponential-delay", `+
					`"restart-strategy.exponential-delay.initial-backoff": "1 s"}`,
			),
			[]string{at + "[restart-strategy] flink-configuration"},
		},
	}, parseDeployment)
}

func TestLogging(t *testing.T) {
	const at = "spec.template.spec.logging"
	run(t, leastDeployment, []changeCase{
		{
			"levels",
			set(
				at,
				`{"loggingProfile": "default", "log4jLoggers": {"": "INFO", "com.example": "debug"}, `+
					`"log4j2ConfigurationTemplate": null}`,
			),
			nil,
		},
		{
			"a number is no profile",
			set(at, `{"loggingProfile": 1}`),
			[]string{at + ".loggingProfile retyped"},
		},
		{
			"no level",
			set(at, `{"log4jLoggers": {"com.example": "LOUD"}}`),
			[]string{at + ".log4jLoggers[com.example] logging"},
		},
		{
			"templates are not rendered",
			set(at, `{"log4j2ConfigurationTemplate": "<Configuration/>"}`),
			[]string{at + ".log4j2ConfigurationTemplate not-rendered"},
		},
		{"profiles are known to whoever renders", set(at, `{"loggingProfile": "mine"}`), nil},
	}, parseDeployment)
}

func TestPods(t *testing.T) {
	const at = "spec.template.spec.kubernetes.pods."
	const volume = `[{"name": "v", "volume": {"name": "v", "emptyDir": {}}, "volumeMount": {"name": "v", ` +
		`"mountPath": "/v"}}`
	run(t, leastDeployment, []changeCase{
		{"annotations", set(at+"annotations", `{"prometheus.io/scrape": "true"}`), nil},
		{"no annotation key", set(at+"annotations", `{"a b": "c"}`), []string{at + "annotations[a b] label"}},
		{"labels", set(at+"labels", `{"team": "a"}`), nil},
		{"no label value", set(at+"labels", `{"team": "a b"}`), []string{at + "labels[team] label"}},
		{"no label key", set(at+"labels", `{"a b": "c"}`), []string{at + "labels[a b] label"}},
		{"node selector", set(at+"nodeSelector", `{"pool": "flink"}`), nil},
		{"no node label", set(at+"nodeSelector", `{"pool": "-"}`), []string{at + "nodeSelector[pool] label"}},
		{"affinity", set(at+"affinity", `{"nodeAffinity": {}}`), nil},
		{
			"an unknown key of a Kubernetes type",
			set(at+"affinity", `{"nodeAfinity": {}}`),
			[]string{at + "affinity.nodeAfinity unknown-field"},
		},
		{"tolerations", set(at+"tolerations", `[{"key": "k", "operator": "Exists"}]`), nil},
		{"null is no toleration", set(at+"tolerations", `[null]`), []string{at + "tolerations[0] required"}},
		{"pull secrets", set(at+"imagePullSecrets", `[{"name": "s"}]`), nil},
		{
			"a name is no reference",
			set(at+"imagePullSecrets", `["s"]`),
			[]string{at + "imagePullSecrets[0] type"},
		},
		{
			"null is no reference",
			set(at+"imagePullSecrets", `[null]`),
			[]string{at + "imagePullSecrets[0] required"},
		},
		{
			"a reference has a name",
			set(at+"imagePullSecrets", `[{}]`),
			[]string{at + "imagePullSecrets[0].name required"},
		},
		{"security context", set(at+"securityContext", `{"runAsUser": 1000, "fsGroup": null}`), nil},
		{
			"users are numbers",
			set(at+"securityContext", `{"runAsUser": "flink"}`),
			[]string{at + "securityContext.runAsUser type"},
		},
		{
			"variables",
			set(
				at+"envVars",
				`[{"name": "A", "value": "b"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", `+
					`"key": "k"}}}]`,
			),
			nil,
		},
		{
			"a variable needs a name",
			set(at+"envVars", `[{"value": "b"}]`),
			[]string{at + "envVars[0].name env"},
		},
		{
			"no name of a variable",
			set(at+"envVars", `[{"name": "A=B", "value": "b"}]`),
			[]string{at + "envVars[0].name env"},
		},
		{
			"one of two would be lost",
			set(at+"envVars", `[{"name": "A"}, {"name": "A"}]`),
			[]string{at + "envVars[1].name env"},
		},
		{
			"two values",
			set(
				at+"envVars",
				`[{"name": "A", "value": "b", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]`,
			),
			[]string{at + "envVars[0].valueFrom env"},
		},
		{
			"an empty value is one, which Kubernetes would drop in silence",
			set(
				at+"envVars",
				`[{"name": "A", "value": "", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]`,
			),
			[]string{at + "envVars[0].valueFrom env"},
		},
		{"a volume", set(at+"volumeMounts", volume+`]`), nil},
		{
			"a volume mounted twice",
			set(
				at+"volumeMounts",
				volume+`, {"name": "v", "volume": {"name": "v", "emptyDir": {}}, "volumeMount": {"name": "v", `+
					`"mountPath": "/w"}}]`,
			),
			nil,
		},
		{
			"two volumes of one name",
			set(
				at+"volumeMounts",
				volume+`, {"name": "v", "volume": {"name": "v", "hostPath": {"path": "/"}}, `+
					`"volumeMount": {"name": "v", "mountPath": "/w"}}]`,
			),
			[]string{at + "volumeMounts[1].volume.name volume"},
		},
		{
			"two volumes in one place",
			set(
				at+"volumeMounts",
				volume+`, {"name": "w", "volume": {"name": "w", "emptyDir": {}}, "volumeMount": {"name": "w", `+
					`"mountPath": "/v"}}]`,
			),
			[]string{at + "volumeMounts[1].volumeMount.mountPath volume"},
		},
		{
			"names disagree",
			set(
				at+"volumeMounts",
				`[{"name": "x", "volume": {"name": "v", "emptyDir": {}}, "volumeMount": {"name": "y", `+
					`"mountPath": "/v"}}]`,
			),
			[]string{
				at + "volumeMounts[0].name volume",
				at + "volumeMounts[0].volumeMount.name volume",
			},
		},
		{
			"the name need not be said again",
			set(
				at+"volumeMounts",
				`[{"volume": {"name": "v", "emptyDir": {}}, "volumeMount": {"name": "v", "mountPath": "/v"}}]`,
			),
			nil,
		},
		{
			"no name of a volume",
			set(
				at+"volumeMounts",
				`[{"volume": {"name": "V_", "emptyDir": {}}, "volumeMount": {"name": "V_", "mountPath": "/v"}}]`,
			),
			[]string{at + "volumeMounts[0].volume.name volume"},
		},
		{
			"no place",
			set(at+"volumeMounts", `[{"name": "v", "volume": {"name": "v"}, "volumeMount": {"name": "v"}}]`),
			[]string{at + "volumeMounts[0].volumeMount.mountPath volume"},
		},
		{
			"no volume",
			set(at+"volumeMounts", `[{"name": "v"}]`),
			[]string{at + "volumeMounts[0].volume.name volume"},
		},
		{"there is no list of volumes", set(at+"volumes", `[]`), []string{at + "volumes unknown-field"}},
	}, parseDeployment)
}

func TestPodTemplates(t *testing.T) {
	const kubernetes = "spec.template.spec.kubernetes."
	const at = kubernetes + "jobManagerPodTemplate"
	run(t, leastDeployment, []changeCase{
		{"a partial template", set(at, `{"metadata": {"annotations": {"a": "b"}}}`), nil},
		{"a template of a file for kubectl", set(at, `{"apiVersion": "v1", "kind": "Pod", "spec": {}}`), nil},
		{"another file for kubectl", set(at, `{"kind": "PodTemplate", "spec": {}}`), nil},
		{
			"a template of another kind",
			set(at, `{"apiVersion": "apps/v1", "kind": "Deployment", "spec": {}}`),
			[]string{at + ".apiVersion unknown-field", at + ".kind unknown-field"},
		},
		{
			"either pods or templates",
			set(at, `{"spec": {}}`, kubernetes+"pods", `{"labels": {"a": "b"}}`),
			[]string{at + " exclusive"},
		},
		{"empty pods say nothing", set(at, `{"spec": {}}`, kubernetes+"pods", `{}`), nil},
		{"the other template", set(kubernetes+"taskManagerPodTemplate", `{"spec": {}}`), nil},
		{
			"a typo in the other one",
			set(kubernetes+"taskManagerPodTemplate", `{"sepc": {}}`),
			[]string{kubernetes + "taskManagerPodTemplate.sepc unknown-field"},
		},
		{"labels of workloads", set(kubernetes+"labels", `{"team": "a"}`), nil},
		{
			"no label of workloads",
			set(kubernetes+"labels", `{"team": "a b"}`),
			[]string{kubernetes + "labels[team] label"},
		},
		{
			"an unknown field",
			set(at, `{"spec": {"contianers": []}}`),
			[]string{at + ".spec.contianers unknown-field"},
		},
		{
			"a container needs a name",
			set(at, `{"spec": {"containers": [{"image": "a"}]}}`),
			[]string{at + ".spec.containers[0].name pod-template"},
		},
		{
			"two containers of one name",
			set(at, `{"spec": {"initContainers": [{"name": "a"}], "containers": [{"name": "a"}]}}`),
			[]string{at + ".spec.containers[0].name pod-template"},
		},
		{
			"no name of a container",
			set(at, `{"spec": {"containers": [{"name": "A"}]}}`),
			[]string{at + ".spec.containers[0].name pod-template"},
		},
		{
			"variables twice",
			set(at, `{"spec": {"containers": [{"name": "a", "env": [{"name": "A"}, {"name": "A"}]}]}}`),
			[]string{at + ".spec.containers[0].env[1].name env"},
		},
		{
			"volumes twice",
			set(at, `{"spec": {"volumes": [{"name": "a"}, {"name": "a"}]}}`),
			[]string{at + ".spec.volumes[1].name volume"},
		},
		{
			"a volume needs a name",
			set(at, `{"spec": {"volumes": [{"emptyDir": {}}]}}`),
			[]string{at + ".spec.volumes[0].name volume"},
		},
		{
			"no name of a volume",
			set(at, `{"spec": {"volumes": [{"name": "A_"}]}}`),
			[]string{at + ".spec.volumes[0].name volume"},
		},
		{
			"a place twice",
			set(
				at,
				`{"spec": {"containers": [{"name": "a", "volumeMounts": [{"name": "a", "mountPath": "/a"}, `+
					`{"name": "b", "mountPath": "/a"}]}]}}`,
			),
			[]string{at + ".spec.containers[0].volumeMounts[1].mountPath volume"},
		},
		{
			"an empty account",
			set(at, `{"spec": {"serviceAccountName": ""}}`),
			[]string{at + ".spec.serviceAccountName pod-template"},
		},
		{"an account", set(at, `{"spec": {"serviceAccountName": "a"}}`), nil},
		{
			"pods have no name of their own",
			set(at, `{"metadata": {"name": "a"}}`),
			[]string{at + ".metadata.name pod-template"},
		},
		{
			"a label",
			set(at, `{"metadata": {"labels": {"a": "b c"}}}`),
			[]string{at + ".metadata.labels[a] label"},
		},
		{
			"an annotation",
			set(at, `{"metadata": {"annotations": {"a b": ""}}}`),
			[]string{at + ".metadata.annotations[a b] label"},
		},
		{
			"a node",
			set(at, `{"spec": {"nodeSelector": {"a": "b c"}}}`),
			[]string{at + ".spec.nodeSelector[a] label"},
		},
		{"annotations of all objects", set(kubernetes+"annotations", `{"a": "b"}`), nil},
		{
			"no annotation",
			set(kubernetes+"annotations", `{"a b": "c"}`),
			[]string{kubernetes + "annotations[a b] label"},
		},
		{
			"more annotations than Kubernetes keeps",
			set(kubernetes+"annotations", `{"a": "`+long(300_000)+`"}`),
			[]string{kubernetes + "annotations label"},
		},
	}, parseDeployment)
}

func TestTextsThatNothingCanHold(t *testing.T) {
	run(t, leastDeployment, []changeCase{
		{
			"NUL in a value",
			set("metadata.annotations", `{"a": "\u0000"}`),
			[]string{"metadata.annotations[a] text"},
		},
		{"NUL in a key", set("metadata.labels", `{"a\u0000": "b"}`), []string{`metadata.labels[a\x00] text`}},
		{
			"NUL in a Kubernetes type",
			set("spec.template.spec.kubernetes.pods.envVars", `[{"name": "A", "value": "\u0000"}]`),
			[]string{"spec.template.spec.kubernetes.pods.envVars[0] text"},
		},
		{
			"what only looks like one",
			set("spec.template.spec.kubernetes.pods.envVars", `[{"name": "A", "value": "\\u0000"}]`),
			nil,
		},
		{
			"NUL in a list of a Kubernetes type",
			set(
				"spec.template.spec.kubernetes.jobManagerPodTemplate",
				`{"spec": {"containers": [{"name": "a", "args": ["b", "\u0000"]}]}}`,
			),
			[]string{"spec.template.spec.kubernetes.jobManagerPodTemplate text"},
		},
		{
			"NUL in a key of a Kubernetes type",
			set(
				"spec.template.spec.kubernetes.pods.affinity",
				`{"nodeAffinity": null, `+
					`"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, `+
					`"podAffinityTerm": {"topologyKey": "k", "labelSelector": {"matchLabels": {"a\u0000": "b"}}}}]}}`,
			),
			[]string{"spec.template.spec.kubernetes.pods.affinity text"},
		},
	}, parseDeployment)
	cfg := generate(1).deployment()
	cfg.Metadata.Labels = map[string]string{"a": "\xff", "b\xff": ""}
	cfg.Spec.Template.Spec.Artifact.MainArgs = "\xff"
	_, err := deployment.New(cfg)
	assert.DeepEqual(
		t,
		problemsOf(err),
		[]string{
			"metadata.labels[a] text",
			"metadata.labels[b\ufffd] text",
			"spec.template.spec.artifact.mainArgs text",
		},
	)
}

func TestSessionCluster(t *testing.T) {
	run(t, leastSessionCluster, []changeCase{
		{"the least that is required", nil, nil},
		{"another kind", set("kind", `"Deployment"`), []string{"kind kind"}},
		{"another version", set("apiVersion", `"v2"`), []string{"apiVersion kind"}},
		{
			"all of it",
			set(
				"spec.state", `"STOPPED"`,
				"spec.numberOfTaskManagers", "3",
				"spec.flinkImageTag", `"1.20.1"`,
				"spec.flinkConfiguration", `{"taskmanager.numberOfTaskSlots": 4}`,
				"spec.resources", `{"jobmanager": {"cpu": 1}}`,
			),
			nil,
		},
		{"a name is required", set("metadata.name", ""), []string{"metadata.name required"}},
		{"names are lower case", set("metadata.name", `"Shared"`), []string{"metadata.name name"}},
		{"names have 63 characters", set("metadata.name", `"`+long(63)+`"`), nil},
		{"names have an end", set("metadata.name", `"`+long(64)+`"`), []string{"metadata.name name"}},
		{
			"only Deployments have a display name",
			set("metadata.displayName", `"x"`),
			[]string{"metadata.displayName exclusive"},
		},
		{"the state of a Deployment", set("spec.state", `"SUSPENDED"`), []string{"spec.state enum"}},
		{"how Deployments may spell it", set("spec.state", `"CANCELED"`), []string{"spec.state enum"}},
		{"states in any case", set("spec.state", `"stopped"`), nil},
		{
			"a target is required",
			set("spec.deploymentTargetName", ""),
			[]string{"spec.deploymentTargetName required"},
		},
		{"a version is required", set("spec.flinkVersion", ""), []string{"spec.flinkVersion required"}},
		{
			"TaskManagers are needed",
			set("spec.numberOfTaskManagers", "0"),
			[]string{"spec.numberOfTaskManagers minimum"},
		},
		{"the shape of a Deployment", set("spec.template", `{}`), []string{"spec.template unknown-field"}},
		{
			"no id of a target is known here",
			set("spec.deploymentTargetId", `"x"`),
			[]string{"spec.deploymentTargetId unknown-field"},
		},
		{
			"memory",
			set("spec.resources", `{"taskmanager": {"memory": "1g"}}`),
			[]string{"spec.resources.taskmanager.memory flink-memory"},
		},
		{
			"a label",
			set("spec.kubernetes.labels", `{"team": "a b"}`),
			[]string{"spec.kubernetes.labels[team] label"},
		},
		{
			"no level",
			set("spec.logging.log4jLoggers", `{"a": "LOUD"}`),
			[]string{"spec.logging.log4jLoggers[a] logging"},
		},
	}, parseSessionCluster)
}

func TestAllProblemsAtOnce(t *testing.T) {
	run(t, leastDeployment, []changeCase{
		{
			"a user corrects a file once",
			set(
				"metadata.name", "",
				"spec.state", `"X"`,
				"spec.nope", "1",
				"spec.template.spec.parallelism", `"2"`,
				"spec.template.spec.artifact.kind", `"ZIP"`,
			),
			[]string{
				"metadata.name required", "spec.nope unknown-field", "spec.state enum",
				"spec.template.spec.artifact.kind enum", "spec.template.spec.parallelism type",
			},
		},
	}, parseDeployment)
}

func long(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = 'x'
	}
	return string(b)
}
