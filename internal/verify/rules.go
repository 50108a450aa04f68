package verify

import (
	"fmt"
	"math"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// A check returns what is wrong with a value of the right type, "" for nothing.
type check func(value any) string

// fieldRules are what Kubernetes demands of single fields, by type and name. They
// are those of its API documentation.
var fieldRules = map[string]check{
	"ObjectMeta.labels":      legalLabels,
	"ObjectMeta.annotations": legalAnnotations,

	"PodSpec.activeDeadlineSeconds":         between(1, math.MaxInt32),
	"PodSpec.dnsPolicy":                     enum("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
	"PodSpec.hostname":                      name(validation.IsDNS1123Label),
	"PodSpec.hostnameOverride":              name(validation.IsDNS1123Subdomain),
	"PodSpec.nodeSelector":                  legalLabels,
	"PodSpec.preemptionPolicy":              enum("PreemptLowerPriority", "Never"),
	"PodSpec.priorityClassName":             name(validation.IsDNS1123Subdomain),
	"PodSpec.runtimeClassName":              name(validation.IsDNS1123Subdomain),
	"PodSpec.serviceAccountName":            name(validation.IsDNS1123Subdomain),
	"PodSpec.subdomain":                     name(validation.IsDNS1123Label),
	"PodSpec.terminationGracePeriodSeconds": between(0, math.MaxInt64),
	"PodSpec.ephemeralContainers":           forbidden("a template has no ephemeral containers; they are added to running pods"),

	"Container.name":                     name(validation.IsDNS1123Label),
	"Container.image":                    image,
	"Container.imagePullPolicy":          enum("Always", "IfNotPresent", "Never"),
	"Container.terminationMessagePath":   filled,
	"Container.terminationMessagePolicy": enum("File", "FallbackToLogsOnError"),
	"ContainerPort.containerPort":        between(1, 65535),
	"ContainerPort.hostPort":             between(0, 65535),
	"ContainerPort.name":                 legal(portName),
	"ContainerPort.protocol":             protocol,
	"EnvVar.name":                        word(validation.IsEnvVarName),
	"EnvFromSource.prefix":               word(validation.IsEnvVarName),
	"SecretKeySelector.key":              word(validation.IsConfigMapKey),
	"ConfigMapKeySelector.key":           word(validation.IsConfigMapKey),

	"Probe.failureThreshold":              between(0, math.MaxInt32),
	"Probe.initialDelaySeconds":           between(0, math.MaxInt32),
	"Probe.periodSeconds":                 between(0, math.MaxInt32),
	"Probe.successThreshold":              between(0, math.MaxInt32),
	"Probe.terminationGracePeriodSeconds": between(1, math.MaxInt64),
	"Probe.timeoutSeconds":                between(0, math.MaxInt32),
	"HTTPGetAction.port":                  portOrName,
	"HTTPGetAction.scheme":                enum("HTTP", "HTTPS"),
	"HTTPHeader.name":                     legal(validation.IsHTTPHeaderName),
	"TCPSocketAction.port":                portOrName,
	"GRPCAction.port":                     between(1, 65535),
	"SleepAction.seconds":                 between(0, math.MaxInt64),

	"Volume.name":                         name(validation.IsDNS1123Label),
	"VolumeMount.mountPropagation":        enum("None", "HostToContainer", "Bidirectional"),
	"VolumeMount.subPath":                 relative,
	"VolumeMount.subPathExpr":             relative,
	"EmptyDirVolumeSource.sizeLimit":      positive,
	"KeyToPath.mode":                      between(0, 0o777),
	"KeyToPath.path":                      inside,
	"DownwardAPIVolumeFile.path":          inside,
	"DownwardAPIVolumeFile.mode":          between(0, 0o777),
	"DownwardAPIVolumeFile.user":          id,
	"ConfigMapVolumeSource.defaultMode":   between(0, 0o777),
	"SecretVolumeSource.defaultMode":      between(0, 0o777),
	"ProjectedVolumeSource.defaultMode":   between(0, 0o777),
	"DownwardAPIVolumeSource.defaultMode": between(0, 0o777),

	"Toleration.value":                  word(validation.IsValidLabelValue),
	"ConfigMapVolumeSource.defaultUser": id,
	"SecretVolumeSource.defaultUser":    id,
	"ProjectedVolumeSource.defaultUser": id,
	"Toleration.effect":                 enum("NoSchedule", "PreferNoSchedule", "NoExecute"),
	"Toleration.key":                    qualified,
	"Toleration.operator":               enum("Exists", "Equal"),

	"NodeSelectorRequirement.key":                qualified,
	"NodeSelectorRequirement.operator":           enum("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
	"LabelSelector.matchLabels":                  legalLabels,
	"LabelSelectorRequirement.operator":          enum("In", "NotIn", "Exists", "DoesNotExist"),
	"PreferredSchedulingTerm.weight":             between(1, 100),
	"WeightedPodAffinityTerm.weight":             between(1, 100),
	"PodAffinityTerm.topologyKey":                qualified,
	"TopologySpreadConstraint.maxSkew":           between(1, math.MaxInt32),
	"TopologySpreadConstraint.minDomains":        between(1, math.MaxInt32),
	"TopologySpreadConstraint.whenUnsatisfiable": enum("DoNotSchedule", "ScheduleAnyway"),

	"PodSecurityContext.fsGroup":             id,
	"PodSecurityContext.fsGroupChangePolicy": enum("OnRootMismatch", "Always"),
	"PodSecurityContext.runAsGroup":          id,
	"PodSecurityContext.runAsUser":           id,
	"SecurityContext.runAsGroup":             id,
	"SecurityContext.runAsUser":              id,
	"SecurityContext.procMount":              enum("Default", "Unmasked"),
	"SeccompProfile.type":                    enum("RuntimeDefault", "Unconfined", "Localhost"),
	"AppArmorProfile.type":                   enum("RuntimeDefault", "Unconfined", "Localhost"),
	"HostAlias.ip":                           address,

	"DeploymentSpec.minReadySeconds":         between(0, math.MaxInt32),
	"DeploymentSpec.progressDeadlineSeconds": between(1, math.MaxInt32),
	"DeploymentSpec.replicas":                between(0, math.MaxInt32),
	"DeploymentSpec.revisionHistoryLimit":    between(0, math.MaxInt32),
	"DeploymentStrategy.type":                enum("Recreate", "RollingUpdate"),
	"RollingUpdateDeployment.maxSurge":       countOrPercent,
	"RollingUpdateDeployment.maxUnavailable": countOrShare,

	"JobSpec.activeDeadlineSeconds":   between(1, math.MaxInt64),
	"JobSpec.backoffLimit":            between(0, math.MaxInt32),
	"JobSpec.completionMode":          enum("NonIndexed", "Indexed"),
	"JobSpec.completions":             between(1, 1),
	"JobSpec.parallelism":             between(0, 1),
	"JobSpec.podReplacementPolicy":    enum("TerminatingOrFailed", "Failed"),
	"JobSpec.ttlSecondsAfterFinished": between(0, math.MaxInt32),
	"PodFailurePolicyRule.action":     enum("FailJob", "FailIndex", "Ignore", "Count"),

	"PodDisruptionBudgetSpec.maxUnavailable":             countOrShare,
	"PodDisruptionBudgetSpec.minAvailable":               countOrShare,
	"PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": required(enum("IfHealthyBudget", "AlwaysAllow")),

	"ServicePort.name":                  name(validation.IsDNS1123Label),
	"ServicePort.nodePort":              between(0, 65535),
	"ServicePort.port":                  between(1, 65535),
	"ServicePort.protocol":              protocol,
	"ServicePort.targetPort":            targetPort,
	"ServiceSpec.clusterIP":             clusterIP,
	"ServiceSpec.externalTrafficPolicy": enum("Cluster", "Local"),
	"ServiceSpec.internalTrafficPolicy": enum("Cluster", "Local"),
	"ServiceSpec.ipFamilyPolicy":        required(enum("SingleStack", "PreferDualStack", "RequireDualStack")),
	"ServiceSpec.sessionAffinity":       enum("ClientIP", "None"),
	"ServiceSpec.type":                  enum("ClusterIP", "NodePort", "LoadBalancer"),

	"RoleRef.apiGroup":                      enum("rbac.authorization.k8s.io"),
	"RoleRef.kind":                          enum("Role", "ClusterRole"),
	"Subject.kind":                          enum("ServiceAccount", "User", "Group"),
	"EmptyDirVolumeSource.mode":             between(0, 0o1777),
	"ObjectFieldSelector.apiVersion":        enum("v1"),
	"PodSecurityContext.supplementalGroups": every(id),
	"ImageVolumeSource.pullPolicy":          enum("Always", "IfNotPresent", "Never"),
	"Subject.apiGroup":                      enum("rbac.authorization.k8s.io"),
	"RoleRef.name":                          segment,

	"ContainerResizePolicy.resourceName":              enum("cpu", "memory"),
	"ContainerResizePolicy.restartPolicy":             enum("NotRequired", "RestartContainer"),
	"Container.restartPolicy":                         enum("Always", "Never", "OnFailure"),
	"HostAlias.hostnames":                             every(required(name(validation.IsDNS1123Subdomain))),
	"PodDNSConfig.nameservers":                        every(address),
	"PodSecurityContext.supplementalGroupsPolicy":     enum("Merge", "Strict"),
	"PodSecurityContext.seLinuxChangePolicy":          enum("MountOption", "Recursive"),
	"PodFailurePolicyOnPodConditionsPattern.status":   enum("True", "False", "Unknown"),
	"PodFailurePolicyOnPodConditionsPattern.type":     qualified,
	"PodFailurePolicyOnExitCodesRequirement.operator": enum("In", "NotIn"),
	"PodFailurePolicyOnExitCodesRequirement.values":   ascending,
	"ResourceFieldSelector.resource":                  resourceSelected,
	"SecretKeySelector.name":                          name(validation.IsDNS1123Subdomain),
	"ConfigMapKeySelector.name":                       name(validation.IsDNS1123Subdomain),
	"ServicePort.appProtocol":                         required(qualified),
	"ServiceSpec.clusterIPs":                          every(clusterIP),
	"ServiceSpec.externalIPs":                         every(address),
	"ServiceSpec.ipFamilies":                          every(required(enum("IPv4", "IPv6"))),
	"ServiceSpec.trafficDistribution":                 required(enum("PreferClose", "PreferSameZone", "PreferSameNode")),
	"TopologySpreadConstraint.nodeAffinityPolicy":     enum("Honor", "Ignore"),
	"TopologySpreadConstraint.nodeTaintsPolicy":       enum("Honor", "Ignore"),
	"VolumeMount.recursiveReadOnly":                   required(enum("Disabled", "Enabled", "IfPossible")),
}

var protocol = enum("TCP", "UDP", "SCTP")

// enum takes "" for unset, as Kubernetes does.
func enum(values ...string) check {
	shown := strings.Join(values, ", ")
	return func(value any) string {
		if s, _ := value.(string); s != "" && !slices.Contains(values, s) {
			return "Kubernetes takes " + shown
		}
		return ""
	}
}

func between(least, most int64) check {
	return func(value any) string {
		n, ok := whole(value)
		switch {
		case !ok || n >= least && n <= most:
			return ""
		case n < least:
			return fmt.Sprintf("at least %d is needed", least)
		default:
			return fmt.Sprintf("at most %d is possible", most)
		}
	}
}

// plain reports whether a text is so simple that every rule for names takes it:
// nearly all are, and the rules are regular expressions, which are slow.
func plain(s string, capitals bool) bool {
	if len(s) > maxName {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch inner := i > 0 && i < len(s)-1; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-' && inner:
		case capitals && (c >= 'A' && c <= 'Z' || inner && (c == '.' || c == '_')):
		default:
			return false
		}
	}
	return true
}

// plainKey is plain for keys of labels, which may start with a domain.
func plainKey(s string) bool {
	domain, name, ok := strings.Cut(s, "/")
	if !ok {
		return s != "" && plain(s, true)
	}
	if len(domain) > validation.DNS1123SubdomainMaxLength {
		return false
	}
	for part := range strings.SplitSeq(domain, ".") {
		if part == "" || !plain(part, false) {
			return false
		}
	}
	return name != "" && plain(name, true)
}

// plainWord is plain for what need not be a name of an object, but may have to start
// with a letter.
func plainWord(s string) bool {
	return plain(s, true) && s != "" && s[0] > '9'
}

// name is legal, quickly.
func name(problems func(string) []string) check {
	return unlessSimple(func(s string) bool { return plain(s, false) }, problems)
}

// word is legal, quickly, for what may have capitals, dots and underscores.
func word(problems func(string) []string) check { return unlessSimple(plainWord, problems) }

func unlessSimple(simple func(string) bool, problems func(string) []string) check {
	slow := legal(problems)
	return func(value any) string {
		if s, _ := value.(string); simple(s) {
			return ""
		}
		return slow(value)
	}
}

// legal is a rule of Kubernetes for texts.
func legal(problems func(string) []string) check {
	return func(value any) string {
		s, _ := value.(string)
		if s == "" {
			return "" // whether there must be one is another question
		}
		return strings.Join(problems(s), "; ")
	}
}

func qualified(value any) string {
	if s, _ := value.(string); s != "" && !plainKey(s) {
		return strings.Join(validation.IsQualifiedName(s), "; ")
	}
	return ""
}

func forbidden(why string) check { return func(any) string { return why } }

func filled(value any) string { return unless(value != "", "it is empty") }

func image(value any) string {
	s, _ := value.(string)
	return unless(s == strings.TrimSpace(s), "the name of an image has no blanks around it")
}

var id = between(0, math.MaxInt32)

func address(value any) string {
	_, err := netip.ParseAddr(fmt.Sprint(value))
	return unless(err == nil, "not an IP address")
}

func clusterIP(value any) string {
	if value == "" || value == "None" {
		return ""
	}
	return address(value)
}

// required is a check for what cannot be empty, if it is there.
func required(more check) check {
	return func(value any) string {
		if value == "" {
			return "it is empty"
		}
		return more(value)
	}
}

// Fields of a pod that it can see: as a variable of a container, and as a file in a
// volume. Of labels and annotations both can have one, and only a file all.
var (
	variableField = lazyregexp.New(`^(?:metadata\.(?:name|namespace|uid)|spec\.(?:nodeName|serviceAccountName)|` +
		`status\.(?:hostIP|hostIPs|podIP|podIPs))$`)
	fileField = lazyregexp.New(`^metadata\.(?:name|namespace|uid|labels|annotations)$`)
	oneOfMany = lazyregexp.New(`^metadata\.(labels|annotations)\['(.*)'\]$`)
)

func podField(value any, whole func() *regexp.Regexp, others string) string {
	s, _ := value.(string)
	if m := oneOfMany().FindStringSubmatch(s); m != nil {
		if m[1] == "annotations" {
			m[2] = strings.ToLower(m[2])
		}
		return strings.Join(validation.IsQualifiedName(m[2]), "; ")
	}
	return unless(s == "" || whole().MatchString(s), "Kubernetes takes metadata.name, metadata.namespace, metadata.uid, "+
		"metadata.labels['KEY'], metadata.annotations['KEY'], "+others)
}

var selectable = enum("limits.cpu", "limits.memory", "limits.ephemeral-storage", "limits.hugepages-SIZE",
	"requests.cpu", "requests.memory", "requests.ephemeral-storage", "requests.hugepages-SIZE")

func resourceSelected(value any) string {
	s, _ := value.(string)
	if strings.HasPrefix(s, "limits.hugepages-") || strings.HasPrefix(s, "requests.hugepages-") {
		return ""
	}
	return selectable(value)
}

func segment(value any) string {
	s, _ := value.(string)
	return unless(s != "." && s != ".." && !strings.ContainsAny(s, "/%"), "a name has none of / and %")
}

// every is a check for all elements of a list.
func every(one check) check {
	return func(value any) string {
		list, _ := value.([]any)
		for _, e := range list {
			if message := one(e); message != "" {
				return message
			}
		}
		return ""
	}
}

// ascending: exit codes stand once, in order.
func ascending(value any) string {
	list, _ := value.([]any)
	last := int64(math.MinInt64)
	for _, e := range list {
		n, _ := whole(e)
		if n <= last {
			return "exit codes stand in ascending order"
		}
		last = n
	}
	return unless(len(list) > 0, "it is empty")
}

func positive(value any) string {
	q, _ := quantity(value)
	return unless(q.Sign() >= 0, "it is negative")
}

// portOrName is a number, or the name of a port.
func portOrName(value any) string {
	if n, ok := whole(value); ok {
		return between(1, 65535)(n)
	}
	s, _ := value.(string)
	if s == "" {
		return "write the number or the name of a port"
	}
	return strings.Join(portName(s), "; ")
}

// portName is the rule for names of ports, quickly for a few letters.
func portName(s string) []string {
	simple := len(s) <= 15
	for i := range len(s) {
		simple = simple && s[i] >= 'a' && s[i] <= 'z'
	}
	if simple {
		return nil
	}
	return validation.IsValidPortName(s)
}

// targetPort is the port itself if it is not set.
func targetPort(value any) string {
	if n, ok := whole(value); value == "" || ok && n == 0 {
		return ""
	}
	return portOrName(value)
}

var percent = lazyregexp.New(`^[0-9]{1,9}%$`)

func countOrPercent(value any) string {
	if n, ok := whole(value); ok {
		return between(0, math.MaxInt32)(n)
	}
	s, _ := value.(string)
	return unless(percent().MatchString(s), "a whole number or a percentage such as 25% is wanted")
}

// countOrShare is a number of pods, or a part of all.
func countOrShare(value any) string {
	if p, _ := value.(string); percent().MatchString(p) && (len(p) > 4 || len(p) == 4 && p != "100%") {
		return "it is more than 100%"
	}
	return countOrPercent(value)
}

// relative is a path below a volume.
func relative(value any) string {
	s, _ := value.(string)
	return unless(!path.IsAbs(s) && !slices.Contains(strings.Split(s, "/"), ".."), "the path is relative to the volume, and has no ..")
}

// inside is a path of a file that a volume gets.
func inside(value any) string {
	s, _ := value.(string)
	if s == "" || strings.HasPrefix(s, "..") {
		return "the path of a file in the volume is wanted, that does not start with .."
	}
	return relative(value)
}

func legalLabels(value any) string {
	m, _ := value.(tree.Map)
	if plainLabels(m) {
		return ""
	}
	for _, key := range tree.Keys(m) {
		s, _ := m[key].(string)
		problems := append(validation.IsQualifiedName(key), validation.IsValidLabelValue(s)...)
		if len(problems) > 0 {
			return strconv.Quote(key) + ": " + problems[0]
		}
	}
	return ""
}

func plainLabels(m tree.Map) bool {
	for key, value := range m {
		if s, _ := value.(string); !plainKey(key) || !plain(s, true) {
			return false
		}
	}
	return true
}

func legalAnnotations(value any) string {
	m, _ := value.(tree.Map)
	size := 0
	for _, key := range tree.Keys(m) {
		s, _ := m[key].(string)
		size += len(key) + len(s)
		if plainKey(key) {
			continue
		}
		if problems := validation.IsQualifiedName(strings.ToLower(key)); len(problems) > 0 {
			return strconv.Quote(key) + ": " + problems[0]
		}
	}
	if size > apivalidation.TotalAnnotationSizeLimitB {
		return fmt.Sprintf("annotations have %d bytes; Kubernetes takes %d", size, apivalidation.TotalAnnotationSizeLimitB)
	}
	return ""
}
