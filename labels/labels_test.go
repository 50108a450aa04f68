package labels_test

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/assert"
	k8slabels "k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/labels"
)

const (
	jobID        = "c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55"
	deploymentID = "6f2d7a3e-3a0c-4a55-9d2e-0c6a7f6f3f10"
	sessionID    = "2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e"
)

func deployment() labels.Deployment {
	return labels.Deployment{Namespace: "default", ID: deploymentID, Name: "My Deployment Name", JobID: jobID}
}

func deploymentSet(t *testing.T) labels.Set {
	t.Helper()
	s, err := labels.ForDeployment(deployment())
	assert.NilError(t, err)
	return s
}

func sessionSet(t *testing.T) labels.Set {
	t.Helper()
	s, err := labels.ForSessionCluster(labels.SessionCluster{Namespace: "default", ID: sessionID, Name: "SQL Editor"})
	assert.NilError(t, err)
	return s
}

func TestTables(t *testing.T) {
	dep, ses := deploymentSet(t), sessionSet(t)
	for _, c := range []struct {
		reason string
		set    labels.Set
		want   map[string]string
	}{{
		"the platform's table for Deployments", dep,
		map[string]string{
			"app": "flink-job", "system": "ververica-platform", "vvpNamespace": "default",
			"deploymentId": deploymentID, "deploymentName": "my-deployment-name", "jobId": jobID,
		},
	}, {
		"the platform's table for SessionClusters", ses,
		map[string]string{
			"app": "flink-session-cluster", "system": "ververica-platform", "vvpNamespace": "default",
			"sessionClusterId": sessionID, "sessionClusterName": "sql-editor",
		},
	}, {
		"the component is added", ses.WithComponent(labels.JobManager),
		map[string]string{
			"app": "flink-session-cluster", "system": "ververica-platform", "vvpNamespace": "default",
			"sessionClusterId": sessionID, "sessionClusterName": "sql-editor", "component": "jobmanager",
		},
	}, {
		"the frozen selector of a Deployment", dep.Selector(),
		map[string]string{"jobId": jobID},
	}, {
		"the frozen selector of a SessionCluster", ses.Selector(),
		map[string]string{"sessionClusterId": sessionID},
	}, {
		"the frozen selector of a Deployment's TaskManagers", dep.WithComponent(labels.TaskManager).Selector(),
		map[string]string{"jobId": jobID, "component": "taskmanager"},
	}, {
		"the frozen selector of a SessionCluster's JobManager", ses.WithComponent(labels.JobManager).Selector(),
		map[string]string{"sessionClusterId": sessionID, "component": "jobmanager"},
	}, {
		"the zero value is the empty set", labels.Set{}, map[string]string{},
	}, {
		"the selector of the empty set is empty", labels.Set{}.Selector(), map[string]string{},
	}} {
		assert.DeepEqual(t, c.set.Map(), c.want)
		assert.DeepEqual(t, maps.Collect(c.set.All()), c.want)
	}
}

func TestSetIsComparable(t *testing.T) {
	a, b := deploymentSet(t), deploymentSet(t)
	assert.Assert(t, a == b)
	assert.Assert(t, a.Equal(b))
	assert.Equal(t, cmp.Diff(a, b), "")
	assert.Assert(t, a != sessionSet(t))
	assert.Assert(t, !a.Equal(labels.Set{}))

	other := deployment()
	other.JobID = deploymentID
	c, err := labels.ForDeployment(other)
	assert.NilError(t, err)
	count := map[labels.Set]int{}
	for _, s := range []labels.Set{a, b, c, {}} {
		count[s]++
	}
	assert.DeepEqual(t, []int{count[a], count[c], count[labels.Set{}]}, []int{2, 1, 1})

	jm := a.WithComponent(labels.JobManager)
	assert.Assert(t, jm != a)
	assert.Assert(t, jm.WithComponent(labels.JobManager) == jm, "twice is once")
	assert.Assert(t, jm.WithComponent(labels.TaskManager) == a.WithComponent(labels.TaskManager), "replaced")
	assert.Assert(t, jm.WithComponent(0) == a, "no component: the label goes")
	assert.Assert(t, a.WithComponent(200) == a, "no such component")
}

func TestSetDoesNotAlias(t *testing.T) {
	s := deploymentSet(t)
	before := s.String()
	m := s.Map()
	for k := range m {
		m[k] = "scrambled"
	}
	m["new"] = "label"
	labels.Set{}.Map()["a"] = "b" // not nil: a caller may add to it
	s.WithComponent(labels.JobManager)
	s.Selector()
	assert.Equal(t, s.String(), before)
	assert.Equal(t, s.Map()["app"], "flink-job")
}

func TestAllIsSortedAndStops(t *testing.T) {
	s := deploymentSet(t).WithComponent(labels.TaskManager)
	var keys []string
	for k := range s.All() {
		keys = append(keys, k)
	}
	assert.Assert(t, slices.IsSorted(keys), "%v", keys)
	assert.Equal(t, len(keys), 7)
	n := 0
	for range s.All() {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, n, 2)
}

