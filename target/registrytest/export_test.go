package registrytest

import (
	"context"

	"github.com/flinktarget/flinktarget/target"
)

// What the tests of this package see of cases.

var (
	Cases       = cases
	SharedCases = sharedCases
)

func (c testCase) Name() string { return c.name }
func (c testCase) Rule() string { return c.rule }

func (c testCase) Check(ctx context.Context, s target.Store) error { return c.run(ctx, 1, always(s)) }

func (c testCase) CheckShared(ctx context.Context, connect func() target.Store) error {
	return c.run(ctx, 2, connect)
}
