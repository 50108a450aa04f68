package verify

import (
	"path"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// configVariable tells Flink's scripts where else the configuration is.
const configVariable = "FLINK_CONF_DIR"

// flink checks that the pods of a component run Flink, and that its container sees the
// configuration, as far as that can be known here: volumes may hold anything.
func (v *verifier) flink(spec tree.Map) {
	name := flink.ContainerPrefix + tree.String(v.object, "metadata", "labels", labels.KeyComponent)
	named := func(c any) bool { return tree.String(c, "name") == name }
	containers := tree.Items(spec, "containers")
	i := slices.IndexFunc(containers, named)
	if i < 0 {
		v.fail("containers", "there is no container "+name+": checks and other patches know it by this name")
		return
	}
	for _, e := range tree.Items(containers[i], "env") {
		if tree.String(e, "name") == configVariable {
			return
		}
	}
	for _, m := range tree.Items(containers[i], "volumeMounts") {
		at := path.Clean(tree.String(m, "mountPath"))
		switch {
		case at == flink.ConfDir:
			v.projected(spec, tree.String(m, "name"))
			return
		case within(at, flink.ConfDir) && v.want.Version.ReadsConfig(path.Base(at)), within(flink.ConfDir, at):
			return
		}
	}
	v.fail("containers["+name+"].volumeMounts",
		"nothing is mounted at "+flink.ConfDir+": Flink would not have the configuration that is rendered for it")
}

// projected checks that a volume of a ConfigMap has the file that Flink reads.
func (v *verifier) projected(spec tree.Map, volume string) {
	v.visit(spec, "volumes[]", func(m tree.Map) {
		items := tree.Items(m, "configMap", "items")
		isConfig := func(item any) bool { return v.want.Version.ReadsConfig(tree.String(item, "path")) }
		if tree.String(m, "name") == volume && len(items) > 0 && !slices.ContainsFunc(items, isConfig) {
			v.fail("configMap.items",
				"must have a path "+v.want.Version.ConfigFile+", without which Flink does not start")
		}
	})
}

func within(inner, outer string) bool {
	return strings.HasPrefix(inner, strings.TrimSuffix(outer, "/")+"/")
}
