package linearize

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/target/linearize/servers"
)

// postgresServer is a server of a new database.
type postgresServer struct{ proxy *servers.Proxy }

// newPostgres starts the newest PostgreSQL of Debian's packages until the test ends, and skips
// the test if there is none. For root, who may not run it, it runs as the user postgres, and
// its data is in a folder of its own because a test's folder is for its user only.
func newPostgres(t testing.TB) postgresServer {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "postgres")
	assert.NilError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	data := filepath.Join(dir, "data")
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		assert.NilError(t, err)
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		assert.NilError(t, os.Chown(dir, uid, gid))
	}
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.SysProcAttr, cmd.Dir = attributes, dir
		return cmd
	}
	out, err := command("initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale", "C").CombinedOutput()
	assert.NilError(t, err, "%s", out)
	address, err := servers.FreeAddress()
	assert.NilError(t, err)
	_, port, _ := net.SplitHostPort(address)
	server := command("postgres", "-D", data, "-h", "127.0.0.1", "-p", port, "-k", dir)
	assert.NilError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGINT)
		_ = server.Wait()
	})
	proxy, err := servers.NewProxy(address)
	assert.NilError(t, err)
	t.Cleanup(proxy.Close)
	for range 600 {
		if command("pg_isready", "-h", "127.0.0.1", "-p", port).Run() == nil {
			return postgresServer{proxy}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("PostgreSQL does not start")
	return postgresServer{}
}

// dsn is the name of its database for clients, through a proxy, with tables in a schema and
// a level of isolation where they ask for none.
func (p postgresServer) dsn(schema, isolation string) string {
	return fmt.Sprintf("postgres://test@%s/postgres?sslmode=disable&search_path=%s&default_transaction_isolation=%s",
		p.proxy.Address(), schema, url.PathEscape(isolation))
}
