package judges

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/patch"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/render/internal/inputs"
)

const jobID = "3f1da3c8-6f22-430f-9200-eda014ea5319"

func oneJob(deployment.Deployment) render.Job { return render.Job{ID: jobID} }

// sabotage is a legal input whose rendering one patch more changes in one place,
// anywhere, to anything.
type sabotage struct {
	seed    uint64
	entry   map[string]any
	spoiled []map[string]any // what the patch leaves, unless it fails
	err     error            // what the library says to it
}

func newSabotage(t *testing.T, seed uint64) (sabotage, bool) {
	t.Helper()
	in := inputs.New(seed)
	r := renderer(t, in)
	b, err := deployment.ParseAll("input.yaml", in.Text())
	assert.NilError(t, err)
	m, err := r.Bundle(b, oneJob)
	assert.NilError(t, err, "seed %d", seed)
	var objects []map[string]any
	var typed []map[string]any
	for o := range m.All() {
		objects = append(objects, o.Map())
		if goTypes[o.Kind()] != nil {
			typed = append(typed, objects[len(objects)-1])
		}
	}
	mutate := mutator{rand.New(rand.NewPCG(seed, 1))}
	object := typed[mutate.IntN(len(typed))]
	metadata := object["metadata"].(map[string]any)
	s := sabotage{seed: seed, entry: map[string]any{
		"target": map[string]any{"kind": object["kind"], "name": regexp.QuoteMeta(metadata["name"].(string))},
		"patch":  []any{mutate.operation(object)},
	}}
	set, err := patch.FromObject(s.entry)
	if err != nil {
		return s, false // the patch alone is refused
	}
	one, err := patch.NewSet(set)
	assert.NilError(t, err)
	s.spoiled, _, err = one.ApplyObjects(objects)
	if err != nil {
		return s, false // it is protected, or there is nothing to change
	}
	spec := in.Target["spec"].(map[string]any)
	patches, _ := spec["deploymentPatchSet"].([]any)
	spec["deploymentPatchSet"] = append(patches, s.entry)
	b, err = deployment.ParseAll("input.yaml", in.Text())
	assert.NilError(t, err)
	_, s.err = r.Bundle(b, oneJob)
	return s, true
}

// stricter lists what the library refuses and Kubernetes takes, by what it says,
// and why.
var stricter = map[string]string{
	`has no port of that name|have no port of that name`: "the API server does not look; " +
		"probes fail, and the Service leads nowhere",
	`^the Service has no such port|^the pods have no container of that name`: "the API server does not look; " +
		"the Ingress leads nowhere, and the autoscaler finds no figures",
	`^must open port \d+ for the other pods of Flink`: "Flink's processes would not reach each other",
	`^must set only one of averageUtilization, value`: "Kubernetes reads the one that the type says",
	`^the container requests no cpu`:                  "the autoscaler finds no figures",
	`valid environment variable name`:                 "taken since Kubernetes 1.34 only",
	`^must be unique: another element has`:            "of a variable that is set twice, Kubernetes takes the last in silence",
	`without which Flink does not start|^nothing is mounted at /opt/flink/conf|^there is no container flink-|` +
		`^nothing fills this folder of a plugin|^must have the volume flink-usrlib`: "the pods would not run Flink",
	`^must begin with |^must name flink-`:                "the entrypoint of Flink's image would not run it",
	`^must not be 0 with runAsNonRoot`:                   "the kubelet does not start it",
	`, which the renderer sets: write options into`:      "Flink would not have its configuration",
	`^the container has no variable `:                    "Flink would see $(NAME)",
	`^must be the ConfigMap of Flink's configuration`:    "Flink would not have its configuration",
	`must be set before this variable`:                   "Kubernetes leaves $(NAME) as it is",
	`^must set only one of value and valueFrom`:          "Kubernetes drops an empty value in silence",
	`^must be bytes in base64`:                           "Kubernetes takes bytes as a list of numbers, too",
	`^must not be more than 1 without high availability`: "each would lead a cluster of its own",
	`^must be at (most|least) 1$`:                        "a second JobManager of the same job works against the first",
	`^must be (at least 0|at most 65535)$`:               "who allocates node ports refuses; -1 second is 1",
}

