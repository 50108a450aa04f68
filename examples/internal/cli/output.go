package cli

import "io"

// An Output keeps the first error of a writer, for those who print and do not look.
type Output struct {
	io.Writer
	// Err is the first error.
	Err error
}

// Write writes, unless it has failed before.
func (o *Output) Write(p []byte) (int, error) {
	if o.Err != nil {
		return 0, o.Err
	}
	n, err := o.Writer.Write(p)
	o.Err = err
	return n, err
}
