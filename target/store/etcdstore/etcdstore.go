// Package etcdstore keeps targets in etcd: a [store.Backend] over clientv3.
//
//	client, err := clientv3.New(clientv3.Config{Endpoints: endpoints, DialKeepAliveTime: 5 * time.Second})
//	s := store.New(etcdstore.New(client, "/flinktarget/"))
//
// A call is one linearizable transaction to read and one to write. It is answered as
// long as a majority of the members is up and can be reached; members may stop and come
// back. In a minority, calls wait for the majority until their context is done: give
// them deadlines. There are no leases, because a hold outlives who made it, and no watch
// and no cache: what is read is read from a quorum.
//
// A target with its holds is one value, which etcd limits to 1.5 MiB (about 14,000 owners
// of one target) as it limits a database to 2 GiB, unless its flags say otherwise: compact
// and defragment it. It limits a transaction to 128 operations: a Transact may read and write
// 127 records. Back up with etcdctl snapshot save; restore with all processes stopped, because
// revisions begin again at those of the backup.
package etcdstore

import (
	"context"
	"errors"
	"math"
	"strings"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/flinktarget/flinktarget/target/store"
)

const (
	attempt = 3 * time.Second // after which another member is asked
	page    = 500             // records of a List that are read at once
	minWait = 20 * time.Millisecond
	maxWait = time.Second

	// deleted is written by every deletion. No record's key has a space.
	deleted = " deleted"
)

// Backend keeps records under a prefix. Its revisions are etcd's; that of a record which
// is not there is the negative revision at which it was not.
type Backend struct {
	client *clientv3.Client
	prefix string
}

var _ store.Backend = (*Backend)(nil)

// New returns a backend for the keys that begin with prefix, which nobody else writes.
// It does not own the client.
func New(client *clientv3.Client, prefix string) *Backend { return &Backend{client, prefix} }

// Read is one transaction.
func (b *Backend) Read(ctx context.Context, keys ...string) ([]store.Record, error) {
	gets := make([]clientv3.Op, len(keys))
	for i, key := range keys {
		gets[i] = clientv3.OpGet(b.prefix + key)
	}
	resp, err := repeat(ctx, func(ctx context.Context) (*clientv3.TxnResponse, error) {
		return b.client.Txn(ctx).Then(gets...).Commit()
	})
	if err != nil {
		return nil, err
	}
	records := make([]store.Record, len(keys))
	for i, key := range keys {
		records[i] = store.Record{Key: key, Revision: -resp.Header.Revision}
		for _, kv := range resp.Responses[i].GetResponseRange().Kvs {
			records[i] = store.Record{Key: key, Value: valueOf(kv.Value), Revision: kv.ModRevision}
		}
	}
	return records, nil
}

// valueOf is not nil for an empty value.
func valueOf(v []byte) []byte { return append([]byte{}, v...) }

// List reads in pages, all at the revision of the first. Where that is compacted
// meanwhile, it starts again.
func (b *Backend) List(ctx context.Context, prefix string) ([]store.Record, error) {
	from, end := b.prefix+prefix, clientv3.GetPrefixRangeEnd(b.prefix+prefix)
	var records []store.Record
	revision := int64(0)
	for at := from; ; {
		resp, err := repeat(ctx, func(ctx context.Context) (*clientv3.GetResponse, error) {
			return b.client.Get(ctx, at, clientv3.WithRange(end), clientv3.WithLimit(page), clientv3.WithRev(revision))
		})
		if errors.Is(err, rpctypes.ErrCompacted) {
			at, records, revision = from, nil, 0
			continue
		}
		if err != nil {
			return nil, err
		}
		revision = resp.Header.Revision
		for _, kv := range resp.Kvs {
			key := string(kv.Key)
			at = key + "\x00"
			records = append(records, store.Record{Key: strings.TrimPrefix(key, b.prefix), Value: valueOf(kv.Value),
				Revision: kv.ModRevision})
		}
		if !resp.More {
			return records, nil
		}
	}
}

// Write is one transaction. Where its answer is lost it is sent again, which does
// nothing if it was done, because the revisions are others then; but nobody knows who
// changed them, and the error is that of the lost answer.
func (b *Backend) Write(ctx context.Context, records ...store.Record) (bool, error) {
	var same []clientv3.Cmp
	var ops []clientv3.Op
	deletes, absent := false, int64(math.MaxInt64) // the first moment at which one was not there
	for _, r := range records {
		key := b.prefix + r.Key
		revision := max(r.Revision, 0)
		same = append(same, clientv3.Compare(clientv3.ModRevision(key), "=", revision))
		if r.Value != nil {
			ops = append(ops, clientv3.OpPut(key, string(r.Value)))
		} else if revision > 0 {
			ops = append(ops, clientv3.OpDelete(key))
			deletes = true
		}
		if revision == 0 {
			absent = min(absent, -r.Revision)
		}
	}
	if absent < math.MaxInt64 {
		// What was there and was deleted is not there either. A transaction that is late for
		// minutes must not bring back what others made and deleted.
		same = append(same, clientv3.Compare(clientv3.ModRevision(b.prefix+deleted), "<", absent+1))
	}
	if deletes {
		ops = append(ops, clientv3.OpPut(b.prefix+deleted, ""))
	}
	var lost error
	resp, err := repeat(ctx, func(ctx context.Context) (*clientv3.TxnResponse, error) {
		resp, err := b.client.Txn(ctx).If(same...).Then(ops...).Commit()
		if err != nil {
			lost = err
		}
		return resp, err
	})
	if err != nil {
		return false, err
	}
	if !resp.Succeeded {
		return false, lost
	}
	return true, nil
}

// repeat calls f until it succeeds, or fails with an error that a moment later is the
// same. It gives each attempt a deadline and waits longer from one to the next.
func repeat[T any](ctx context.Context, f func(context.Context) (T, error)) (T, error) {
	for wait := minWait; ; wait = min(2*wait, maxWait) {
		one, cancel := context.WithTimeout(ctx, attempt)
		v, err := f(one)
		cancel()
		if err == nil {
			return v, nil
		}
		if ctx.Err() != nil {
			return v, ctx.Err()
		}
		if !passing(err) {
			return v, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
}

// passing reports whether err is one of the network, or of a cluster without a leader.
func passing(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	code := status.Code(err)
	if e, ok := errors.AsType[rpctypes.EtcdError](err); ok {
		code = e.Code()
	}
	return code == codes.Unavailable || code == codes.DeadlineExceeded
}
