package servers

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"go.etcd.io/etcd/server/v3/embed"
)

// A Cluster is an etcd of several members in this process.
type Cluster struct {
	members []*embed.Config
	running []*embed.Etcd // nil where a member is stopped
	proxies []*Proxy
}

// NewCluster starts a cluster that keeps its data in dir, and waits until it answers.
func NewCluster(dir string, members int) (*Cluster, error) {
	c := &Cluster{running: make([]*embed.Etcd, members)}
	var all []string
	for i := range members {
		client, err := FreeAddress()
		peer, err2 := FreeAddress()
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		p, err := NewProxy(client)
		if err != nil {
			return nil, err
		}
		cfg := embed.NewConfig()
		cfg.Name, cfg.Dir = fmt.Sprint("m", i), filepath.Join(dir, fmt.Sprint("m", i))
		at := func(address string) []url.URL { return []url.URL{{Scheme: "http", Host: address}} }
		cfg.ListenClientUrls, cfg.AdvertiseClientUrls = at(client), at(client)
		cfg.ListenPeerUrls, cfg.AdvertisePeerUrls = at(peer), at(peer)
		cfg.LogLevel, cfg.LogOutputs = "panic", []string{"/dev/null"}
		c.members, c.proxies = append(c.members, cfg), append(c.proxies, p)
		all = append(all, cfg.Name+"=http://"+peer)
	}
	started := make(chan error, members)
	for i, cfg := range c.members {
		cfg.InitialCluster = strings.Join(all, ",")
		go func() { started <- c.Start(i) }()
	}
	var err error
	for range members {
		err = errors.Join(err, <-started)
	}
	return c, err
}

// Endpoints are proxies of the members.
func (c *Cluster) Endpoints() []string {
	var out []string
	for _, p := range c.proxies {
		out = append(out, p.Address())
	}
	return out
}

// Start starts a member that is stopped, with its data, and waits until it is ready.
func (c *Cluster) Start(i int) error {
	e, err := embed.StartEtcd(c.members[i])
	if err != nil {
		return err
	}
	c.running[i] = e
	select {
	case <-e.Server.ReadyNotify():
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("the member %d is not ready", i)
	}
}

// Stop stops a member without asking it to hand over what it leads.
func (c *Cluster) Stop(i int) {
	c.proxies[i].Cut(0)
	c.running[i].Server.HardStop()
	c.running[i].Close()
	c.running[i] = nil
}

// Cut cuts the connections of clients to a member.
func (c *Cluster) Cut(i int) { c.proxies[i].Cut(0) }

// Close stops everything.
func (c *Cluster) Close() {
	for i, e := range c.running {
		if e != nil {
			c.Stop(i)
		}
		c.proxies[i].Close()
	}
}
