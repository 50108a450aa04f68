package endtoend

import (
	"cmp"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/websocket"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/flinktarget/flinktarget/render"
)

// An api is what of an API server high availability needs: ConfigMaps with versions and
// watches, over TLS, for who has the token of a rendered ServiceAccount, as far as the
// rendered Roles and RoleBindings go.
type api struct {
	t    *testing.T
	port string
	dir  string
	ca   []byte

	admin string // the token of a real one's administrator, which apiserver_test.go starts

	mu       sync.Mutex
	version  int
	maps     map[string]corev1.ConfigMap // by namespace/name
	events   []event
	changed  chan struct{} // closed at the next event
	roles    map[string][]rbacv1.PolicyRule
	bindings map[string]string // role, by ServiceAccount
	denied   []string
	used     map[string]bool // verbs
}

type event struct {
	version int
	kind    watch.EventType
	object  corev1.ConfigMap
}

func newAPI(t *testing.T) *api {
	t.Helper()
	a := &api{t: t, maps: map[string]corev1.ConfigMap{}, changed: make(chan struct{}),
		roles: map[string][]rbacv1.PolicyRule{}, bindings: map[string]string{}, used: map[string]bool{}}
	dir, err := os.MkdirTemp(work, "api-")
	assert.NilError(t, err)
	a.dir = dir
	certificate := a.certificate()
	listener, err := tls.Listen("tcp", node+":0", &tls.Config{Certificates: []tls.Certificate{certificate}})
	assert.NilError(t, err)
	_, a.port, err = net.SplitHostPort(listener.Addr().String())
	assert.NilError(t, err)
	server := &http.Server{Handler: a, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	return a
}

func (a *api) certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	assert.NilError(a.t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "api"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.ParseIP(node)}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	assert.NilError(a.t, err)
	a.ca = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// grant takes what a rendering says of access.
func (a *api) grant(t *testing.T, object render.Object) {
	t.Helper()
	assert.Assert(t, a != nil, "%s without an API server", object.Kind())
	if a.admin != "" {
		assert.NilError(t, a.apply(object))
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch object.Kind() {
	case "Role":
		a.roles[object.Name()] = into[rbacv1.Role](t, object).Rules
	case "RoleBinding":
		b := into[rbacv1.RoleBinding](t, object)
		for _, s := range b.Subjects {
			a.bindings[s.Name] = b.RoleRef.Name
		}
	}
}

// account is the folder that Kubernetes mounts for a ServiceAccount. Its token is its name,
// if this is the server.
func (a *api) account(name string) string {
	dir, token := filepath.Join(a.dir, name), name
	if a.admin != "" {
		var err error
		token, err = a.token(name)
		assert.NilError(a.t, err)
	}
	assert.NilError(a.t, os.MkdirAll(dir, 0o755))
	for file, text := range map[string][]byte{"token": []byte(token), "ca.crt": a.ca, "namespace": []byte("flink-jobs")} {
		assert.NilError(a.t, os.WriteFile(filepath.Join(dir, file), text, 0o644))
	}
	return dir
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.URL.Path == "/version" {
		answer(w, http.StatusOK, map[string]string{"major": "1", "minor": "33", "gitVersion": "v1.33.0"})
		return
	}
	if len(parts) < 5 || parts[0] != "api" || parts[4] != "configmaps" {
		status(w, http.StatusNotFound, "NotFound", r.URL.Path)
		return
	}
	namespace, name := parts[3], ""
	if len(parts) > 5 {
		name = parts[5]
	}
	verb := map[string]string{"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete", "GET": "get"}[r.Method]
	isWatch := r.URL.Query().Get("watch") == "true"
	switch {
	case isWatch:
		verb = "watch"
	case verb == "get" && name == "":
		verb = "list"
	}
	account, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !a.may(account, verb) {
		status(w, http.StatusForbidden, "Forbidden", account+" may not "+verb)
		return
	}
	if isWatch {
		a.watch(w, r, namespace)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		status(w, http.StatusBadRequest, "BadRequest", err.Error())
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	switch verb {
	case "list":
		list := corev1.ConfigMapList{TypeMeta: metav1.TypeMeta{Kind: "ConfigMapList", APIVersion: "v1"}, Items: []corev1.ConfigMap{}}
		list.ResourceVersion = strconv.Itoa(a.version)
		for _, m := range a.maps {
			if selected(r, namespace, m) {
				list.Items = append(list.Items, m)
			}
		}
		answer(w, http.StatusOK, list)
	case "create":
		a.create(w, namespace, body)
	default:
		a.change(w, r, namespace+"/"+name, verb, body)
	}
}

// may reports whether the Role of an account has a verb, and remembers the answer.
func (a *api) may(account, verb string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, rule := range a.roles[a.bindings[account]] {
		if slices.Contains(rule.Resources, "configmaps") && slices.Contains(rule.Verbs, verb) {
			a.used[verb] = true
			return true
		}
	}
	a.denied = append(a.denied, fmt.Sprintf("%q %s", account, verb))
	return false
}

func (a *api) create(w http.ResponseWriter, namespace string, body []byte) {
	var m corev1.ConfigMap
	if err := json.Unmarshal(body, &m); err != nil {
		status(w, http.StatusBadRequest, "BadRequest", err.Error())
		return
	}
	m.Namespace = namespace
	key := namespace + "/" + m.Name
	if _, ok := a.maps[key]; ok {
		status(w, http.StatusConflict, "AlreadyExists", key)
		return
	}
	m.UID = "uid"
	m.CreationTimestamp = metav1.Now()
	answer(w, http.StatusCreated, a.store(watch.Added, key, m))
}

// change gets, updates, patches or deletes one.
func (a *api) change(w http.ResponseWriter, r *http.Request, key, verb string, body []byte) {
	m, ok := a.maps[key]
	if !ok {
		status(w, http.StatusNotFound, "NotFound", key)
		return
	}
	var changed corev1.ConfigMap
	var err error
	switch verb {
	case "get":
		answer(w, http.StatusOK, m)
		return
	case "delete":
		a.store(watch.Deleted, key, m)
		delete(a.maps, key)
		answer(w, http.StatusOK, metav1.Status{Status: metav1.StatusSuccess})
		return
	case "update":
		err = json.Unmarshal(body, &changed)
	case "patch":
		changed, err = patched(m, r.Header.Get("Content-Type"), body)
	}
	switch {
	case err != nil:
		status(w, http.StatusUnprocessableEntity, "Invalid", err.Error())
	case changed.ResourceVersion != "" && changed.ResourceVersion != m.ResourceVersion:
		status(w, http.StatusConflict, "Conflict", key)
	default:
		answer(w, http.StatusOK, a.store(watch.Modified, key, changed))
	}
}

func patched(m corev1.ConfigMap, kind string, body []byte) (out corev1.ConfigMap, err error) {
	before, err := json.Marshal(m)
	if err != nil {
		return out, err
	}
	var after []byte
	if strings.HasPrefix(kind, "application/json-patch+json") {
		var patch jsonpatch.Patch
		if patch, err = jsonpatch.DecodePatch(body); err == nil {
			after, err = patch.Apply(before)
		}
	} else { // strategic and merge patches of maps are the same
		after, err = jsonpatch.MergePatch(before, body)
	}
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(after, &out)
}

// store gives a ConfigMap its next version and tells who watches.
func (a *api) store(kind watch.EventType, key string, m corev1.ConfigMap) corev1.ConfigMap {
	a.version++
	m.TypeMeta = metav1.TypeMeta{Kind: "ConfigMap", APIVersion: "v1"}
	m.ResourceVersion = strconv.Itoa(a.version)
	a.maps[key] = m
	a.events = append(a.events, event{a.version, kind, m})
	close(a.changed)
	a.changed = make(chan struct{})
	return m
}

// watch sends events as they come, in messages of a WebSocket: without, clients before 1.18
// fall back to a way of theirs that hangs now and then.
func (a *api) watch(w http.ResponseWriter, r *http.Request, namespace string) {
	last, _ := strconv.Atoi(cmp.Or(r.URL.Query().Get("resourceVersion"), "0"))
	send := func(conn *websocket.Conn) {
		gone := make(chan struct{})
		go func() {
			_, _ = io.Copy(io.Discard, conn) // it says nothing, but ends
			close(gone)
		}()
		for {
			a.mu.Lock()
			events, changed := slices.Clone(a.events), a.changed
			a.mu.Unlock()
			for _, e := range events {
				if e.version <= last {
					continue
				}
				last = e.version
				if selected(r, namespace, e.object) &&
					websocket.JSON.Send(conn, map[string]any{"type": e.kind, "object": e.object}) != nil {
					return
				}
			}
			select {
			case <-changed:
			case <-gone:
				return
			}
		}
	}
	websocket.Server{Handler: send}.ServeHTTP(w, r)
}

// selected reports whether the selectors of a request choose a ConfigMap.
func selected(r *http.Request, namespace string, m corev1.ConfigMap) bool {
	byLabel, err := labels.Parse(r.URL.Query().Get("labelSelector"))
	if err != nil {
		return false
	}
	byField, err := fields.ParseSelector(r.URL.Query().Get("fieldSelector"))
	return err == nil && m.Namespace == namespace && byLabel.Matches(labels.Set(m.Labels)) &&
		byField.Matches(fields.Set{"metadata.name": m.Name, "metadata.namespace": m.Namespace})
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body) // who does not listen is gone
}

func status(w http.ResponseWriter, code int, reason, message string) {
	answer(w, code, metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
		Status: metav1.StatusFailure, Reason: metav1.StatusReason(reason), Message: message, Code: int32(code)})
}
