package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget"
	"github.com/flinktarget/flinktarget/target"
)

// requestError is an error with the status of its answer.
type requestError struct {
	Status int
	Err    error
}

func (e *requestError) Error() string { return e.Err.Error() }
func (e *requestError) Unwrap() error { return e.Err }

// invalid is an error about fields of a resource.
func invalid(subject fmt.Stringer, errs ...*field.Error) error {
	invalid := new(flinktarget.InvalidError)
	for _, e := range errs {
		invalid.Problems = append(invalid.Problems, flinktarget.Problem{Severity: flinktarget.SeverityError,
			Resource: subject.String(), Field: e.Field, Message: e.ErrorBody()})
	}
	return invalid
}

// problem is the body of every answer that is not good.
type problem struct {
	Message string         `json:"message"`
	Fields  []fieldProblem `json:"fields,omitempty"`
	Owners  []target.Owner `json:"owners,omitempty"`
}

type fieldProblem struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// explain turns an error into an answer. It shows nothing that is stored but names and
// ids: values may be another user's, and secrets.
func explain(err error) (int, problem) {
	p := problem{Message: err.Error()}
	if e, ok := errors.AsType[*flinktarget.InvalidError](err); ok {
		for _, f := range e.Problems {
			p.Fields = append(p.Fields, fieldProblem{Field: f.Field, Message: f.Message})
		}
		return http.StatusBadRequest, p
	}
	if e, ok := errors.AsType[*target.ImmutableError](err); ok {
		for _, f := range e.Fields {
			p.Fields = append(p.Fields, fieldProblem{f.Field, "the field is immutable"})
		}
		p.Message = fmt.Sprintf("the target %s exists, and its id and spec are immutable", e.Ref)
		return http.StatusBadRequest, p
	}
	if e, ok := errors.AsType[*target.InUseError](err); ok {
		p.Owners = e.Owners
		return http.StatusConflict, p
	}
	if e, ok := errors.AsType[*requestError](err); ok {
		return e.Status, p
	}
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case tooLarge:
		return http.StatusRequestEntityTooLarge, p
	case errors.Is(err, target.ErrConflict):
		return http.StatusConflict, p
	case errors.Is(err, target.ErrNotFound):
		return http.StatusNotFound, p
	case errors.Is(err, errUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable, problem{Message: errUnavailable.Error()}
	}
	return http.StatusInternalServerError, problem{Message: "internal error"}
}
