package build

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

// Names inside the pods.
const (
	TempVolume       = "flink-tmp"
	LogVolume        = "flink-log"
	fetcherContainer = "artifact-fetcher"
	ArtifactsVolume  = "flink-artifacts"
)

// podTemplate is the pod of one component, before the user's options.
func (c *Plan) podTemplate(component labels.Component) tree.Map {
	container := c.container(component)
	spec := tree.Map{
		"automountServiceAccountToken":  false, // Flink calls the API server for high availability only
		"enableServiceLinks":            false, // a variable per Service of the namespace would reach the job
		"containers":                    []any{container},
		"securityContext":               podSecurity,
		"terminationGracePeriodSeconds": int64(gracePeriod),
	}
	c.advertise(component, spec, container)
	mounts := &volumes{}
	mounts.add(flink.ConfigVolume, c.Home.Conf(), "configMap", tree.Map{"name": c.configMapName()})
	mounts.add(TempVolume, flink.TempDir, "emptyDir", emptyDir)
	mounts.add(LogVolume, c.Home.Log(), "emptyDir", emptyDir)
	if c.artifact.downloads && component == labels.JobManager {
		mounts.add(ArtifactsVolume, flink.ArtifactsDir, "emptyDir", emptyDir)
	}
	if names := c.plugins[component]; len(names) > 0 {
		for _, name := range names {
			// Only the plugin's own folder, so that the image's other plugins stay.
			plugin := strings.TrimSuffix(name, ".jar")
			mounts.add(strings.ReplaceAll(plugin, ".", "-"), c.Home.Plugins()+"/"+plugin, "emptyDir", emptyDir)
		}
		container["env"] = append(tree.Items(container, "env"),
			tree.Map{"name": flink.PluginsVariable, "value": strings.Join(names, ";")})
	}
	if len(c.artifact.files) > 0 {
		mounts.add(flink.UserLibVolume, c.Home.UserLib(), "emptyDir", emptyDir)
		spec["initContainers"] = c.fetchers(component)
	}
	if component == labels.TaskManager {
		spec["topologySpreadConstraints"] = c.spread()
	}
	c.mountCertificates(container, mounts)
	metadata := tree.Map{"labels": c.labelled(component, c.pods.Labels)}
	annotations := c.scrapeAnnotations() // what is said of pods wins over what is said of all objects
	maps.Copy(annotations, c.Kubernetes.Annotations)
	maps.Copy(annotations, c.pods.Annotations)
	put(metadata, "annotations", tree.FromStrings(annotations))
	c.podOptions(component, spec, container, mounts)
	spec["volumes"], container["volumeMounts"] = mounts.volumes, mounts.mounts
	return tree.Map{"metadata": metadata, "spec": spec}
}

// podOptions adds VVP's simplified pod options. What the user says wins over what
// is generated, where both say something.
func (c *Plan) podOptions(component labels.Component, spec, container tree.Map, mounts *volumes) {
	p, env := c.pods, rawList(c.pods.EnvVars)
	put(spec, "nodeSelector", tree.FromStrings(p.NodeSelector))
	put(spec, "tolerations", rawList(p.Tolerations))
	put(spec, "imagePullSecrets", rawList(p.ImagePullSecrets))
	if !p.Affinity.IsZero() {
		spec["affinity"] = decode.Shared(p.Affinity)
	}
	if !p.SecurityContext.IsZero() {
		all := maps.Clone(podSecurity)
		maps.Copy(all, decode.Shared(p.SecurityContext))
		spec["securityContext"] = all
	}
	put(container, "env", append(tree.Items(container, "env"), env...))
	var sources []any // what jars to copy may be on
	for _, m := range p.VolumeMounts {
		mounts.user(decode.Shared(m.Volume), decode.Shared(m.VolumeMount))
		sources = append(sources, decode.Shared(m.VolumeMount))
	}
	own, _ := c.templateContainer(component)
	sources = append(sources, tree.Items(own, "volumeMounts")...)
	for i, e := range tree.Items(spec, "initContainers") {
		fetcher := e.(tree.Map)
		if len(env) > 0 {
			fetcher["env"] = tree.Copy(env) // a proxy, for instance
		}
		mounts.follow(tree.Items(fetcher, "volumeMounts"), c.Home.UserLib())
		for _, mount := range sources {
			if at := tree.String(mount, "mountPath"); overlap(c.artifact.files[i].from, path.Clean(at)) {
				fetcher["volumeMounts"] = append(tree.Items(fetcher, "volumeMounts"), mount)
			}
		}
	}
}

