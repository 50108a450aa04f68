package target

import (
	"fmt"
	"io"
	"iter"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yamldoc"
)

// Read reads a stream of documents, each a DeploymentTarget, one at a time, and
// yields them in order. A document that is not legal, or not a target, is yielded
// as an [*InvalidError] with all its problems, and the next one follows. An error
// of r ends the stream. Streams with other resources are for deployment.Read.
//
// The sequence reads r, so it can be ranged over once.
func Read(file string, r io.Reader) iter.Seq2[Target, error] {
	return func(yield func(Target, error) bool) {
		err := yamldoc.Read(file, r, yamldoc.DefaultLimits, func(doc yamldoc.Document, bad []yamldoc.Problem) bool {
			if doc.Root == nil {
				return yield(Target{}, invalid(Config{}, decode.Syntax(bad)))
			}
			return yield(FromNode(doc.Root))
		})
		if err != nil { // which is never that of a reader that was left
			yield(Target{}, fmt.Errorf("reading %s: %w", file, err))
		}
	}
}
