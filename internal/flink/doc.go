// Package flink holds what the library knows about Apache Flink itself: its
// versions, its configuration files, its memory model, its log configuration,
// its command line, ports and paths. It is data and pure functions; it knows
// neither Kubernetes nor the platform's resources.
//
// Facts are cited by the Flink class, option or script that states them. Where
// a comment says "checked against", the statement was compared with the
// released binaries of that version.
package flink

// A Problem is one thing wrong with a Flink setting, in words that a caller can
// attach to the place where the user wrote it.
type Problem struct {
	Key    string // configuration key, logger name or flag; empty when it has none
	Reason string // what is wrong, without the key
	Cure   string // what to do; may be empty
}

// String joins key, reason and cure into one line.
func (p Problem) String() string {
	s := p.Reason
	if p.Key != "" {
		s = p.Key + ": " + s
	}
	if p.Cure != "" {
		s += "; " + p.Cure
	}
	return s
}