// String is documented to be a selector: Kubernetes' own parser must agree.
func TestStringIsASelector(t *testing.T) {
	for _, s := range []labels.Set{
		{}, deploymentSet(t), sessionSet(t),
		deploymentSet(t).WithComponent(labels.JobManager), sessionSet(t).WithComponent(labels.TaskManager).Selector(),
	} {
		sel, err := k8slabels.Parse(s.String())
		assert.NilError(t, err)
		assert.Assert(t, sel.Matches(k8slabels.Set(s.Map())), s.String())
		assert.Equal(t, s.String(), k8slabels.Set(s.Map()).String())
		for k := range s.All() {
			less := s.Map()
			delete(less, k)
			assert.Assert(t, !sel.Matches(k8slabels.Set(less)), "%s is not selected on in %s", k, s)
		}
	}
}

func TestComponentString(t *testing.T) {
	assert.Equal(t, labels.JobManager.String(), "jobmanager")
	assert.Equal(t, labels.TaskManager.String(), "taskmanager")
	assert.Equal(t, labels.Component(0).String(), "")
	assert.Equal(t, labels.Component(3).String(), "")
}

func TestInputErrors(t *testing.T) {
	for _, c := range []struct {
		change func(*labels.Deployment)
		want   []string
		reason string
	}{
		{func(d *labels.Deployment) { d.Namespace = "" }, []string{"Namespace"}, "required"},
		{func(d *labels.Deployment) { d.Namespace = "a,b" }, []string{"Namespace"}, "a comma ends a label"},
		{func(d *labels.Deployment) { d.Namespace = "a=b" }, []string{"Namespace"}, "an equals sign likewise"},
		{func(d *labels.Deployment) { d.ID = "" }, []string{"ID"}, "required"},
		{func(d *labels.Deployment) { d.ID = strings.Repeat("a", 64) }, []string{"ID"}, "over the limit"},
		{func(d *labels.Deployment) { d.ID = "-a" }, []string{"ID"}, "starts with a separator"},
		{func(d *labels.Deployment) { d.ID = "a." }, []string{"ID"}, "ends with a separator"},
		{func(d *labels.Deployment) { d.Name = "" }, []string{"Name"}, "required"},
		{func(d *labels.Deployment) { d.JobID = "" }, []string{"JobID"}, "required"},
		{func(d *labels.Deployment) { d.JobID = "日本語" }, []string{"JobID"}, "Value is not applied to ids"},
		{func(d *labels.Deployment) { *d = labels.Deployment{} }, []string{"Namespace", "ID", "Name", "JobID"}, "all"},
	} {
		d := deployment()
		c.change(&d)
		s, err := labels.ForDeployment(d)
		assert.DeepEqual(t, inputs(err), c.want)
		assert.Assert(t, s == labels.Set{}, c.reason)
	}
	for _, legal := range []string{strings.Repeat("a", 63), "0aA.zZ_9-Z", "z", "a", "Z", "A", "9", "0"} {
		d := deployment()
		d.Namespace, d.ID, d.JobID = legal, legal, legal
		s, err := labels.ForDeployment(d)
		assert.NilError(t, err)
		assert.Equal(t, s.Map()[labels.KeyJobID], legal, "legal values are not changed, upper case included")
	}
	s, err := labels.ForSessionCluster(labels.SessionCluster{Namespace: " ", ID: "\xff"})
	assert.DeepEqual(t, inputs(err), []string{"Namespace", "ID", "Name"})
	assert.Assert(t, s == labels.Set{})
}

func inputs(err error) []string {
	var names []string
	for p := range flinktarget.Problems(err) {
		names = append(names, p.Field)
	}
	return names
}

func TestMessages(t *testing.T) {
	for value, want := range map[string]string{
		"":                       "ID: required",
		"a,b":                    `ID: "a,b" is not a valid label value: must be no more than 63 characters`,
		strings.Repeat("x", 127): `ID: "` + strings.Repeat("x", 126) + `" is not a valid`,
	} {
		_, err := labels.ForSessionCluster(labels.SessionCluster{Namespace: "default", ID: value, Name: "n"})
		assert.Assert(t, strings.HasPrefix(err.Error(), want) && errors.Is(err, flinktarget.ErrInvalid), "%v", err)
	}
}

// Every accepted input gives legal labels, every refused one is illegal or empty.
func FuzzForDeployment(f *testing.F) {
	f.Add("default", deploymentID, "My Deployment Name", jobID)
	f.Add("", "", "", "")
	f.Add("a,b", "c=d", "日本語", "-")
	f.Add("A_b.C", "0", "!!!", strings.Repeat("a", 64))
	f.Fuzz(func(t *testing.T, ns, id, name, job string) {
		set, err := labels.ForDeployment(labels.Deployment{Namespace: ns, ID: id, Name: name, JobID: job})
		var want []string
		for _, in := range []struct{ field, value string }{
			{"Namespace", ns}, {"ID", id}, {"Name", name}, {"JobID", job},
		} {
			bad := in.field != "Name" && len(validation.IsValidLabelValue(in.value)) > 0
			if in.value == "" || bad {
				want = append(want, in.field)
			}
		}
		assert.DeepEqual(t, inputs(err), want)
		if err != nil {
			return
		}
		assert.Equal(t, len(set.Map()), 6)
		for k, v := range set.All() {
			assert.Equal(t, len(validation.IsValidLabelValue(v)), 0, "%s=%s", k, v)
			assert.Equal(t, len(validation.IsQualifiedName(k)), 0, "%s", k)
		}
		sel := k8slabels.SelectorFromSet(set.WithComponent(labels.JobManager).Selector().Map())
		assert.Assert(t, sel.Matches(k8slabels.Set(set.WithComponent(labels.JobManager).Map())))
	})
}
