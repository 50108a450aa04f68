package verify

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/tree"
)

// A structRule is what Kubernetes demands of the fields of a structure together.
type structRule struct {
	// required fields are not empty.
	required []string
	// oneOf are fields of which one at most can be set, and with exactly none less.
	oneOf   []string
	exactly bool
	// more returns what else is wrong, and of which field.
	more func(m tree.Map) (field, message string)
}

var handlers = []string{"exec", "grpc", "httpGet", "tcpSocket"}

var structRules = map[string]*structRule{
	"Container":        {required: []string{"name"}, more: container},
	"ContainerPort":    {required: []string{"containerPort"}},
	"EnvVar":           {required: []string{"name"}, more: envVar},
	"EnvVarSource":     {oneOf: []string{"configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef"}, exactly: true, more: variableSource},
	"EnvFromSource":    {oneOf: []string{"configMapRef", "secretRef"}, exactly: true},
	"Probe":            {oneOf: handlers, exactly: true},
	"LifecycleHandler": {oneOf: []string{"exec", "httpGet", "sleep", "tcpSocket"}, exactly: true},
	"HTTPGetAction":    {required: []string{"port"}},
	"HTTPHeader":       {required: []string{"name"}},
	"TCPSocketAction":  {required: []string{"port"}},
	"GRPCAction":       {required: []string{"port"}},
	"ExecAction":       {required: []string{"command"}},
	"SleepAction":      {required: []string{"seconds"}},
	"VolumeMount":      {required: []string{"name", "mountPath"}, oneOf: []string{"subPath", "subPathExpr"}},

	"ObjectFieldSelector":               {required: []string{"fieldPath"}},
	"ResourceFieldSelector":             {required: []string{"resource"}},
	"SecretKeySelector":                 {required: []string{"name", "key"}},
	"ConfigMapKeySelector":              {required: []string{"name", "key"}},
	"KeyToPath":                         {required: []string{"key", "path"}},
	"DownwardAPIVolumeFile":             {required: []string{"path"}, oneOf: []string{"fieldRef", "resourceFieldRef"}, exactly: true, more: downwardFile},
	"ContainerResizePolicy":             {required: []string{"resourceName", "restartPolicy"}},
	"SecretVolumeSource":                {required: []string{"secretName"}},
	"ConfigMapVolumeSource":             {required: []string{"name"}},
	"HostPathVolumeSource":              {required: []string{"path"}},
	"NFSVolumeSource":                   {required: []string{"server", "path"}},
	"CSIVolumeSource":                   {required: []string{"driver"}},
	"PersistentVolumeClaimVolumeSource": {required: []string{"claimName"}},
	"EphemeralVolumeSource":             {required: []string{"volumeClaimTemplate"}},
	"Volume":                            {required: []string{"name"}, more: volume},
	"VolumeProjection":                  {oneOf: []string{"clusterTrustBundle", "configMap", "downwardAPI", "podCertificate", "secret", "serviceAccountToken"}},

	"Toleration":               {more: toleration},
	"TopologySpreadConstraint": {required: []string{"maxSkew", "topologyKey", "whenUnsatisfiable"}, more: spread},
	"PodAffinityTerm":          {required: []string{"topologyKey"}},
	"WeightedPodAffinityTerm":  {required: []string{"weight", "podAffinityTerm"}},
	"PreferredSchedulingTerm":  {required: []string{"weight", "preference"}},
	"NodeSelector":             {required: []string{"nodeSelectorTerms"}},
	"NodeSelectorRequirement":  {required: []string{"key", "operator"}, more: selectorValues},
	"LabelSelectorRequirement": {required: []string{"key", "operator"}, more: selectorValues},
	"HostAlias":                {required: []string{"ip"}},
	"SeccompProfile":           {required: []string{"type"}, more: localhost},
	"AppArmorProfile":          {required: []string{"type"}, more: localhost},
	"SecurityContext":          {more: privileged},
	"PodSpec":                  {required: []string{"containers"}, more: podSpec},

	"DeploymentStrategy":                     {more: strategy},
	"RollingUpdateDeployment":                {more: rollingUpdate},
	"DeploymentSpec":                         {more: deadline},
	"JobSpec":                                {more: jobSpec},
	"PodFailurePolicyRule":                   {required: []string{"action"}, oneOf: []string{"onExitCodes", "onPodConditions"}, exactly: true},
	"PodFailurePolicyOnExitCodesRequirement": {required: []string{"operator", "values"}},
	"PodFailurePolicyOnPodConditionsPattern": {required: []string{"type"}},
	"ServiceSpec":                            {more: serviceSpec},
	"VolumeDevice":                           {required: []string{"name", "devicePath"}},
	"FileKeySelector":                        {required: []string{"key", "path", "volumeName"}},
	"PodDisruptionBudgetSpec":                {oneOf: []string{"maxUnavailable", "minAvailable"}},
	"ServicePort":                            {required: []string{"port"}},
	"PolicyRule":                             {required: []string{"verbs", "apiGroups", "resources"}},
	"RoleRef":                                {required: []string{"kind", "name"}},
	"Subject":                                {required: []string{"kind", "name"}, more: subject},
	"RoleBinding":                            {required: []string{"roleRef"}},
	"PodDNSConfigOption":                     {required: []string{"name"}},
	"ConfigMapProjection":                    {required: []string{"name"}},
	"SecretProjection":                       {required: []string{"name"}},
}

