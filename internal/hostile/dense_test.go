package hostile_test

import (
	"fmt"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/hostile"
)

// What VVP's API returns has no blank that it could do without, and is read all the
// same, up to the size that a document may have.
func TestDenseListIsRead(t *testing.T) {
	if hostile.RaceDetector() {
		t.Skip("it is the memory of the plain build that is bounded")
	}
	const n = 1500
	items := make([]string, n)
	for i := range items {
		items[i] = strings.ReplaceAll(denseDeployment, "NUMBER", fmt.Sprintf("%012d", i))
	}
	text := []byte(`{"kind":"ResourceListOfDeployment","apiVersion":"v1","items":[` + strings.Join(items, ",") + "]}")
	_, _ = deployment.ParseAll("f", text) // what is allocated once is no text's fault
	var b deployment.Bundle
	var err error
	used := hostile.Allocated(func() { b, err = deployment.ParseAll("f", text) })
	assert.NilError(t, err)
	assert.Equal(t, len(b.Deployments), n)
	assert.Assert(t, used <= hostile.Worth, "%d bytes allocate %d", len(text), used)
}

const denseDeployment = `{"kind":"Deployment","apiVersion":"v1","metadata":{"id":"2da2f867-5899-4bef-8ad0-NUMBER",` +
	`"name":"dNUMBER","namespace":"default","labels":{"a":"b","c":"d"},"annotations":{}},` +
	`"spec":{"state":"RUNNING","deploymentTargetName":"t","upgradeStrategy":{"kind":"STATEFUL"},` +
	`"restoreStrategy":{"kind":"LATEST_STATE","allowNonRestoredState":false},"maxJobCreationAttempts":4,` +
	`"template":{"metadata":{"annotations":{}},"spec":{"artifact":{"kind":"JAR",` +
	`"jarUri":"https://h/a.jar","flinkVersion":"1.20"},"parallelism":1,` +
	`"resources":{"jobmanager":{"cpu":1,"memory":"1G"},"taskmanager":{"cpu":1,"memory":"2G"}},` +
	`"flinkConfiguration":{"a":"1","b":"2","c":"3"},"logging":{"loggingProfile":"default"}}}}}`
