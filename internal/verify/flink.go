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
	containers := tree.Items(spec, "containers")
	i := slices.IndexFunc(containers, named(name))
	if i < 0 {
		v.fail("containers", "there is no container "+name+": checks and other patches know it by this name")
		return
	}
	v.home(containers[i])
	v.plugins(containers[i], spec)
	v.userLib(containers[i], spec)
	for _, e := range tree.Items(containers[i], "env") {
		if tree.String(e, "name") == configVariable {
			return
		}
	}
	for _, m := range tree.Items(containers[i], "volumeMounts") {
		at := flink.Mounted(tree.String(m, "mountPath"))
		switch {
		case at == v.want.Home.Conf():
			v.configVolume(spec, tree.String(m, "name"))
			return
		case within(at, v.want.Home.Conf()) && v.want.Version.ReadsConfig(path.Base(at)),
			within(v.want.Home.Conf(), at):
			return
		}
	}
	v.fail("containers["+name+"].volumeMounts",
		"nothing is mounted at "+v.want.Home.Conf()+": Flink would not have the configuration that is rendered for it")
}

// home checks that a patch has not brought an image that has Flink elsewhere.
func (v *verifier) home(container any) {
	image, want := tree.String(container, "image"), v.want.Home
	_, official := flink.OfficialImage(image)
	known := official || flink.VVPImage(image)
	if home := flink.HomeOf(image); known && home != want && !v.want.GivenHome {
		v.report(Problem{Rule: "flink-home FlinkHome", Message: image + " has Flink in " + home.String() +
			", and these pods are for " + want.String() + ": name the image in the Deployment or SessionCluster, or " +
			"say where Flink is"}, "containers["+tree.String(container, "name")+"].image")
	}
}

// plugins finds folders of plugins that stay empty, with which Flink does not start. The
// entrypoint of the image fills them.
func (v *verifier) plugins(container any, spec tree.Map) {
	if len(tree.Items(container, "command")) > 0 {
		return // which may fill them, or call the entrypoint
	}
	var names []string
	for _, e := range tree.Items(container, "env") {
		if tree.String(e, "name") == flink.PluginsVariable {
			if tree.Child(e, "valueFrom") != nil {
				return
			}
			names = strings.Split(tree.String(e, "value"), ";")
		}
	}
	for _, m := range tree.Items(container, "volumeMounts") {
		at := flink.Mounted(tree.String(m, "mountPath"))
		jar := path.Base(at) + ".jar"
		volume := tree.String(m, "name")
		if path.Dir(at) != v.want.Home.Plugins() || !v.isEmpty(spec, volume) || slices.Contains(names, jar) {
			continue
		}
		v.fail("containers["+tree.String(container, "name")+"].volumeMounts["+tree.String(m, "mountPath")+"]",
			"nothing fills this folder of a plugin, and Flink does not start with an empty one: name "+jar+" in the "+
				"variable "+flink.PluginsVariable+", or remove the mount")
	}
}

// isEmpty reports whether a volume is an emptyDir that no init container mounts.
func (v *verifier) isEmpty(spec tree.Map, volume string) bool {
	for _, e := range tree.Items(spec, "initContainers") {
		if slices.ContainsFunc(tree.Items(e, "volumeMounts"), named(volume)) {
			return false
		}
	}
	i := slices.IndexFunc(tree.Items(spec, "volumes"), named(volume))
	return i >= 0 && tree.Child(tree.Items(spec, "volumes")[i], "emptyDir") != nil
}

func named(name string) func(any) bool {
	return func(e any) bool { return tree.String(e, "name") == name }
}

// userLib checks that Flink sees what is fetched for it.
func (v *verifier) userLib(container any, spec tree.Map) {
	mounts := func(c any) bool {
		return slices.ContainsFunc(tree.Items(c, "volumeMounts"), named(flink.UserLibVolume))
	}
	if !mounts(container) && slices.ContainsFunc(tree.Items(spec, "initContainers"), mounts) {
		name := tree.String(container, "name")
		v.fail("containers["+name+"].volumeMounts", "must have the volume "+flink.UserLibVolume+", as init containers "+
			"do: what they put there is lost; another volume for "+v.want.Home.UserLib()+" belongs into "+
			"kubernetes.pods.volumeMounts")
	}
}

// configVolume checks the volume that is mounted where the configuration is to be: the
// renderer's has the ConfigMap, with the file that Flink reads. Others may hold anything.
func (v *verifier) configVolume(spec tree.Map, name string) {
	v.visit(spec, "volumes[]", func(m tree.Map) {
		if tree.String(m, "name") != name {
			return
		}
		has := false
		for _, path := range [...]string{"configMap", "projected.sources[].configMap"} {
			v.visit(m, path, func(source tree.Map) {
				has = has || tree.String(source, "name") == v.want.Cluster+"-"+flink.ConfigVolume
				items := tree.Items(source, "items")
				isConfig := func(item any) bool { return v.want.Version.ReadsConfig(tree.String(item, "path")) }
				if path == "configMap" && len(items) > 0 && !slices.ContainsFunc(items, isConfig) {
					v.fail("items",
						"must have a path "+v.want.Version.ConfigFile+", without which Flink does not start")
				}
			})
		}
		switch {
		case name == flink.ConfigVolume && !has:
			v.fail("", "must be the ConfigMap of Flink's configuration, or a projection of it; what else is to be in "+
				"the pods needs a volume of another name")
		case v.isEmpty(spec, name):
			v.fail("", "nothing fills this volume, which is mounted at "+v.want.Home.Conf()+
				": Flink would have no configuration")
		}
	})
}

func within(inner, outer string) bool {
	return strings.HasPrefix(inner, strings.TrimSuffix(outer, "/")+"/")
}