func (r *structRule) apply(v *verifier, m tree.Map) {
	for _, name := range r.required {
		if empty(m[name]) {
			v.fail("it is required", name)
		}
	}
	var set []string
	for _, name := range r.oneOf {
		if list, ok := m[name].([]any); m[name] != nil && m[name] != "" && (!ok || len(list) > 0) {
			set = append(set, name)
		}
	}
	switch {
	case len(set) > 1:
		v.fail(onlyOne(set), set[1])
	case len(set) == 0 && r.exactly:
		v.fail("one of " + strings.Join(r.oneOf, ", ") + " is needed")
	}
	if r.more != nil {
		if name, message := r.more(m); message != "" {
			v.fail(message, name)
		}
	}
}

// onlyOne tells how to get rid of what a merge has kept.
func onlyOne(set []string) string {
	return fmt.Sprintf("only one of %s can be set; to replace one by another, set the one that goes to null in the same patch, as in %s: null", strings.Join(set, ", "), set[0])
}

// empty reports whether Kubernetes sees nothing in a value.
func empty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case tree.Map:
		return len(v) == 0
	case []any:
		return len(v) == 0
	default:
		return false
	}
}

func volume(m tree.Map) (string, string) {
	var sources []string
	for _, key := range tree.Keys(m) {
		if key != "name" && m[key] != nil {
			sources = append(sources, key)
		}
	}
	if len(sources) > 1 {
		return sources[1], onlyOne(sources)
	}
	return "", ""
}

func variableSource(m tree.Map) (string, string) {
	return "fieldRef.fieldPath", podField(tree.Child(m, "fieldRef")["fieldPath"], variableField,
		"spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP, status.podIPs; "+
			"all labels or annotations are for a downwardAPI volume")
}

// downwardFile: what a file shows of a container's resources needs its name.
func downwardFile(m tree.Map) (string, string) {
	if ref := tree.Child(m, "resourceFieldRef"); ref != nil && empty(ref["containerName"]) {
		return "resourceFieldRef.containerName", "it is required in a volume"
	}
	return "fieldRef.fieldPath", podField(tree.Child(m, "fieldRef")["fieldPath"], fileField,
		"metadata.labels, metadata.annotations in a volume; others are for variables of a container")
}

func envVar(m tree.Map) (string, string) {
	if m["valueFrom"] != nil && !empty(m["value"]) {
		return "valueFrom", "only one of value and valueFrom can be set; to replace one by the other, set the other to null in the same patch"
	}
	return "", ""
}

func toleration(m tree.Map) (string, string) {
	operator, effect := tree.String(m, "operator"), tree.String(m, "effect")
	switch {
	case empty(m["key"]) && operator != "Exists":
		return "operator", "a toleration without a key tolerates everything, which is written as operator: Exists"
	case operator == "Exists" && !empty(m["value"]):
		return "value", "there is no value with operator: Exists"
	case m["tolerationSeconds"] != nil && effect != "NoExecute":
		return "effect", "tolerationSeconds is for effect: NoExecute"
	}
	return "", ""
}

func selectorValues(m tree.Map) (string, string) {
	n := len(tree.Items(m, "values"))
	switch operator := tree.String(m, "operator"); {
	case (operator == "In" || operator == "NotIn") && n == 0:
		return "values", "operator " + operator + " needs values"
	case (operator == "Exists" || operator == "DoesNotExist") && n > 0:
		return "values", "operator " + operator + " has no values"
	case (operator == "Gt" || operator == "Lt") && n != 1:
		return "values", "operator " + operator + " needs one value"
	}
	return "", ""
}

func localhost(m tree.Map) (string, string) {
	is, has := tree.String(m, "type") == "Localhost", !empty(m["localhostProfile"])
	if is != has {
		return "localhostProfile", "it is for type: Localhost, and needed there"
	}
	return "", ""
}

func privileged(m tree.Map) (string, string) {
	if m["allowPrivilegeEscalation"] != false {
		return "", ""
	}
	added := tree.Items(m, "capabilities", "add")
	switch {
	case m["privileged"] == true:
		return "privileged", "a privileged container cannot have allowPrivilegeEscalation: false, which is rendered by default; set it to true in the same patch"
	case slices.ContainsFunc(added, func(c any) bool { return c == "SYS_ADMIN" || c == "CAP_SYS_ADMIN" }):
		return "capabilities", "a container with SYS_ADMIN cannot have allowPrivilegeEscalation: false, which is rendered by default; set it to true in the same patch"
	}
	return "", ""
}

