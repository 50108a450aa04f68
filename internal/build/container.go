package build

import (
	"slices"
	"strconv"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/labels"
)

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
	for _, unit := range [...]struct {
		suffix string
		size   int64
	}{{"G", 1e9}, {"M", 1e6}, {"k", 1e3}} {
		if bytes >= unit.size && bytes%unit.size == 0 {
			return strconv.FormatInt(bytes/unit.size, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(bytes, 10)
}