func rawList[T any](list []deployment.Raw[T]) []any {
	var out []any
	for _, r := range list {
		out = append(out, decode.Shared(r))
	}
	return out
}

func (c *Plan) container(component labels.Component) tree.Map {
	out := tree.Map{
		"name":            flink.ContainerPrefix + component.String(),
		"image":           c.Image,
		"args":            c.args(component),
		"resources":       c.containerResources(component),
		"securityContext": restricted,
	}
	if c.Session == nil {
		out["ports"] = c.ports(component)
		maps.Copy(out, c.probes(component))
	}
	return out
}

// fetchers put jars where Flink looks for them, one container a jar. Flink's image
// has wget: its own build uses it.
func (c *Plan) fetchers(component labels.Component) []any {
	var out []any
	image := c.imageOf(component)
	for _, f := range c.artifact.files {
		container := tree.Map{
			"name": fetcherContainer,
			// VVP gives every container of a Flink pod the same resources.
			"resources":       c.containerResources(component),
			"securityContext": restricted,
			"volumeMounts": []any{tree.Map{"name": flink.UserLibVolume, "mountPath": c.Home.UserLib()},
				tree.Map{"name": TempVolume, "mountPath": flink.TempDir}},
		}
		to, uri := c.Home.UserLib()+"/"+f.name, escape(f.uri)
		switch {
		case f.from != "":
			// The volume stands elsewhere, so that it does not hide what is copied.
			container["volumeMounts"] = []any{tree.Map{"name": flink.UserLibVolume, "mountPath": flink.ArtifactsDir}}
			container["image"], container["command"] = image, c.copyCommand(f)
		case c.artifact.fetcher != "":
			container["image"], container["args"] = c.artifact.fetcher, []any{uri, to}
		default:
			container["image"], container["command"] = c.Image, []any{"wget", "--no-verbose", "--output-document=" + to,
				"--", uri}
		}
		if len(out) > 0 {
			container["name"] = fetcherContainer + "-" + strconv.Itoa(len(out)+1)
		}
		out = append(out, container)
	}
	return out
}

func (c *Plan) copyCommand(f file) []any {
	if f.from == c.Home.UserLib() {
		return []any{"sh", "-c", "! test -d " + f.from + " || cp -R " + f.from + "/. " + flink.ArtifactsDir}
	}
	return []any{"install", "-D", "-m", "0644", "--", escape(f.from), escape(flink.ArtifactsDir + "/" + f.name)}
}