func podSpec(m tree.Map) (string, string) {
	if tree.String(m, "dnsPolicy") == "None" && len(tree.Items(m, "dnsConfig", "nameservers")) == 0 {
		return "dnsConfig", "dnsPolicy: None needs nameservers"
	}
	return "", ""
}

// container has what probes of a container must not say.
func container(m tree.Map) (string, string) {
	for _, name := range [...]string{"livenessProbe", "startupProbe"} {
		if n, ok := whole(tree.Child(m, name)["successThreshold"]); ok && n != 1 {
			return name, "its successThreshold can only be 1"
		}
	}
	if tree.Child(m, "readinessProbe")["terminationGracePeriodSeconds"] != nil {
		return "readinessProbe", "it ends nothing, so it has no terminationGracePeriodSeconds"
	}
	return "", ""
}

func strategy(m tree.Map) (string, string) {
	if tree.String(m, "type") == "Recreate" && m["rollingUpdate"] != nil {
		return "rollingUpdate", "type: Recreate has no rollingUpdate; set it to null"
	}
	return "", ""
}

func rollingUpdate(m tree.Map) (string, string) {
	zero := func(name string) bool {
		n, ok := whole(m[name])
		return ok && n == 0 || m[name] == "0%"
	}
	if zero("maxUnavailable") && zero("maxSurge") {
		return "maxUnavailable", "it cannot be 0 where maxSurge is 0, too: nothing could be replaced"
	}
	return "", ""
}

func deadline(m tree.Map) (string, string) {
	ready, _ := whole(m["minReadySeconds"])
	progress, ok := whole(m["progressDeadlineSeconds"])
	if !ok {
		progress = 600 // Kubernetes' default
	}
	if progress <= ready {
		return "progressDeadlineSeconds", "it must be more than minReadySeconds"
	}
	return "", ""
}

func serviceSpec(m tree.Map) (string, string) {
	kind := tree.String(m, "type")
	for _, name := range [...]string{"allocateLoadBalancerNodePorts", "loadBalancerClass", "loadBalancerSourceRanges"} {
		if list, ok := m[name].([]any); m[name] != nil && (!ok || len(list) > 0) && kind != "LoadBalancer" {
			return name, "it is for type: LoadBalancer"
		}
	}
	if all := tree.Items(m, "clusterIPs"); len(all) > 0 && all[0] != m["clusterIP"] {
		return "clusterIPs", "the first one is that of clusterIP, and without that there are none"
	}
	node, _ := whole(m["healthCheckNodePort"])
	switch {
	case empty(m["ports"]) && m["clusterIP"] != "None":
		return "ports", "it is required"
	case node != 0 && (kind != "LoadBalancer" || m["externalTrafficPolicy"] != "Local"):
		return "healthCheckNodePort", "it is for type: LoadBalancer with externalTrafficPolicy: Local"
	case !empty(m["externalTrafficPolicy"]) && kind != "LoadBalancer" && kind != "NodePort":
		return "externalTrafficPolicy", "it is for Services of type NodePort and LoadBalancer"
	}
	return "", ""
}

func spread(m tree.Map) (string, string) {
	if m["minDomains"] != nil && m["whenUnsatisfiable"] == "ScheduleAnyway" {
		return "minDomains", "it is for whenUnsatisfiable: DoNotSchedule"
	}
	return "", ""
}

func subject(m tree.Map) (string, string) {
	if text, ok := m["name"].(string); ok && m["kind"] == "ServiceAccount" {
		if problems := validation.IsDNS1123Subdomain(text); len(problems) > 0 {
			return "name", problems[0]
		}
		return "apiGroup", unless(empty(m["apiGroup"]), "a ServiceAccount has none")
	}
	return "", ""
}

// jobSpec: a Job that decides by exit codes keeps its failed pods.
func jobSpec(m tree.Map) (string, string) {
	policy := m["podFailurePolicy"] != nil
	switch restart := tree.String(m, "template", "spec", "restartPolicy"); {
	case policy && restart != "Never":
		return "template.spec.restartPolicy", "a Job with a podFailurePolicy needs Never; to have another, set podFailurePolicy to null in the same patch"
	case policy && m["podReplacementPolicy"] == "TerminatingOrFailed":
		return "podReplacementPolicy", "a Job with a podFailurePolicy needs Failed"
	case tree.String(m, "completionMode") == "Indexed" && m["completions"] == nil:
		return "completions", "completionMode: Indexed needs completions"
	}
	return "", ""
}
