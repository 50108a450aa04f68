package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

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

// invalid is an error about a field of a resource.
func invalid(subject fmt.Stringer, field, message string) flinktarget.Problem {
	return flinktarget.Problem{Severity: flinktarget.SeverityError, Resource: subject.String(), Field: field,
		Message: message}
}

// problem is the body of every answer that is not good.
type problem struct {
	Message string                `json:"message"`
	Fields  []flinktarget.Problem `json:"fields,omitempty"`
	Owners  []target.Owner        `json:"owners,omitempty"`
}

// explain turns an error into an answer. It shows nothing that is stored but names and
// ids: values may be another user's, and secrets.
func explain(err error) (int, problem) {
	p := problem{Message: err.Error()}
	if errors.Is(err, flinktarget.ErrInvalid) {
		p.Fields = slices.Collect(flinktarget.Problems(err))
		return http.StatusBadRequest, p
	}
	if e, ok := errors.AsType[*target.Error](err); ok {
		switch e.Class {
		case target.ErrImmutable:
			for _, f := range e.Fields {
				p.Fields = append(p.Fields, invalid(e.Ref, f.Field, "the field is immutable"))
			}
			p.Message = fmt.Sprintf("the target %s exists, and its id and spec are immutable", e.Ref)
			return http.StatusBadRequest, p
		case target.ErrNotFound:
			return http.StatusNotFound, p
		}
		p.Owners = e.Owners
		return http.StatusConflict, p
	}
	if e, ok := errors.AsType[*requestError](err); ok {
		return e.Status, p
	}
	if errors.Is(err, errUnavailable) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return http.StatusServiceUnavailable, problem{Message: errUnavailable.Error()}
	}
	return http.StatusInternalServerError, problem{Message: "internal error"}
}