// overlap reports whether one path is the other, or below it. Nothing overlaps with "".
func overlap(a, b string) bool {
	a, b = strings.TrimSuffix(a, "/")+"/", strings.TrimSuffix(b, "/")+"/"
	return a != "/" && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// containerResources has requests equal to limits, as in VVP.
func (c *Plan) containerResources(component labels.Component) tree.Map {
	r := c.Resources.JobManager
	if component == labels.TaskManager {
		r = c.Resources.TaskManager
	}
	amount := tree.Map{"cpu": cpuQuantity(r.CPU.String()), "memory": memoryQuantity(r.Memory)}
	return tree.Map{"requests": amount, "limits": amount}
}

// volumes collects the volumes of a pod and where its container mounts them.
type volumes struct {
	volumes, mounts []any
}

// add mounts a volume with a source of this kind. Only an emptyDir is for writing.
func (v *volumes) add(name, at, kind string, source tree.Map) {
	mount := tree.Map{"name": name, "mountPath": at}
	if kind != "emptyDir" {
		mount["readOnly"] = true
	}
	v.volumes, v.mounts = append(v.volumes, tree.Map{"name": name, kind: source}), append(v.mounts, mount)
}

// user adds a volume of the user's. Mounted where one of ours is, it replaces it.
func (v *volumes) user(volume, mount tree.Map) {
	at := flink.Mounted(tree.String(mount, "mountPath"))
	if i := slices.IndexFunc(v.mounts, has("mountPath", at)); i >= 0 {
		if j := slices.IndexFunc(v.volumes, has("name", tree.String(v.mounts[i], "name"))); j >= 0 {
			v.volumes = slices.Delete(v.volumes, j, j+1)
		}
		v.mounts = slices.Delete(v.mounts, i, i+1)
	}
	v.mounts = append(v.mounts, mount)
	// One volume may be mounted twice; what only has the same name is an error later.
	if !slices.ContainsFunc(v.volumes, func(other any) bool { return tree.Equal(other, volume) }) {
		v.volumes = append(v.volumes, volume)
	}
}

// has finds the element of a list with this text in a field.
func has(field, text string) func(any) bool {
	return func(e any) bool { return tree.String(e, field) == text }
}

// follow mounts in an init container what is mounted at the same place here; what is
// usrlib here, wherever it stands there.
func (v *volumes) follow(mounts []any, userLib string) {
	for i, m := range mounts {
		at := tree.String(m, "mountPath")
		place := at
		if tree.String(m, "name") == flink.UserLibVolume {
			place = userLib
		}
		for _, own := range v.mounts {
			if path.Clean(tree.String(own, "mountPath")) == place {
				mount := tree.CopyMap(own.(tree.Map))
				mount["mountPath"] = at
				delete(mount, "readOnly") // for Flink, but not for what puts jars there
				mounts[i] = mount
			}
		}
	}
}

// args are the arguments of the image's entrypoint: a command, then -D options,
// then what belongs to the job.
func (c *Plan) args(component labels.Component) []any {
	command := []string{flink.CommandTaskManager}
	if component == labels.JobManager {
		command = c.command
	}
	args := slices.Grow(tree.FromList(command), 2*len(c.Properties)+len(c.JobArgs)+2)
	if c.HA && component == labels.JobManager {
		args = append(args, "-D", "jobmanager.rpc.address=$("+podAddress+")")
	}
	for _, p := range c.Properties {
		args = append(args, "-D", escape(p.Key)+"="+p.Value) // the value is escaped already
	}
	if component == labels.JobManager {
		for _, a := range c.JobArgs {
			args = append(args, escape(a))
		}
	}
	return args
}

func (c *Plan) ports(component labels.Component) []any {
	ports := taskManagerPorts
	if component == labels.JobManager {
		ports = jobManagerPorts
	} else if c.queryable {
		ports = append(slices.Clip(ports), containerPort("query-state", flink.PortQueryableState))
	}
	if m := c.Metrics; m != nil {
		ports = append(slices.Clip(ports), containerPort(metricsPort, int(m.Port)))
	}
	return ports
}

func (c *Plan) probes(component labels.Component) tree.Map {
	if component == labels.JobManager && !c.tls {
		return httpProbes
	}
	return tcpProbes
}

// cpuQuantity writes cores as Kubernetes' canonical quantity: "1", "1500m".
func cpuQuantity(cores string) string {
	milli, _ := deployment.Millicores(cores)
	if milli%1000 == 0 {
		return strconv.FormatInt(milli/1000, 10)
	}
	return strconv.FormatInt(milli, 10) + "m"
}

// memoryQuantity writes VVP's size as Kubernetes' canonical decimal quantity of the
// same number of bytes: "2G", "1500M".
func memoryQuantity(size string) string {
	bytes, _ := deployment.Bytes(size)
	suffix := ""
	for _, unit := range [...]string{"k", "M", "G"} {
		if bytes == 0 || bytes%1000 != 0 {
			break
		}
		bytes, suffix = bytes/1000, unit
	}
	return strconv.FormatInt(bytes, 10) + suffix
}
