package render

import (
	"iter"
	"slices"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/tree"
)

// WithTrace makes a Renderer record which steps set each field, for
// [Manifests.Explain]. What is rendered stays the same. It takes several times as
// long; without the option nothing is recorded, and it costs nothing.
func WithTrace() Option {
	return on("WithTrace", func(r *Renderer) { r.traced = true })
}

// Step is what a [Source] is.
type Step uint8

// The steps. Those from StepGenerated to StepDerivedID are the renderer's own, the
// others are what somebody wrote.
const (
	_ Step = iota // in the order of package explain
	// StepGenerated is the renderer itself. Name is that of its rule, such as image.
	StepGenerated
	// StepSystemLabel puts on a label of the platform.
	StepSystemLabel
	// StepChecksum puts the checksum of the configuration on a pod template.
	StepChecksum
	// StepDerivedID makes a job id where [Job] has none.
	StepDerivedID
	// StepDefault is what VVP fills in.
	StepDefault
	// StepDefaults is a layer of Deployment Defaults.
	StepDefaults
	// StepField is a field of the Deployment or SessionCluster.
	StepField
	// StepPodOption is a field below kubernetes.pods.
	StepPodOption
	// StepPodTemplate is a field of a pod template.
	StepPodTemplate
	// StepTarget is a field of the DeploymentTarget, its namespace.
	StepTarget
	// StepPatch is an entry of the target's patch set.
	StepPatch
	// StepJob is a field of [Job].
	StepJob
	// StepOption is an option of the [Renderer], by its Name.
	StepOption
)

var stepNames = [...]string{
	StepGenerated: "generated", StepSystemLabel: "system label", StepChecksum: "checksum", StepDerivedID: "derived id",
	StepDefault: "VVP default", StepDefaults: "Deployment Defaults", StepField: "field", StepPodOption: "pod option",
	StepPodTemplate: "pod template", StepTarget: "target", StepPatch: "patch", StepJob: "job", StepOption: "option",
}

// String returns the step in words.
func (s Step) String() string {
	if int(s) < len(stepNames) {
		return stepNames[s]
	}
	return ""
}

// A Source is a step that set a field, or something that the step made it of.
type Source struct {
	// Step is what it is.
	Step Step
	// Name is an option such as UseImages, a field of [Job], or the rule by which
	// the renderer generates a field. These are the rules:
	//
	//	kind               apiVersion and kind
	//	name, namespace    of the objects, and where they refer to each other
	//	selector           which pods a workload, Service or budget means
	//	configuration      Flink's configuration file
	//	logging            the configuration of Log4j
	//	submission         what hands the job to a session cluster
	//	rights             what Flink may do in Kubernetes
	//	service account    whether pods have one, and its token
	//	high availability  what JobManagers need to find each other
	//	replicas           how many pods there are
	//	restarts           how often a failed JobManager is started again
	//	strategy           how a Deployment replaces its pods
	//	disruption         how many pods may be away at a time
	//	spread             on which nodes pods run
	//	termination        how long pods may take to end
	//	isolation          what pods do not get to see
	//	security           users, privileges and capabilities
	//	container, image, arguments, ports, resources, probes
	//	volumes            configuration, logs and temporary files
	//	artifact           how jars get into the pods
	//	plugins            the file systems that Flink fetches them from
	//	tls                certificates
	//	metrics            how Prometheus gets them
	//	ingress, autoscaling, network
	Name string
	// Resource is whose Field it is, such as "Deployment default/top-speed".
	Resource string
	// Field is a path in the resource. Elements of lists that have a merge key are
	// called by it, as in spec.template.spec.kubernetes.pods.envVars[TZ].value.
	Field string
	// Position is where that stands, zero if the resource was not read from a text.
	Position flinktarget.Position
}

// String returns the step with what is known of it, for people.
func (s Source) String() string {
	text := s.Step.String()
	for _, part := range [...]string{s.Name, s.Resource, s.Field} {
		if part != "" {
			text += " " + part
		}
	}
	if at := s.Position.String(); at != "" {
		text += " (" + at + ")"
	}
	return text
}

// An Explanation says what set one field of an object.
type Explanation struct {
	// Object is whose field it is.
	Object Object
	// Path is that of a field with nothing below it: a scalar, an empty map or list.
	// Elements of lists that have a merge key are called by it, as in
	// spec.template.spec.containers[flink-taskmanager].image, others by their index.
	Path string
	// Sources are the steps that set the field, the last first. A step is followed by
	// what it made the value of, and that by what it took the place of: for the
	// number of TaskManagers, say, a patch of the target; then the renderer's rule,
	// the Deployment's parallelism, and VVP's default for that.
	Sources []Source
	// Before is the value that the last step on the object, such as a patch or a pod
	// template, took the place of; nil if there was none. After is the value.
	Before, After any
	// Removed says that the first of the Sources has removed the field; After is nil.
	Removed bool
}

// Explain yields every field of the objects, in their order and that of their
// fields, with what set it. It yields nothing if the Renderer had no [WithTrace], and
// for objects of [Renderer.Target]. What it yields is fresh.
//
// Removing a source that is not listed, from the input, never changes the field.
// One case is left out: a label or annotation that keeps a patch from matching is no
// source of what the patch would have set.
func (m Manifests) Explain() iter.Seq[Explanation] { return m.explain((*explain.Tree).Leaves, false) }

// ExplainRemoved yields every field that a step had set, and a later one, such as a patch,
// removed from an object that is still there; otherwise it is as [Manifests.Explain].
func (m Manifests) ExplainRemoved() iter.Seq[Explanation] {
	return m.explain((*explain.Tree).Removed, true)
}

func (m Manifests) explain(leaves func(*explain.Tree) []explain.Leaf, removed bool) iter.Seq[Explanation] {
	return func(yield func(Explanation) bool) {
		for _, o := range m.objects {
			if o.trace == nil {
				continue
			}
			for _, l := range leaves(o.trace) {
				e := explanation(o, l)
				if e.Removed = removed; !yield(e) {
					return
				}
			}
		}
	}
}

func explanation(o Object, l explain.Leaf) Explanation {
	e := Explanation{Object: o, Path: l.Path, Before: tree.Copy(l.Before), After: tree.Copy(l.Value)}
	for _, origin := range l.Sources {
		from, ok := origin.(*explain.Source)
		if !ok {
			continue
		}
		s := Source{Step(from.Step), from.Name, from.Resource, from.Field, from.Position}
		if !slices.Contains(e.Sources, s) { // steps that are the same may have been recorded apart
			e.Sources = append(e.Sources, s)
		}
	}
	return e
}
