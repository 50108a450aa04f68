package deployment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/deployment"
)

const (
	oneTarget     = "kind: DeploymentTarget\nmetadata: {name: staging}\nspec: {kubernetes: {namespace: staging}}\n"
	oneDeployment = "kind: Deployment\nmetadata: {name: %s}\n" +
		"spec: {deploymentTargetName: staging, template: {spec: {artifact: {kind: jar, jarUri: 'https://h/a.jar', " +
		"flinkVersion: 1.20}}}}\n"
	oneSession = "kind: SessionCluster\nmetadata: {name: shared}\n" +
		"spec: {deploymentTargetName: staging, flinkVersion: 1.20}\n"
	oneWrapper = `apiVersion: ververica.platform/v1
kind: VvpDeployment
metadata: {name: top-speed, namespace: operator, uid: x, managedFields: [{}]}
spec:
  syncingMode: PATCH
  deployment:
    userMetadata: {name: top-speed, namespace: team, labels: {a: b}}
    spec:
      deploymentTargetName: staging
      template:
        spec:
          artifact: {kind: jar, jarUri: 'https://h/a.jar', flinkVersion: 1.20}
          flinkConfiguration: {a: own}
  initFields:
    userMetadata: {displayName: Top Speed, labels: {a: c, d: e}}
    spec:
      state: SUSPENDED
      template: {spec: {flinkConfiguration: {a: initial, b: initial}}}
status:
  customResourceStatus: {deploymentId: 5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58}
  deploymentSystemMetadata: {id: 5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58}
`
)

func TestParseAll(t *testing.T) {
	deploymentA := fmt.Sprintf(oneDeployment, "a")
	item := "{kind: Deployment, metadata: {name: %s, createdAt: x}, status: {}, " +
		"spec: {deploymentTargetName: staging, template: {spec: {artifact: {kind: jar, jarUri: 'https://h/a.jar', " +
		"flinkVersion: '1.20'}}}}}"
	cases := []struct {
		reason, text                   string
		targets, deployments, sessions int
		problems                       []string
	}{
		{
			"a stream in any order",
			deploymentA + "---\n" + oneSession + "---\n" + oneTarget + "---\n# nothing\n---\n" + fmt.Sprintf(
				oneDeployment,
				"b",
			),
			1,
			2,
			1,
			nil,
		},
		{"nothing at all", "", 0, 0, 0, nil},
		{
			"what VVP's API lists",
			"kind: ResourceListOfDeployment\napiVersion: v1\nmetadata: {}\nitems:\n- " + fmt.Sprintf(
				item,
				"a",
			) + "\n- " + fmt.Sprintf(
				item,
				"b",
			),
			0,
			2,
			0,
			nil,
		},
		{"what kubectl lists", "kind: List\napiVersion: v1\nitems:\n- " + fmt.Sprintf(item, "a"), 0, 1, 0, nil},
		{"a list of its kind", "kind: DeploymentList\nitems: []", 0, 0, 0, nil},
		{"a list of others", "kind: ServiceList\nitems: []", 0, 0, 0, []string{"f:1:7 kind kind"}},
		{"items that are no list", "kind: List\nitems: {}", 0, 0, 0, []string{"f:1:1 items kind"}},
		{"an item that is no resource", "kind: List\nitems: [1]", 0, 0, 0, []string{"f:2:9 items[0] kind"}},
		{"JSON", leastDeployment, 0, 1, 0, nil},
		{"an operator's custom resource", oneWrapper, 0, 1, 0, nil},
		{"no kind", "metadata: {name: a}", 0, 0, 0, []string{"f:1:1 kind required"}},
		{"bodies of VVP's API", body(deploymentA) + "---\n" + body(oneSession) + "---\n" + body(oneTarget), 1, 1, 1, nil},
		{"null is no kind", "kind: null\n" + body(oneTarget), 1, 0, 0, nil},
		{"what VVP's API lists, without kinds", "kind: ResourceListOfDeployment\nitems: [" +
			"{metadata: {name: a}, spec: {sessionClusterName: s, template: {spec: {artifact: " +
			"{kind: SQLSCRIPT, sqlScript: SELECT 1}}}}}]", 0, 1, 0, nil},
		{"a list without kinds", "items: [" + "{metadata: {name: a}, spec: {kubernetes: {}}}]", 1, 0, 0, nil},
		{"it may be a layer of defaults", "spec: {template: {spec: {artifact: {kind: jar, jarUri: 'https://h/a.jar'}}}}",
			0, 0, 0, []string{"f:1:1 kind required"}},
		{"it may be of defaults, too", "metadata: {name: a}\nspec: {template: {spec: {artifact: {flinkVersion: 1.20}}}}",
			0, 0, 0, []string{"f:1:1 kind required"}},
		{"it may be a target or a cluster", "metadata: {name: a}\nspec: {kubernetes: {}, state: RUNNING}",
			0, 0, 0, []string{"f:1:1 kind required"}},
		{"of Kubernetes", "apiVersion: apps/v1\n" + body(deploymentA), 0, 0, 0, []string{"f:1:13 apiVersion kind"}},
		{"another kind", "kind: Service", 0, 0, 0, []string{"f:1:7 kind kind"}},
		{
			"secret values stay in VVP",
			"kind: SecretValue\nspec: {kind: PLAIN, value: x}",
			0,
			0,
			0,
			[]string{"f:1:7 kind not-rendered"},
		},
		{
			"a Kubernetes Deployment",
			"kind: Deployment\napiVersion: apps/v1\nmetadata: {name: a}\n" +
				"spec: {deploymentTargetName: t, template: {spec: {artifact: {kind: jar, " +
				"jarUri: 'https://h/a.jar', flinkVersion: '1.20'}}}}",
			0,
			0,
			0,
			[]string{"f:2:13 apiVersion kind"},
		},
		{
			"defaults change other resources",
			"kind: DeploymentDefaults\nspec: {}",
			0,
			0,
			0,
			[]string{"f:1:7 kind not-rendered"},
		},
		{"a list is no resource", "- kind: Deployment", 0, 0, 0, []string{"f:1:1  kind"}},
		{
			"lists are not nested",
			"kind: List\nitems:\n- {kind: List, items: []}",
			0,
			0,
			0,
			[]string{"f:3:10 items[0].kind kind"},
		},
		{"a list without items", "kind: List", 0, 0, 0, []string{"f:1:1 items kind"}},
		{
			"an unknown key of a list",
			"kind: List\nitem: []\nitems: []",
			0,
			0,
			0,
			[]string{"f:2:1 item unknown-field"},
		},
		{
			"problems of all documents",
			"kind: List\nitems:\n- {kind: DeploymentTarget, metadata: {name: 1}, spec: {kubernetes: {}}}\n---\n" +
				"a: [\n---\n" + oneSession + "nope: 1\n",
			0,
			0,
			0,
			[]string{
				"f:3:45 items[0].metadata.name retyped",
				"f:5:1  syntax",
				"f:10:1 nope unknown-field",
			},
		},
	}
	for _, c := range cases {
		t.Run(c.reason, func(t *testing.T) {
			b, err := deployment.ParseAll("f", []byte(c.text))
			assert.DeepEqual(t, placesOf(err), c.problems)
			assert.DeepEqual(
				t,
				[]int{len(b.Targets), len(b.Deployments), len(b.SessionClusters)},
				[]int{c.targets, c.deployments, c.sessions},
			)
		})
	}
}