const (
	young = "fields younger than most clusters"
	rare  = "the inside of rare volume sources"
)

// gaps lists what Kubernetes refuses and the library does not look at, by what
// Kubernetes says, and why.
var gaps = map[string]string{
	`stopSignal|spec.scheduling:|schedulingGroup|podCertificate|RestartRules|restartPolicyRules`:            young,
	`restart rules are used|\bspec\.resources\.`:                                                            young,
	`defaultUser|nonResourceURLs|localhostProfile|bindMountOptions|httpGet\.protocol|claims|resourceClaims`: young,

	`hostProcess|windowsOptions`:                   "Flink's images are for Linux",
	`privileged: Forbidden: disallowed by cluster`: "the API server's --allow-privileged decides",
	`resourceFieldRef`:                             "removed: ResourceFieldSelector.resource; divisors are not compared with it",
	`greater than 100%`:                            "removed: more than 100% of the pods",
	`volumeClaimTemplate|sysctls|affinity`:         "the inside of claims, sysctls and affinities",
	`\.(aws|azure|ceph|cinder|csi|fc|flex|flocker|gce|git|gluster|iscsi)[A-Za-z]*\.`: rare,
	`\.(portworx|photon|quobyte|rbd|scale|storageos|vsphere)[A-Za-z]*\.`:             rare,

	`spec\.clusterIPs?\b`:                              "removed: ServiceSpec.clusterIP, clusterIPs",
	`spec\.externalIPs`:                                "removed: ServiceSpec.externalIPs",
	`spec\.externalName`:                               "removed: ServiceSpec.type ExternalName",
	`nodePort`:                                         "removed: ServicePort.nodePort",
	`spec\.(in|ex)ternalTrafficPolicy`:                 "removed: ServiceSpec.internalTrafficPolicy and external",
	`spec\.ipFamil(ies|yPolicy)`:                       "removed: ServiceSpec.ipFamilies, ipFamilyPolicy",
	`spec\.sessionAffinity`:                            "removed: ServiceSpec.sessionAffinity",
	`spec\.trafficDistribution`:                        "removed: ServiceSpec.trafficDistribution",
	`healthCheckNodePort`:                              "removed: ServiceSpec.healthCheckNodePort",
	`[lL]oadBalancer(Class|SourceRanges)`:              "removed: ServiceSpec.loadBalancerClass, -SourceRanges",
	`allocateLoadBalancerNodePorts`:                    "removed: ServiceSpec.allocateLoadBalancerNodePorts",
	`appProtocol`:                                      "removed: ServicePort.appProtocol",
	`^rules\[\d+\]\.`:                                  "removed: PolicyRule.apiGroups, resources, verbs",
	`roleRef`:                                          "removed: RoleRef.apiGroup, kind, name",
	`subjects\[\d+\]\.`:                                "removed: Subject.apiGroup, kind, name of a ServiceAccount",
	`onPodConditions\[\d+\]\.(status|type)`:            "removed: PodFailurePolicyOnPodConditionsPattern",
	`onExitCodes\.(operator|values|containerName)`:     "removed: PodFailurePolicyOnExitCodesRequirement",
	`spec\.completions: Required`:                      "removed: JobSpec.completions of an Indexed Job",
	`backoffLimitPerIndex|maxFailedIndexes`:            "removed: JobSpec.backoffLimitPerIndex, maxFailedIndexes",
	`schedulingGates\[\d+\]`:                           "the names of scheduling gates",
	`progressDeadlineSeconds: .*greater than minReady`: "removed: DeploymentSpec.minReadySeconds below the deadline",
	`activeDeadlineSeconds: Forbidden`:                 "removed: PodSpec.activeDeadlineSeconds of a Deployment",

	`ephemeralContainers`:                      "removed: PodSpec.ephemeralContainers",
	`hostnameOverride`:                         "removed: PodSpec.hostnameOverride",
	`hostAliases`:                              "removed: HostAlias",
	`dnsConfig|dnsNameservers`:                 "removed: PodDNSConfig, and dnsPolicy None without it",
	`spec\.nodeName`:                           "removed: PodSpec.nodeName",
	`seLinuxChangePolicy`:                      "removed: PodSecurityContext.seLinuxChangePolicy",
	`supplementalGroups(Policy)?`:              "removed: PodSecurityContext.supplementalGroups, -Policy",
	`minDomains|nodeAffinityPolicy|nodeTaints`: "removed: TopologySpreadConstraint.minDomains, policies",
	`less than terminationGracePeriodSeconds`:  "removed: SleepAction.seconds above the pod's grace period",
	`terminationMessagePath`:                   "removed: Container.terminationMessagePath",
	`unsupported pod version`:                  "removed: ObjectFieldSelector.apiVersion",
	`fileKeyRef`:                               "removed: FileKeySelector",
	`volumeDevices`:                            "removed: VolumeDevice",
	`recursiveReadOnly`:                        "removed: VolumeMount.recursiveReadOnly",
	`emptyDir\.mode`:                           "removed: EmptyDirVolumeSource.mode",

	`metrics\[\d+\]\.(external|object|pods|resource|containerResource)\.|metrics\[\d+\]\.type`: "removed: MetricSpec, values",
	`spec\.behavior`: "removed: HorizontalPodAutoscalerBehavior",
	`may not specify more than two policyTypes|policyTypes\[\d+\]`:                                                 "removed: NetworkPolicySpec.policyTypes",
	`gress\[\d+\]\.(ports|from\[\d+\]\.ipBlock|to\[\d+\]\.ipBlock)`:                                                "removed: NetworkPolicyPort, IPBlock, values",
	`(host|path|ingressClassName|secretName|hosts\[\d+\]|service\.(name|port\.n[a-z]+)|resource\.[a-z]+): Invalid`: "removed: Ingress, values",
	`downwardAPI.*ode: `:                   "removed: DownwardAPIVolumeSource.defaultMode, DownwardAPIVolumeFile.mode",
	`topologySpreadConstraints.*Duplicate`: "removed: TopologySpreadConstraint, two of one key",
}

