package main

import (
	"context"
	"errors"
	"io"
	"runtime"

	"github.com/flinktarget/flinktarget/deployment"
	"github.com/flinktarget/flinktarget/render"
	"github.com/flinktarget/flinktarget/target"
)

// setCores lets the program use so many cores, and returns what undoes it.
func setCores(n int) (undo func()) {
	before := runtime.GOMAXPROCS(n)
	return func() { runtime.GOMAXPROCS(before) }
}

// stream reads W from r, renders it and writes the manifests to w.
func stream(r io.Reader, w io.Writer) error {
	var staging target.Target
	items := func(yield func(render.Item, error) bool) {
		for doc, err := range deployment.Read("w.yaml", r) {
			if !doc.Target.IsZero() {
				staging = doc.Target
				continue
			}
			if !yield(render.Item{Deployment: doc.Deployment}, err) {
				return
			}
		}
	}
	find := func(target.Ref) (target.Target, error) { return staging, nil }
	rendered := 0
	for m, err := range new(render.Renderer).Stream(context.Background(), items, find) {
		if err != nil {
			return err
		}
		if _, err := m.WriteTo(w); err != nil {
			return err
		}
		rendered += m.Len()
	}
	if rendered == 0 {
		return errors.New("nothing was rendered")
	}
	return nil
}