// body is a resource without its kind, as VVP's API takes it.
func body(text string) string { return text[strings.IndexByte(text, '\n')+1:] }

// A Reader is told what documents are that do not say it.
func TestReaderKind(t *testing.T) {
	shared := "metadata: {name: shared}\nspec: {deploymentTargetName: staging, flinkVersion: 1.20}"
	for _, c := range []struct {
		reason, kind, text string
		problems           []string
	}{
		{"what is given", "SessionCluster", shared, nil},
		{"for items of lists, too", "SessionCluster", "items: [{" + strings.ReplaceAll(shared, "\n", ", ") + "}]", nil},
		{"a document's own comes first", "Deployment", oneSession, nil},
		{"what is given comes before what it looks like", "Deployment", shared,
			[]string{
				"f:2:7 spec.template.spec.artifact.flinkVersion required",
				"f:2:7 spec.template.spec.artifact.kind required",
				"f:2:39 spec.flinkVersion unknown-field",
			}},
		{"no kind of VVP's", "Service", shared, []string{"f:1:1 kind kind"}},
	} {
		b, err := deployment.Reader{Kind: c.kind}.ParseAll("f", []byte(c.text))
		assert.DeepEqual(t, placesOf(err), c.problems)
		assert.Equal(t, len(b.SessionClusters) == 1, c.problems == nil, c.reason)
	}
}

// placesOf lists problems as "place field rule".
func placesOf(err error) []string {
	var out []string
	if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
		for i, p := range problemsOf(err) {
			out = append(out, e.Problems[i].Position.String()+" "+p)
		}
	}
	return out
}

func TestBundleAdd(t *testing.T) {
	one, err := deployment.ParseAll("", []byte(oneTarget+"---\n"+oneSession+"---\n"+fmt.Sprintf(oneDeployment, "a")))
	assert.NilError(t, err)
	var sum deployment.Bundle
	sum.Add(one)
	sum.Add(one)
	assert.DeepEqual(t, []int{len(sum.Targets), len(sum.Deployments), len(sum.SessionClusters)}, []int{2, 2, 2})
}

