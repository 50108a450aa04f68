package target

import (
	"fmt"
	"testing"

	"gotest.tools/v3/assert"
)

// The form of a set follows its size, and keeps nothing that it does not need.
func TestOwnerSetForms(t *testing.T) {
	owner := func(i int) Owner { return Owner{Name: fmt.Sprint(i)} }
	s := new(ownerSet)
	for i := range maxFew {
		s.add(owner(i))
	}
	assert.Assert(t, s.many == nil && len(s.few) == maxFew)
	s.add(owner(0))
	assert.Assert(t, s.many == nil && s.len() == maxFew, "one that is there makes no more of them")
	s.add(owner(maxFew))
	assert.Assert(t, s.few == nil && len(s.many) == maxFew+1)
	for i := range maxFew - minMany {
		assert.Assert(t, s.remove(owner(i)))
	}
	assert.Assert(t, s.few == nil && len(s.many) == minMany+1)
	assert.Assert(t, s.remove(owner(maxFew)))
	assert.Assert(t, s.many == nil && len(s.few) == minMany)
	for i := maxFew - minMany; i < maxFew; i++ {
		assert.Assert(t, s.has(owner(i)) && s.remove(owner(i)) && !s.remove(owner(i)))
	}
	assert.Assert(t, s.few == nil && s.len() == 0)
}
