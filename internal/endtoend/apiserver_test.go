package endtoend

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/flinktarget/flinktarget/render"
)

// newKubernetes starts a real API server, whose programs are in a folder. It authorizes by RBAC, and by what is rendered
// alone: only what makes those objects is the administrator. Its log of audits tells who
// asked for what.
func newKubernetes(t *testing.T, programs string) *api {
	t.Helper()
	a := newAPI(t) // the certificate, and who may do what, are the same
	a.port, a.admin = "6443", "administrator"
	file := func(name, text string) string {
		name = filepath.Join(a.dir, name)
		assert.NilError(t, os.WriteFile(name, []byte(text), 0o600))
		return name
	}
	certificate := a.certificate()
	key, err := x509.MarshalECPrivateKey(certificate.PrivateKey.(*ecdsa.PrivateKey))
	assert.NilError(t, err)
	keyFile := file("key", string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: key})))
	start := func(program string, args ...string) {
		cmd := exec.Command(filepath.Join(programs, program), args...)
		log, err := os.Create(filepath.Join(a.dir, program+".log"))
		assert.NilError(t, err)
		cmd.Stdout, cmd.Stderr = log, log
		assert.NilError(t, cmd.Start())
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			_ = log.Close()
		})
	}
	start("server", "--data-dir="+filepath.Join(a.dir, "etcd"))
	start("kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", "--bind-address="+node, "--secure-port="+a.port,
		"--tls-cert-file="+file("certificate", string(a.ca)), "--tls-private-key-file="+keyFile,
		"--service-account-key-file="+keyFile, "--service-account-signing-key-file="+keyFile,
		"--service-account-issuer=https://kubernetes.default.svc", "--service-cluster-ip-range=10.96.0.0/16",
		"--authorization-mode=RBAC", "--token-auth-file="+file("tokens", a.admin+",admin,admin,system:masters\n"),
		"--audit-policy-file="+file("audit", "kind: Policy\napiVersion: audit.k8s.io/v1\nrules: [{level: Metadata}]\n"),
		"--audit-log-path="+filepath.Join(a.dir, "audit.log"))
	namespace := &corev1.Namespace{}
	namespace.Name = "flink-jobs"
	deadline := time.Now().Add(5 * time.Minute)
	create := func() error { return a.post("/api/v1/namespaces", namespace, namespace) }
	for err := create(); err != nil; err = create() {
		assert.Assert(t, time.Now().Before(deadline), "%v; %s", err, tail(filepath.Join(a.dir, "kube-apiserver.log")))
		time.Sleep(time.Second)
	}
	return a
}

// post creates an object as the administrator.
func (a *api) post(path string, object, answer any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, "https://"+node+":"+a.port+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+a.admin)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.ca)
	return send(&http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}, request, answer)
}

// apply creates what is rendered.
func (a *api) apply(object render.Object) error {
	group := "/apis/"
	if object.APIVersion() == "v1" {
		group = "/api/"
	}
	return a.post(group+object.APIVersion()+"/namespaces/"+object.Namespace()+"/"+strings.ToLower(object.Kind())+"s",
		object, &struct{}{})
}

// token is one of a ServiceAccount, as Kubernetes mounts it.
func (a *api) token(account string) (string, error) {
	var answer authenticationv1.TokenRequest
	err := a.post("/api/v1/namespaces/flink-jobs/serviceaccounts/"+account+"/token", &answer, &answer)
	return answer.Status.Token, err
}

// audit reads what ServiceAccounts asked for, and were denied.
func (a *api) audit() {
	log, err := os.ReadFile(filepath.Join(a.dir, "audit.log"))
	assert.NilError(a.t, err)
	for line := range strings.Lines(string(log)) {
		var e struct {
			Verb, RequestURI string
			User             struct{ Username string }
			ResponseStatus   struct{ Code int }
		}
		assert.NilError(a.t, json.Unmarshal([]byte(line), &e))
		switch who := e.User.Username; {
		case !strings.HasPrefix(who, "system:serviceaccount:flink-jobs:"):
		case e.ResponseStatus.Code == http.StatusForbidden:
			a.denied = append(a.denied, who+" "+e.Verb+" "+e.RequestURI)
		case strings.Contains(e.RequestURI, "/configmaps"):
			a.used[e.Verb] = true
		}
	}
}