func TestWrapper(t *testing.T) {
	d, err := deployment.Parse("f", []byte(oneWrapper))
	assert.NilError(t, err)
	c := d.Config()
	assert.Equal(t, d.Namespace(), "team", "the Deployment's namespace, not the custom resource's")
	assert.Equal(t, d.ID(), "5dea5d9d-8f2c-4f4e-9f1e-3a8b4a4a4b58", "VVP has named it")
	assert.Equal(t, c.Metadata.DisplayName, "Top Speed")
	assert.DeepEqual(t, c.Metadata.Labels, map[string]string{"a": "b", "d": "e"})
	assert.Equal(t, c.Spec.State, deployment.Suspended)
	assert.DeepEqual(t, c.Spec.Template.Spec.FlinkConfiguration, map[string]string{"a": "own", "b": "initial"})
	assert.Equal(t, d.Position("spec.template.spec.artifact.jarUri").String(), "f:12:41")
	assert.Equal(t, d.Position("spec.state").String(), "f:17:14")
}

func TestWrapperRefused(t *testing.T) {
	run(
		t,
		`{"apiVersion": "ververica.platform/v1", "kind": "VvpDeployment",
		"spec": {"syncingMode": "PUT", "deployment": {"userMetadata": {"name": "a"},
		"spec": {"deploymentTargetName": "staging", "template": {"spec": {
		"artifact": {"kind": "JAR", "jarUri": "https://h/a.jar", "flinkVersion": "1.20"}}}}}}}`,
		[]changeCase{
			{"as it is", nil, nil},
			{"another version", set("apiVersion", `"v1"`), []string{"apiVersion kind"}},
			{
				"how to synchronise is required",
				set("spec.syncingMode", ""),
				[]string{"spec.syncingMode required"},
			},
			{
				"another way to synchronise",
				set("spec.syncingMode", `"put"`),
				[]string{"spec.syncingMode enum"},
			},
			{"a Deployment is required", set("spec.deployment", ""), []string{"spec.deployment required"}},
			{"an unknown key", set("spec.deploymnt", `{}`), []string{"spec.deploymnt unknown-field"}},
			{
				"VVP 3's form",
				set("spec.deployment.userMetadata", "", "spec.deployment.metadata", `{"name": "a"}`,
					"spec.initFields", `{"metadata": {"displayName": "x"}}`,
					"spec.savepointNonce", "3", "spec.restartNonce", `"a"`),
				nil,
			},
			{
				"a savepoint of VVP 3's form",
				set("spec.initialSavepointSpec", `{"savepointLocation": "s3://b/s"}`),
				nil,
			},
			{
				"one that is no URI",
				set("spec.initialSavepointSpec", `{"savepointLocation": "s"}`),
				[]string{"spec.initialSavepointSpec.savepointLocation uri"},
			},
			{
				"problems of VVP 3's form",
				set("spec.deployment.userMetadata", "", "spec.deployment.metadata", `{"namespace": "a b"}`,
					"status", `{"deploymentId": "X"}`),
				[]string{
					"spec.deployment.metadata.name required",
					"spec.deployment.metadata.namespace name",
					"spec.deployment.metadata.id uuid",
				},
			},
			{
				"both forms",
				set("spec.deployment.metadata", `{}`),
				[]string{"spec.deployment.metadata exclusive"},
			},
			{
				"one form after the other",
				set("spec.initFields", `{"metadata": {}}`),
				[]string{"spec.initFields.metadata exclusive"},
			},
			{
				"paths are those of the custom resource",
				set("spec.deployment.spec.state", `"X"`, "spec.deployment.userMetadata.name", ""),
				[]string{
					"spec.deployment.spec.state enum",
					"spec.deployment.userMetadata.name required",
				},
			},
			{
				"initial fields have paths of their own",
				set("spec.initFields", `{"spec": {"state": "X"}}`),
				[]string{"spec.initFields.spec.state enum"},
			},
			{
				"a type that fits nothing",
				set("spec.deployment.spec", `[]`),
				[]string{"spec.deployment.spec type"},
			},
			{"a status that says nothing", set("status", `{"deploymentSystemMetadata": {"id": 7}}`), nil},
			{
				"an id of the user's own comes first",
				set(
					"status", `{"deploymentSystemMetadata": {"id": "X"}}`,
					"spec.deployment.userMetadata.id", `"`+someID+`"`,
				),
				nil,
			},
			{
				"an id that VVP did not give",
				set(
					"status", `{"deploymentSystemMetadata": {"id": "X"}}`,
					"spec.initFields", `{"userMetadata": {"displayName": "x"}}`,
				),
				[]string{"spec.deployment.userMetadata.id uuid"},
			},
		},
		parseDeployment,
	)
}
