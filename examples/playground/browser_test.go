package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gotest.tools/v3/assert"
)

// browser is one page in a Chromium without a window, which is spoken to over a pipe in
// the DevTools protocol.
type browser struct {
	t       *testing.T
	session string
	target  string
	in      *os.File

	mu       sync.Mutex
	calls    int
	waiting  map[int]chan message
	requests []string // URLs, those of workers, too
	said     []string // errors, and what stands in the console
}

type message struct {
	ID        int             `json:"id,omitempty"`
	SessionID string          `json:"sessionId,omitempty"`
	Method    string          `json:"method,omitempty"`
	Params    json.RawMessage `json:"params,omitempty"`
	Result    json.RawMessage `json:"result,omitempty"`
	Error     *failure        `json:"error,omitempty"`
}

type failure struct {
	Message string `json:"message"`
}

const patience = 3 * time.Minute // for machines that do something else

// chromium starts a browser, or skips the test where there is none.
func chromium(t *testing.T, flags ...string) *browser {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		path, err = exec.LookPath("google-chrome")
	}
	if err != nil {
		t.Skip("neither chromium nor google-chrome is installed")
	}
	fromHere, in, err := os.Pipe()
	assert.NilError(t, err)
	out, toHere, err := os.Pipe()
	assert.NilError(t, err)
	profile, err := os.MkdirTemp("", "chromium-")
	assert.NilError(t, err)
	cmd := exec.Command(path, append([]string{"--headless=new", "--remote-debugging-pipe", "--no-sandbox",
		"--user-data-dir=" + profile, "--no-first-run", "--disable-background-networking", "--disable-gpu",
		"--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions",
		"--no-default-browser-check", "--disable-dev-shm-usage",
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"}, flags...)...)
	cmd.Env = append(os.Environ(), "HOME="+profile)
	cmd.ExtraFiles = []*os.File{fromHere, toHere}
	assert.NilError(t, cmd.Start())
	assert.NilError(t, fromHere.Close())
	assert.NilError(t, toHere.Close())
	b := &browser{t: t, in: in, waiting: map[int]chan message{}}
	t.Cleanup(func() {
		b.send(message{Method: "Browser.close"})
		end := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait() // a signal is an end, too
		end.Stop()
		_ = os.RemoveAll(profile) // children may still write
	})
	go b.listen(bufio.NewReaderSize(out, 1<<20))
	return b
}

// open opens a page that b speaks to from here on.
func (b *browser) open(url string) {
	b.t.Helper()
	b.session = ""
	if b.target != "" {
		b.call("Target.closeTarget", map[string]any{"targetId": b.target}, nil)
	}
	var target struct{ TargetID string }
	b.call("Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	b.target = target.TargetID
	var attached struct{ SessionID string }
	b.call("Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.session = attached.SessionID
	b.call("Target.setAutoAttach", map[string]any{"autoAttach": true, "waitForDebuggerOnStart": true,
		"flatten": true}, nil)
	for _, domain := range []string{"Page", "Runtime", "Network", "Log", "Accessibility"} {
		b.call(domain+".enable", nil, nil)
	}
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 1400, "height": 1000,
		"deviceScaleFactor": 1, "mobile": false}, nil)
	b.call("Page.navigate", map[string]any{"url": url}, nil)
}

func (b *browser) send(m message) chan message {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	m.ID = b.calls
	answer := make(chan message, 1)
	b.waiting[m.ID] = answer
	text, err := json.Marshal(m)
	if err == nil {
		_, err = b.in.Write(append(text, 0))
	}
	if err != nil {
		answer <- message{Error: &failure{err.Error()}}
	}
	return answer
}

func (b *browser) call(method string, params, result any) {
	b.t.Helper()
	text, err := json.Marshal(params)
	assert.NilError(b.t, err)
	if params == nil {
		text = []byte("{}")
	}
	select {
	case answer := <-b.send(message{SessionID: b.session, Method: method, Params: text}):
		if answer.Error != nil {
			b.t.Fatalf("%s: %s", method, answer.Error.Message)
		}
		if result != nil {
			assert.NilError(b.t, json.Unmarshal(answer.Result, result))
		}
	case <-time.After(patience):
		b.t.Fatalf("%s: no answer", method)
	}
}

// listen hands out answers, and keeps what events say of requests and errors.
func (b *browser) listen(out *bufio.Reader) {
	for {
		text, err := out.ReadBytes(0)
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(text[:len(text)-1], &m) != nil {
			continue
		}
		b.mu.Lock()
		answer := b.waiting[m.ID]
		delete(b.waiting, m.ID)
		b.mu.Unlock()
		if answer != nil {
			answer <- m
			continue
		}
		b.event(m)
	}
}

func (b *browser) event(m message) {
	var p struct {
		SessionID string
		Request   struct{ URL string }
		Entry     struct{ Text, URL string }
	}
	_ = json.Unmarshal(m.Params, &p) // of events that are not looked at
	if m.Method == "Target.attachedToTarget" {
		b.send(message{SessionID: p.SessionID, Method: "Network.enable"})
		b.send(message{SessionID: p.SessionID, Method: "Runtime.enable"})
		b.send(message{SessionID: p.SessionID, Method: "Runtime.runIfWaitingForDebugger"})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch m.Method {
	case "Network.requestWillBeSent":
		b.requests = append(b.requests, p.Request.URL)
	case "Log.entryAdded":
		b.said = append(b.said, p.Entry.Text+" "+p.Entry.URL)
	case "Runtime.exceptionThrown", "Runtime.consoleAPICalled":
		b.said = append(b.said, string(m.Params))
	}
}

// eval returns the value of an expression of JavaScript; promises are waited for.
func (b *browser) eval(expression string) any {
	b.t.Helper()
	var out struct {
		Result           struct{ Value any }
		ExceptionDetails any
	}
	code := "(async () => {" + helpers + "return " + expression + "})()"
	b.call("Runtime.evaluate", map[string]any{"expression": code, "awaitPromise": true, "returnByValue": true}, &out)
	if out.ExceptionDetails != nil {
		b.t.Fatalf("%s: %v", expression, out.ExceptionDetails)
	}
	return out.Result.Value
}

// helpers are what expressions can use.
const helpers = `
const $ = id => document.getElementById(id);
const text = id => $(id).textContent;
const view = id => $(id)?.shadowRoot;
const lines = id => [...view(id)?.querySelectorAll(".cm-line") ?? []];
const line = (id, part) => lines(id).find(l => l.textContent.includes(part));
const box = e => { const r = e.getBoundingClientRect(); return {x: r.x + 60, y: r.y + r.height / 2}; };
const focused = () => document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
`

// wait waits until an expression is true.
func (b *browser) wait(expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if b.eval(expression) == true {
			return
		}
		if time.Now().After(end) {
			b.screenshot("failed")
			_, said := b.seen()
			b.t.Fatalf("is not so: %s\nproblems: %v\nsaid: %q", expression, b.eval(`text("problems")`), said)
		}
	}
}

// press presses keys, such as Tab or Control+End.
func (b *browser) press(keys ...string) {
	b.t.Helper()
	codes := map[string]int{"Tab": 9, "Enter": 13, " ": 32, "End": 35, "Home": 36, "ArrowLeft": 37, "ArrowRight": 39,
		"ArrowUp": 38, "ArrowDown": 40, "F8": 119, "Backspace": 8, "a": 65}
	for _, key := range keys {
		modifiers := 0
		for name, bit := range map[string]int{"Control+": 2, "Shift+": 8} {
			if rest, ok := strings.CutPrefix(key, name); ok {
				key, modifiers = rest, bit
			}
		}
		p := map[string]any{"type": "rawKeyDown", "key": key, "code": key, "windowsVirtualKeyCode": codes[key],
			"modifiers": modifiers}
		if text := map[string]string{"Enter": "\r", " ": " "}[key]; text != "" {
			p["type"], p["text"] = "keyDown", text
		}
		b.call("Input.dispatchKeyEvent", p, nil)
		p["type"] = "keyUp"
		delete(p, "text")
		b.call("Input.dispatchKeyEvent", p, nil)
	}
}

func (b *browser) typeText(text string) {
	b.t.Helper()
	b.call("Input.insertText", map[string]any{"text": text}, nil)
}

// mouse moves the mouse to an element, and clicks.
func (b *browser) mouse(element string, click bool) {
	b.t.Helper()
	place, ok := b.eval("box(" + element + ")").(map[string]any)
	assert.Assert(b.t, ok)
	events := []string{"mouseMoved"}
	if click {
		events = append(events, "mousePressed", "mouseReleased")
	}
	for _, event := range events {
		b.call("Input.dispatchMouseEvent", map[string]any{"type": event, "x": place["x"], "y": place["y"],
			"button": map[bool]string{true: "left", false: "none"}[event != "mouseMoved"], "clickCount": 1}, nil)
	}
}

// screenshot writes a picture for people, if they ask for it.
func (b *browser) screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("PLAYGROUND_SCREENSHOTS")
	if dir == "" {
		return
	}
	var out struct{ Data string }
	b.call("Page.captureScreenshot", map[string]any{"format": "png"}, &out)
	png, err := base64.StdEncoding.DecodeString(out.Data)
	assert.NilError(b.t, err)
	assert.NilError(b.t, os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644))
}

// node is what a screen reader is told of an element.
type node struct {
	Role, Name string
	Focusable  bool
}

func (b *browser) accessible() []node {
	b.t.Helper()
	type value struct{ Value any }
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name value
			Properties []struct {
				Name  string
				Value value
			}
		}
	}
	b.call("Accessibility.getFullAXTree", nil, &tree)
	var out []node
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		one := node{Role: fmt.Sprint(n.Role.Value), Name: strings.TrimSpace(fmt.Sprint(n.Name.Value))}
		for _, p := range n.Properties {
			one.Focusable = one.Focusable || p.Name == "focusable" && p.Value.Value == true
		}
		out = append(out, one)
	}
	return out
}

// seen returns the requests so far, and what was said.
func (b *browser) seen() (requests, said []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.requests), slices.Clone(b.said)
}

// forget takes back what was meant to happen.
func (b *browser) forget(parts ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	meant := func(text string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
	}
	b.said, b.requests = slices.DeleteFunc(b.said, meant), slices.DeleteFunc(b.requests, meant)
}
