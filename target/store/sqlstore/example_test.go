package sqlstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/flinktarget/flinktarget/target"
	"github.com/flinktarget/flinktarget/target/store"
	"github.com/flinktarget/flinktarget/target/store/sqlstore"
)

// Two handles of one database, as two replicas of a service have them: what one holds,
// the other cannot delete.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "targets.db")))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	var replicas [2]*store.Store
	for i := range replicas {
		backend, err := sqlstore.New(ctx, db, sqlstore.SQLite)
		if err != nil {
			fmt.Println(err)
			return
		}
		replicas[i] = store.New(backend)
	}
	t, err := target.Parse("target.yaml", []byte(`
kind: DeploymentTarget
apiVersion: v1
metadata: {name: staging}
spec: {kubernetes: {namespace: staging}}
`))
	fmt.Println(err, replicas[0].Register(ctx, t))
	owner := target.Owner{Kind: "Deployment", Namespace: "default", Name: "clicks"}
	fmt.Println(replicas[0].Acquire(ctx, t.Ref(), owner))
	err = replicas[1].Delete(ctx, t.Ref())
	fmt.Println(errors.Is(err, target.ErrInUse), err)
	// Output:
	// <nil> <nil>
	// <nil>
	// true the target default/staging is in use by Deployment default/clicks
}
