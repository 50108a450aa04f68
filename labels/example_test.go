package labels_test

import (
	"fmt"

	"github.com/flinktarget/flinktarget/labels"
)

func ExampleForDeployment() {
	set, err := labels.ForDeployment(labels.Deployment{
		Namespace: "default",
		ID:        "6f2d7a3e-3a0c-4a55-9d2e-0c6a7f6f3f10",
		Name:      "My Deployment Name",
		JobID:     "c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, value := range set.All() {
		fmt.Println(key, "=", value)
	}
	// Output:
	// app = flink-job
	// deploymentId = 6f2d7a3e-3a0c-4a55-9d2e-0c6a7f6f3f10
	// deploymentName = my-deployment-name
	// jobId = c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55
	// system = ververica-platform
	// vvpNamespace = default
}

func ExampleForSessionCluster() {
	set, err := labels.ForSessionCluster(labels.SessionCluster{
		Namespace: "default",
		ID:        "2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e",
		Name:      "sql-editor",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for key, value := range set.WithComponent(labels.TaskManager).All() {
		fmt.Println(key, "=", value)
	}
	// Output:
	// app = flink-session-cluster
	// component = taskmanager
	// sessionClusterId = 2b1c0d9e-8f7a-4b6c-9d5e-4f3a2b1c0d9e
	// sessionClusterName = sql-editor
	// system = ververica-platform
	// vvpNamespace = default
}

// The selector of the JobManager's Service, as kubectl takes it, kubectl get pods -l
// "$selector", and as matchLabels.
func ExampleSet_Selector() {
	set, err := labels.ForDeployment(labels.Deployment{
		Namespace: "default",
		ID:        "6f2d7a3e-3a0c-4a55-9d2e-0c6a7f6f3f10",
		Name:      "My Deployment Name",
		JobID:     "c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Selector())
	fmt.Println(set.WithComponent(labels.JobManager).Selector())
	fmt.Println(set.Selector().Map())
	// Output:
	// jobId=c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55
	// component=jobmanager,jobId=c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55
	// map[jobId:c0ffee00-6a4e-4a1c-8f0e-2f7b6a1d9b55]
}

func ExampleValue() {
	fmt.Println(labels.Value("My Deployment Name"))
	fmt.Println(labels.Value("fraud_detection-v1.2"))
	fmt.Println(labels.Value("Zürich"))
	fmt.Println(labels.Value("日本語"))
	// Output:
	// my-deployment-name
	// fraud_detection-v1.2
	// z-rich-4251685e06
	// 77710aedc7
}

// All Flink jobs that the platform started for Deployments of one name, in all
// Kubernetes namespaces: kubectl get pods -A -l "$selector".
func ExampleValue_selector() {
	fmt.Printf("%s=%s,%s=%s\n",
		labels.KeyApp, labels.AppJob,
		labels.KeyDeploymentName, labels.Value("Top Speed Windowing"))
	// Output:
	// app=flink-job,deploymentName=top-speed-windowing
}
