// Package explain records, beside the steps of a rendering, what gave each field of the
// objects its value: [Record] is fed by the pipeline. A [Tree] keeps the sources of the
// leaves of a JSON-shaped tree through merges ([Tree.Merge]), JSON patches
// ([Tree.Edit]) and anything else ([Tree.Assign]); what the renderer generates itself is
// told by a table of rules.
package explain

import "github.com/flinktarget/flinktarget/patch"

// Step is what a Source is. The steps mean what those of package render do, which has
// them in this order.
type Step uint8

// The steps.
const (
	_ Step = iota
	Generated
	SystemLabel
	Checksum
	DerivedID
	Default
	Defaults
	Field
	PodOption
	PodTemplate
	Target
	Patch
	Job
	Option
)

// A Source is a step that set a field, or something that the step made it of.
type Source struct {
	Step     Step
	Name     string // of an option, a field of Job, or a rule
	Resource string // whose Field it is
	Field    string
	Position patch.Position
}
