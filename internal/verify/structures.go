package verify

import (
	"slices"

	"github.com/flinktarget/flinktarget/internal/tree"
)

func volume(m tree.Map) (string, string) {
	var sources names
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
	return "fieldRef.fieldPath", podField(tree.Child(m, "fieldRef")["fieldPath"], variableFields)
}

// downwardFile: what a file shows of a container's resources needs its name.
func downwardFile(m tree.Map) (string, string) {
	if ref := tree.Child(m, "resourceFieldRef"); ref != nil && empty(ref["containerName"]) {
		return "resourceFieldRef.containerName", "required in a volume"
	}
	return "fieldRef.fieldPath", podField(tree.Child(m, "fieldRef")["fieldPath"], fileFields)
}

func envVar(m tree.Map) (string, string) {
	return "valueFrom", unless(m["valueFrom"] == nil || empty(m["value"]), "must set only one of value and valueFrom; "+
		"to replace one with the other, set the old one to null in the same patch")
}

func toleration(m tree.Map) (string, string) {
	switch operator := tree.String(m, "operator"); {
	case empty(m["key"]) && operator != "Exists":
		return "operator", "must be Exists without a key: it tolerates everything"
	case operator == "Exists" && !empty(m["value"]):
		return "value", "must not be set with operator Exists"
	case m["tolerationSeconds"] != nil && m["effect"] != "NoExecute":
		return "effect", "must be NoExecute with tolerationSeconds"
	}
	return "", ""
}

func selectorValues(m tree.Map) (string, string) {
	n := len(tree.Items(m, "values"))
	switch operator := tree.String(m, "operator"); operator {
	case "In", "NotIn":
		return "values", unless(n > 0, "required with operator "+operator)
	case "Exists", "DoesNotExist":
		return "values", unless(n == 0, "must not be set with operator "+operator)
	case "Gt", "Lt":
		return "values", unless(n == 1, "must have one value with operator "+operator)
	}
	return "", ""
}

func localhost(m tree.Map) (string, string) {
	same := (m["type"] == "Localhost") == !empty(m["localhostProfile"])
	return "localhostProfile", unless(same, "must be set with type Localhost, and with no other")
}

// privileged: a patch that gives a container more has to take back what is rendered.
func privileged(m tree.Map) (string, string) {
	admin := func(c any) bool { return c == "SYS_ADMIN" || c == "CAP_SYS_ADMIN" }
	field := ""
	switch {
	case m["privileged"] == true:
		field = "privileged"
	case slices.ContainsFunc(tree.Items(m, "capabilities", "add"), admin):
		field = "capabilities"
	}
	return field, unless(field == "" || m["allowPrivilegeEscalation"] != false, "must not be set with "+
		"allowPrivilegeEscalation: false, which is rendered by default; set that to true in the same patch")
}

// container has what probes of a container must not say.
func container(m tree.Map) (string, string) {
	for _, name := range [...]string{"livenessProbe", "startupProbe"} {
		if n, ok := whole(tree.Child(m, name)["successThreshold"]); ok && n != 1 {
			return name, "successThreshold must be 1"
		}
	}
	grace := tree.Child(m, "readinessProbe")["terminationGracePeriodSeconds"]
	return "readinessProbe", unless(grace == nil, "does not support terminationGracePeriodSeconds")
}

func strategy(m tree.Map) (string, string) {
	return "rollingUpdate", unless(m["type"] != "Recreate" || m["rollingUpdate"] == nil,
		"must not be set with type Recreate; set it to null")
}

func rolling(m tree.Map) (string, string) {
	zero := func(name string) bool {
		n, ok := whole(m[name])
		return ok && n == 0 || m[name] == "0%"
	}
	return "maxUnavailable", unless(!zero("maxUnavailable") || !zero("maxSurge"),
		"must not be 0 when maxSurge is 0: nothing could be replaced")
}

// jobSpec: a Job that decides by how pods fail keeps those that failed.
func jobSpec(m tree.Map) (string, string) {
	restart := tree.String(m, "template", "spec", "restartPolicy")
	return "template.spec.restartPolicy", unless(m["podFailurePolicy"] == nil || restart == "Never",
		"must be Never with a podFailurePolicy; to have another, set podFailurePolicy to null in the same patch")
}