// listed returns the reason that a text is listed with.
func listed(list map[string]string, text string) (string, bool) {
	for pattern, reason := range list {
		if regexp.MustCompile(pattern).MatchString(text) {
			return reason, true
		}
	}
	return "", false
}

// unknownVolume is what Kubernetes says of mounts of a volume that it refuses, too.
var unknownVolume = regexp.MustCompile(`volumeMounts\[\d+\]\.name: Not found`)

// refusals are what Kubernetes holds against objects, without what only follows.
func refusals(objects []map[string]any) []refusal {
	all := slices.DeleteFunc(judge(objects...), func(r refusal) bool {
		return r.judge == byPodSecurity
	})
	causes := slices.DeleteFunc(slices.Clone(all), func(r refusal) bool {
		return unknownVolume.MatchString(r.reason)
	})
	if len(causes) > 0 {
		return causes
	}
	return all
}

// What one patch spoils is refused by the library if and only if Kubernetes refuses
// it, but for what is listed.
func TestSabotage(t *testing.T) {
	tried, refused := 0, 0
	stern, lenient := map[string]int{}, map[string]int{} // by reason
	for seed := range howMany(t) {
		s, ok := newSabotage(t, seed)
		if !ok {
			continue
		}
		tried++
		against := refusals(s.spoiled)
		e, verified := errors.AsType[*render.VerifyError](s.err)
		assert.Assert(t, s.err == nil || verified, "seed %d: %v: %v", seed, s.entry, s.err)
		switch {
		case verified && len(against) > 0:
			refused++
		case verified:
			reason := ""
			for _, p := range e.Problems {
				if reason, ok = listed(stricter, p.Message); !ok {
					t.Errorf("seed %d: only the library refuses %v: %s", seed, s.entry["patch"], p)
				}
			}
			stern[reason]++
		case len(against) > 0:
			reason := ""
			for _, refusal := range against {
				if reason, ok = listed(gaps, refusal.reason); !ok {
					t.Errorf("seed %d: only Kubernetes refuses %v: %s", seed, s.entry["patch"], refusal)
					break
				}
			}
			lenient[reason]++
		}
	}
	t.Logf("%d patches, %d of them refused by both; by the library only: %v; by Kubernetes only: %v",
		tried, refused, stern, lenient)
	assert.Assert(t, refused > tried/5)
}
