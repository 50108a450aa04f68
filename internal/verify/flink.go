package verify

import (
	"path"
	"slices"
	"strings"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// configVariable tells Flink's scripts where else the configuration is.
const configVariable = "FLINK_CONF_DIR"

// flink checks that the pods of a component run Flink, and that its container sees the
// configuration, as far as that can be known here: volumes may hold anything.
func (v *verifier) flink(p pod) {
	if p.flink == nil {
		v.fail("containers", "there is no container "+flink.ContainerPrefix+p.component+
			": checks and other patches know it by this name")
		return
	}
	v.home(p)
	v.plugins(p)
	v.userLib(p)
	if _, ok := p.variable(configVariable); ok {
		return
	}
	for _, m := range tree.Items(p.flink, "volumeMounts") {
		at := flink.Mounted(tree.String(m, "mountPath"))
		switch {
		case at == v.want.Home.Conf():
			v.configVolume(p.spec, tree.String(m, "name"))
			return
		case within(at, v.want.Home.Conf()) && v.want.Version.ReadsConfig(path.Base(at)),
			within(v.want.Home.Conf(), at):
			return
		}
	}
	v.fail(p.at("volumeMounts"),
		"nothing is mounted at "+v.want.Home.Conf()+": Flink would not have the configuration that is rendered for it")
}

// home checks that a patch has not brought an image that has Flink elsewhere.
func (v *verifier) home(p pod) {
	image, want := tree.String(p.flink, "image"), v.want.Home
	known := p.version != "" || flink.VVPImage(image)
	if home := flink.HomeOf(image); known && home != want && !v.want.GivenHome {
		v.report(flinktarget.Problem{Rule: "flink-home FlinkHome", Message: image + " has Flink in " + home.String() +
			", and these pods are for " + want.String() + ": name the image in the Deployment or SessionCluster, or " +
			"say where Flink is"}, p.at("image"))
	}
}

// plugins finds folders of plugins that stay empty, with which Flink does not start. The
// entrypoint of the image fills them.
func (v *verifier) plugins(p pod) {
	if p.hasCommand() {
		return // which may fill them, or call the entrypoint
	}
	var names []string
	for _, e := range tree.Items(p.flink, "env") {
		if tree.String(e, "name") == flink.PluginsVariable {
			if tree.Child(e, "valueFrom") != nil {
				return
			}
			names = strings.Split(tree.String(e, "value"), ";")
		}
	}
	for _, m := range tree.Items(p.flink, "volumeMounts") {
		at := flink.Mounted(tree.String(m, "mountPath"))
		jar := path.Base(at) + ".jar"
		volume := tree.String(m, "name")
		if path.Dir(at) != v.want.Home.Plugins() || !v.isEmpty(p.spec, volume) || slices.Contains(names, jar) {
			continue
		}
		v.fail(p.at("volumeMounts["+tree.String(m, "mountPath")+"]"),
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
func (v *verifier) userLib(p pod) {
	mounts := func(c any) bool {
		return slices.ContainsFunc(tree.Items(c, "volumeMounts"), named(flink.UserLibVolume))
	}
	if !mounts(p.flink) && slices.ContainsFunc(tree.Items(p.spec, "initContainers"), mounts) {
		v.fail(p.at("volumeMounts"), "must have the volume "+flink.UserLibVolume+", as init containers "+
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
