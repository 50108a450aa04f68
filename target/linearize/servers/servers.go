// Package servers starts what stores need, for tests: clusters of etcd in this process, and
// proxies whose connections can be cut.
package servers

import (
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// A Proxy passes connections on to an address, until it cuts them.
type Proxy struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	open     map[net.Conn]bool
}

// NewProxy listens on a free port of this machine.
func NewProxy(to string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, to: to, open: map[net.Conn]bool{}}
	go p.accept()
	return p, nil
}

// Address is where the proxy listens.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Cut closes this many connections, any of them; all if it is 0. New ones are accepted.
func (p *Proxy) Cut(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close() // and pass closes the other end
		if n--; n == 0 {
			return
		}
	}
}

// Close ends the proxy.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut(0)
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		up, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = c.Close()
			continue
		}
		p.mu.Lock()
		p.open[c], p.open[up] = true, true
		p.mu.Unlock()
		go p.pass(c, up)
		go p.pass(up, c)
	}
}

func (p *Proxy) pass(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range []net.Conn{from, to} {
		_ = c.Close()
		delete(p.open, c)
	}
}

// ports are counted, so that none is given twice, from another place in each process.
var ports atomic.Int64

// FreeAddress returns one that nobody listens on. It is none of those that systems give to
// who connects, and so stays free until somebody listens.
func FreeAddress() (string, error) {
	var err error
	for range 1000 {
		port := 10_000 + (int64(os.Getpid())*97+ports.Add(1))%20_000
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			return l.Addr().String(), l.Close()
		}
	}
	return "", err
}
