package render

import "github.com/flinktarget/flinktarget"

// VerifyError reports objects that Kubernetes would refuse, or that would not work
// together: what pod templates and patches left. Its Problems, at most 100, name the
// object and its field, where elements of lists are called by their name, mount path or
// port, as in spec.ports[rest]. Their Cause is the last patch that introduced them, or a
// field of the resource. It is ErrInvalid for errors.Is.
type VerifyError struct {
	flinktarget.InvalidError
}
