package verify

import (
	"fmt"
	"math"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// A typeRule is what Kubernetes demands of a structure, as its API documentation says.
type typeRule struct {
	required names // are not empty
	oneOf    names // of these at most one is set
	exactly  bool  // and at least one
	fields   checks
	more     rule
}

type (
	names  = []string
	checks = map[string]check
	// A check returns what is wrong with a value of the right type, "" for nothing.
	check = func(value any) string
	// A rule returns what else is wrong with a structure, and with which of its fields.
	rule = func(m tree.Map) (field, message string)
)

// typeRules are the rules of structures, by the names of their Go types.
var typeRules = map[string]typeRule{
	"ObjectMeta": {fields: checks{"labels": labelMap, "annotations": annotations}},

	"PodSpec": {required: names{"containers"}, fields: checks{
		"activeDeadlineSeconds":         oneOrMore,
		"hostname":                      label,
		"nodeSelector":                  labelMap,
		"priorityClassName":             subdomain,
		"runtimeClassName":              subdomain,
		"serviceAccountName":            subdomain,
		"subdomain":                     label,
		"terminationGracePeriodSeconds": seconds,
	}},
	"PodSecurityContext": {fields: checks{"fsGroup": id, "runAsGroup": id, "runAsUser": id}},
	"SecurityContext":    {fields: checks{"runAsGroup": id, "runAsUser": id}, more: privileged},
	"SeccompProfile":     {required: names{"type"}, more: localhost},
	"AppArmorProfile":    {required: names{"type"}, more: localhost},

	"Container": {required: names{"name"}, more: container, fields: checks{"name": label, "image": image}},
	"ContainerPort": {required: names{"containerPort"}, fields: checks{
		"containerPort": port, "hostPort": portOrNone, "name": portName,
	}},

	"ContainerResizePolicy": {required: names{"resourceName", "restartPolicy"},
		fields: checks{"resourceName": enum("cpu", "memory")}},

	"EnvVar":                {required: names{"name"}, fields: checks{"name": variable}, more: envVar},
	"EnvVarSource":          {oneOf: variableSources, exactly: true, more: variableSource},
	"EnvFromSource":         {oneOf: envFrom, exactly: true, fields: checks{"prefix": variable}},
	"SecretEnvSource":       {required: names{"name"}},
	"ConfigMapEnvSource":    {required: names{"name"}},
	"ObjectFieldSelector":   {required: names{"fieldPath"}},
	"ResourceFieldSelector": {required: names{"resource"}},
	"SecretKeySelector":     {required: names{"name", "key"}, fields: checks{"name": subdomain, "key": configKey}},
	"ConfigMapKeySelector":  {required: names{"name", "key"}, fields: checks{"name": subdomain, "key": configKey}},

	"Probe": {oneOf: names{"exec", "grpc", "httpGet", "tcpSocket"}, exactly: true, fields: checks{
		"failureThreshold": count, "initialDelaySeconds": count, "periodSeconds": count, "successThreshold": count,
		"terminationGracePeriodSeconds": oneSecond, "timeoutSeconds": count,
	}},
	"LifecycleHandler": {oneOf: names{"exec", "httpGet", "sleep", "tcpSocket"}, exactly: true},
	"HTTPGetAction":    {required: names{"port"}, fields: checks{"port": portOrName}},
	"HTTPHeader":       {required: names{"name"}, fields: checks{"name": legal(isName, validation.IsHTTPHeaderName)}},
	"TCPSocketAction":  {required: names{"port"}, fields: checks{"port": portOrName}},
	"GRPCAction":       {required: names{"port"}, fields: checks{"port": port}},
	"ExecAction":       {required: names{"command"}},
	"SleepAction":      {required: names{"seconds"}, fields: checks{"seconds": seconds}},

	"Volume": {required: names{"name"}, fields: checks{"name": label}, more: volume},
	"VolumeMount": {required: names{"name", "mountPath"}, oneOf: names{"subPath", "subPathExpr"}, fields: checks{
		"subPath": relative, "subPathExpr": relative,
	}},
	"EmptyDirVolumeSource":  {fields: checks{"sizeLimit": notNegative}},
	"ConfigMapVolumeSource": {required: names{"name"}, fields: checks{"defaultMode": mode}},
	"ConfigMapProjection":   {required: names{"name"}},
	"SecretVolumeSource":    {required: names{"secretName"}, fields: checks{"defaultMode": mode}},
	"SecretProjection":      {required: names{"name"}},
	"KeyToPath":             {required: names{"key", "path"}, fields: checks{"mode": mode, "path": inside}},
	"ProjectedVolumeSource": {fields: checks{"defaultMode": mode}},
	"VolumeProjection":      {oneOf: projections},
	"DownwardAPIVolumeFile": {required: names{"path"}, oneOf: fileSources, exactly: true, more: downwardFile,
		fields: checks{"path": inside}},
	"HostPathVolumeSource":              {required: names{"path"}},
	"NFSVolumeSource":                   {required: names{"server", "path"}},
	"CSIVolumeSource":                   {required: names{"driver"}},
	"PersistentVolumeClaimVolumeSource": {required: names{"claimName"}},
	"EphemeralVolumeSource":             {required: names{"volumeClaimTemplate"}},

	"Toleration": {more: toleration, fields: checks{
		"key":   qualified,
		"value": legal(isWord, validation.IsValidLabelValue),
	}},
	"NodeSelector": {required: names{"nodeSelectorTerms"}},
	"NodeSelectorRequirement": {required: names{"key", "operator"}, more: selectorValues,
		fields: checks{"key": qualified}},
	"LabelSelector":            {fields: checks{"matchLabels": labelMap}},
	"LabelSelectorRequirement": {required: names{"key", "operator"}, more: selectorValues},
	"PreferredSchedulingTerm":  {required: names{"weight", "preference"}, fields: checks{"weight": weight}},
	"WeightedPodAffinityTerm":  {required: names{"weight", "podAffinityTerm"}, fields: checks{"weight": weight}},
	"PodAffinityTerm":          {required: names{"topologyKey"}, fields: checks{"topologyKey": qualified}},
	"TopologySpreadConstraint": {required: names{"maxSkew", "topologyKey", "whenUnsatisfiable"}, fields: checks{
		"maxSkew": oneOrMore,
	}},

	"DeploymentSpec": {more: deploymentSpec, fields: checks{
		"minReadySeconds": count, "progressDeadlineSeconds": oneOrMore,
		"replicas": count, "revisionHistoryLimit": count,
	}},
	"DeploymentStrategy":      {more: strategy},
	"RollingUpdateDeployment": {fields: checks{"maxSurge": quota, "maxUnavailable": quota}, more: rolling},
	"JobSpec": {more: jobSpec, fields: checks{
		"activeDeadlineSeconds":   oneSecond,
		"backoffLimit":            count,
		"completions":             between(1, 1), // one Flink cluster
		"parallelism":             between(0, 1), // or none, which is suspended
		"ttlSecondsAfterFinished": count,
	}},
	"PodFailurePolicyRule": {required: names{"action"}, oneOf: names{"onExitCodes", "onPodConditions"}, exactly: true},
	"PodDisruptionBudgetSpec": {oneOf: names{"maxUnavailable", "minAvailable"}, fields: checks{
		"maxUnavailable": quota, "minAvailable": quota,
	}},

	"IngressSpec":          {more: ingressSpec},
	"HTTPIngressRuleValue": {required: names{"paths"}},
	"HTTPIngressPath": {required: names{"backend", "pathType"}, fields: checks{
		"pathType": enum("Exact", "ImplementationSpecific", "Prefix"),
	}},
	"IngressBackend":        {oneOf: names{"resource", "service"}, exactly: true},
	"IngressServiceBackend": {required: names{"name", "port"}},
	"ServiceBackendPort":    {oneOf: names{"name", "number"}, exactly: true},
	"HorizontalPodAutoscalerSpec": {required: names{"maxReplicas"}, more: replicaRange, fields: checks{
		"minReplicas": oneOrMore, "maxReplicas": oneOrMore,
	}},
	"MetricSpec":                    {required: names{"type"}, oneOf: metricSources, exactly: true, more: metricSource},
	"ContainerResourceMetricSource": {required: names{"name", "container"}},
	"MetricTarget": {required: names{"type"}, oneOf: names{"averageUtilization", "averageValue", "value"},
		exactly: true},
	"NetworkPolicyPort": {fields: checks{"port": portOrName}},
	"NetworkPolicyPeer": {oneOf: names{"ipBlock", "podSelector"}, more: peer},
	"IPBlock":           {required: names{"cidr"}},

	"ServicePort": {required: names{"port"}, fields: checks{"name": label, "port": port, "targetPort": targetPort}},
}

var (
	envFrom         = names{"configMapRef", "secretRef"}
	variableSources = names{"configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"}
	fileSources     = names{"fieldRef", "resourceFieldRef"}
	metricSources   = names{"containerResource", "external", "object", "pods", "resource"}
	projections     = names{"clusterTrustBundle", "configMap", "downwardAPI", "podCertificate", "secret",
		"serviceAccountToken"}

	count          = between(0, math.MaxInt32)
	oneOrMore      = between(1, math.MaxInt32)
	id             = between(0, math.MaxInt32)
	seconds        = between(0, math.MaxInt64)
	oneSecond      = between(1, math.MaxInt64)
	mode           = between(0, 0o777)
	weight         = between(1, 100)
	port           = between(1, 65535)
	portName       = legal(isPort, validation.IsValidPortName)
	portOrNone     = between(0, 65535)
	label          = legal(isName, validation.IsDNS1123Label)
	subdomain      = legal(isName, validation.IsDNS1123Subdomain)
	configKey      = legal(isWord, validation.IsConfigMapKey)
	qualified      = legal(isKey, validation.IsQualifiedName)
	variable       = legal(func(s string) bool { return s[0] > '9' && isWord(s) }, validation.IsEnvVarName)
	labelMap       = entries(validation.IsQualifiedName, validation.IsValidLabelValue)
	annotationKeys = entries(annotationKey, func(string) []string { return nil })
)

// apply reports what is wrong with the fields of a structure together. Where it may have one that
// is not known, that may be the one that it needs.
func (r typeRule) apply(v *verifier, m tree.Map, unknown bool) {
	for _, name := range r.required {
		if empty(m[name]) {
			v.fail(name, "required")
		}
	}
	var set names
	for _, name := range r.oneOf {
		if _, structure := m[name].(tree.Map); structure || !empty(m[name]) {
			set = append(set, name)
		}
	}
	switch {
	case len(set) > 1:
		v.fail(set[1], onlyOne(set))
	case len(set) == 0 && r.exactly && !unknown:
		v.fail("", "must set one of "+strings.Join(r.oneOf, ", "))
	}
	if r.more != nil {
		if name, message := r.more(m); message != "" {
			v.fail(name, message)
		}
	}
}

// onlyOne tells how to get rid of what a merge has kept.
func onlyOne(set names) string {
	return fmt.Sprintf("must set only one of %s; to replace one with another, set the old one to null in the "+
		"same patch, as in %s: null", strings.Join(set, ", "), set[0])
}

// empty reports whether Kubernetes sees nothing in a value.
func empty(value any) bool {
	switch v := value.(type) {
	case tree.Map:
		return len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return v == nil || v == ""
	}
}
