package deployment

import (
	"fmt"
	"io"
	"iter"

	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/yaml"
	"github.com/flinktarget/flinktarget/target"
)

// A Document is what a document of a stream holds: exactly one of its fields is not zero.
type Document struct {
	// Target, Deployment or SessionCluster is the resource.
	Target         target.Target
	Deployment     Deployment
	SessionCluster SessionCluster
}

// Read reads a stream of documents as [ParseAll] does, one at a time, however long
// the stream is, and yields their resources in order. A document that is not legal
// is yielded as an [*flinktarget.InvalidError] with all its problems, and the next one follows.
// A list is one document: its targets come first, then its Deployments, then its
// SessionClusters. An error of r ends the stream.
//
// The sequence reads r, so it can be ranged over once.
func Read(file string, r io.Reader) iter.Seq2[Document, error] { return Reader{}.Read(file, r) }

// Read is the function [Read] with these options.
func (o Reader) Read(file string, r io.Reader) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for doc, err := range yaml.Documents(file, r) {
			if err != nil {
				yield(Document{}, fmt.Errorf("reading %s: %w", file, err))
				return
			}
			if !o.read(doc).yield(yield) {
				return
			}
		}
	}
}

// yield yields what one document held.
func (r *reader) yield(yield func(Document, error) bool) bool {
	if len(r.problems) > 0 {
		return yield(Document{}, decode.Invalid("", r.problems...))
	}
	for _, t := range r.bundle.Targets {
		if !yield(Document{Target: t}, nil) {
			return false
		}
	}
	for _, d := range r.bundle.Deployments {
		if !yield(Document{Deployment: d}, nil) {
			return false
		}
	}
	for _, s := range r.bundle.SessionClusters {
		if !yield(Document{SessionCluster: s}, nil) {
			return false
		}
	}
	return true
}
