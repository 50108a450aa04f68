package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/internal/explain"
	"github.com/flinktarget/flinktarget/internal/kinds"
	"github.com/flinktarget/flinktarget/internal/parallel"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// Manifests are the Kubernetes objects of one or more resources, in the order in
// which they are best applied: an immutable value, safe for concurrent use. The
// zero value is empty.
type Manifests struct {
	_        [0]func()
	objects  []Object
	warnings []flinktarget.Problem
	// uses tells of the target's patches; those that changed no object are warnings.
	uses []patchUse
}

// Len returns the number of objects.
func (m Manifests) Len() int { return len(m.objects) }

// All yields the objects in their order.
func (m Manifests) All() iter.Seq[Object] { return slices.Values(m.objects) }

// Find returns the first object of this apiVersion, kind, namespace and name, and whether
// there is one. The namespace is empty for objects that have none.
func (m Manifests) Find(apiVersion, kind, namespace, name string) (Object, bool) {
	for _, o := range m.objects {
		if o.Kind() == kind && o.Name() == name && o.Namespace() == namespace && o.APIVersion() == apiVersion {
			return o, true
		}
	}
	return Object{}, false
}

// Warnings returns what a person should look at, in a fresh slice.
func (m Manifests) Warnings() []flinktarget.Problem {
	return append(slices.Clone(m.warnings), warnUnused(m.uses)...)
}

// Digest returns the SHA-256 of the objects in hexadecimal. It is the same for the
// same objects, and does not depend on warnings.
func (m Manifests) Digest() string {
	var text []byte
	for _, o := range m.objects {
		text = append(tree.AppendJSON(text, o.tree), '\n')
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// WriteTo writes the objects as a stream of YAML documents, each after a line of
// three dashes. It writes nothing if there are no objects, or if one of them cannot
// be written. Many objects are made into text on all CPUs that the program may use,
// and are written by several calls of Write.
func (m Manifests) WriteTo(w io.Writer) (int64, error) {
	const objectsOfPart = 64
	parts := slices.Collect(slices.Chunk(m.objects, objectsOfPart))
	texts, errs := make([][]byte, len(parts)), make([]error, len(parts))
	parallel.Do(len(parts), 0, func(i int) { texts[i], errs[i] = yamlOf(parts[i]) })
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	var written int64
	for _, text := range texts {
		n, err := w.Write(text)
		written += int64(n)
		if err == nil && n != len(text) {
			err = io.ErrShortWrite // a writer that loses something in silence
		}
		if err != nil {
			return written, err
		}
	}
	return written, nil
}

func yamlOf(objects []Object) (text []byte, err error) {
	const usual = 4 << 10 // bytes of an object, so that the text seldom has to grow
	text = make([]byte, 0, usual*len(objects))
	for _, o := range objects {
		text = append(text, yaml.Separator...)
		if text, err = yaml.Append(text, o.tree); err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
	}
	return text, nil
}

// JSON returns the objects as one Kubernetes List.
func (m Manifests) JSON() []byte {
	return tree.JSON(tree.Map{"apiVersion": "v1", "kind": "List", "items": m.list()})
}

// Join returns the objects and warnings of several renderings, in their order.
func Join(list ...Manifests) Manifests {
	var out Manifests
	for _, m := range list {
		out.objects = append(out.objects, m.objects...)
		out.warnings = append(out.warnings, m.Warnings()...)
	}
	return out
}

// An Object is one Kubernetes object: an immutable value, safe for concurrent
// use. The zero value is an object without fields.
type Object struct {
	_     [0]func()
	tree  tree.Map      // never changed, never handed out
	trace *explain.Tree // nil without WithTrace
	at    flinktarget.Position
}

// APIVersion returns the object's apiVersion, such as "apps/v1".
func (o Object) APIVersion() string { return tree.String(o.tree, "apiVersion") }

// Kind returns the object's kind.
func (o Object) Kind() string { return tree.String(o.tree, "kind") }

// Namespace returns metadata.namespace.
func (o Object) Namespace() string { return tree.String(o.tree, "metadata", "namespace") }

// Name returns metadata.name.
func (o Object) Name() string { return tree.String(o.tree, "metadata", "name") }

// Labels returns metadata.labels in a fresh map.
func (o Object) Labels() map[string]string { return tree.Strings(o.tree, "metadata", "labels") }

// Position returns where the resource stands that the object was rendered of, for messages
// about the object; zero if that was not read from a text, and for what [NewObject] made.
func (o Object) Position() flinktarget.Position { return o.at }

// Map returns the object as a fresh map, with int64 and float64 numbers, ready for
// an unstructured.Unstructured.
func (o Object) Map() map[string]any { return tree.CopyMap(o.tree) }

// Equal reports whether o and p are the same object.
func (o Object) Equal(p Object) bool {
	return bytes.Equal(tree.JSON(o.tree), tree.JSON(p.tree))
}

// String returns the kind and namespace/name, without the namespace where there is none.
func (o Object) String() string { return kinds.NameOf(o.tree) }
