package servers

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Postgres is a server of a new database.
type Postgres struct {
	dir   string
	proxy *Proxy
	cmd   *exec.Cmd
}

// ErrNotInstalled: there is no PostgreSQL on this machine.
var ErrNotInstalled = errors.New("PostgreSQL is not installed")

// NewPostgres starts the newest PostgreSQL of Debian's packages. For root, who may not
// run it, it runs as the user postgres, and its data is in a folder of its own because a
// test's folder is for its user only.
func NewPostgres() (*Postgres, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return nil, ErrNotInstalled
	}
	bin := filepath.Dir(found[len(found)-1])
	dir, err := os.MkdirTemp("", "postgres")
	if err != nil {
		return nil, err
	}
	data := filepath.Join(dir, "data")
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.SysProcAttr, cmd.Dir = attributes, dir
		return cmd
	}
	init := command("initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale", "C")
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(address)
	p := &Postgres{dir: dir, cmd: command("postgres", "-D", data, "-h", "127.0.0.1", "-p", port, "-k", dir)}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	if p.proxy, err = NewProxy(address); err != nil {
		return nil, err
	}
	for range 600 {
		if command("pg_isready", "-h", "127.0.0.1", "-p", port).Run() == nil {
			return p, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.Close()
	return nil, errors.New("PostgreSQL does not start")
}

// DSN is the name of its database for clients, through a proxy, with tables in a schema and
// a level of isolation where they ask for none.
func (p *Postgres) DSN(schema, isolation string) string {
	return fmt.Sprintf("postgres://test@%s/postgres?sslmode=disable&search_path=%s&default_transaction_isolation=%s",
		p.proxy.Address(), schema, url.PathEscape(isolation))
}

// Cut cuts a few connections.
func (p *Postgres) Cut() { p.proxy.Cut(3) }

// Close stops the server.
func (p *Postgres) Close() {
	p.proxy.Close()
	_ = p.cmd.Process.Signal(syscall.SIGINT)
	_ = p.cmd.Wait()
	_ = os.RemoveAll(p.dir)
}
