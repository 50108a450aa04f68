package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	// What the page depends on makes go test run again.
	_ "github.com/flinktarget/flinktarget/examples/playground/answers"
)

// TestPage is what people do with the page, in one browser after the other: starting it
// and compiling the library are what takes the time.
func TestPage(t *testing.T) {
	b := chromium(t, "--js-flags=--stack-size=150") // kB of 984: what overflows it sometimes always does
	_, err := os.ReadFile("wasm/main.go")           // of which go test knows nothing otherwise
	assert.NilError(t, err)
	p, err := build()
	assert.NilError(t, err)
	dir := t.TempDir()
	assert.NilError(t, os.CopyFS(dir, p)) // as -out does, for any web server
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	defer server.Close()
	url := server.URL + "/"
	for _, step := range []struct {
		name string
		do   func(*testing.T, *browser, string)
	}{
		{"loading", testLoading}, {"typing", testTyping}, {"explaining", testExplaining},
		{"comparing", testComparing}, {"sharing", testSharing}, {"keyboard", testKeyboard},
		{"screen readers", testScreenReaders}, {"light and dark", testColours}, {"narrow", testNarrow},
		{"hostile texts", testHostile}, {"the library stops", testStopped},
	} {
		ok := t.Run(step.name, func(t *testing.T) {
			b.t = t
			defer func() { b.t = nil }()
			step.do(t, b, url)
		})
		assert.Assert(t, ok)
	}
	b.t = t
	t.Logf("WebAssembly: %.2f MB compressed", float64(len(p["flinktarget.wasm.gzip"].Data))/1e6)
	assert.Assert(t, len(p["flinktarget.wasm.gzip"].Data) < 6_000_000)

	seen := map[string]bool{}
	requests, said := b.seen()
	for _, request := range requests {
		file, own := strings.CutPrefix(request, url)
		assert.Assert(t, own, "the page asks for %s", request)
		file, _, _ = strings.Cut(file, "#")
		seen[file] = true
		assert.Assert(t, file == "" || p[file] != nil, "the page asks for %q", file)
	}
	assert.Assert(t, seen["flinktarget.wasm.gzip"], "requests of workers are seen")
	assert.Equal(t, strings.Join(said, "\n"), "")
}

// fresh opens the page and waits for the manifests.
func fresh(b *browser, url string) {
	b.t.Helper()
	b.open(url)
	b.wait(`lines("output").length > 10 && !text("status").includes("loading")`)
}

// write pastes a text over that in the editor.
func write(b *browser, editor, text string) {
	b.t.Helper()
	b.eval(`view("` + editor + `").querySelector(".cm-content").focus()`)
	b.press("Control+a")
	b.eval(fmt.Sprintf(`(() => {
		const clipboardData = new DataTransfer();
		clipboardData.setData("text/plain", %q);
		focused().dispatchEvent(new ClipboardEvent("paste", {clipboardData, bubbles: true, cancelable: true}));
	})()`, text))
}

func testLoading(t *testing.T, b *browser, url string) {
	fresh(b, url)
	b.screenshot("light")
	for _, mark := range []string{"ready", "rendered"} {
		t.Logf("%s after %.0f ms", mark, b.eval(`performance.getEntriesByName("`+mark+`")[0].startTime`))
	}
	b.wait(`line("output", "kind: ConfigMap") || text("status") === "1 warning; 4 objects"`)
	b.wait(`!!line("input", "top-speed") || lines("input").length > 20`)
}

func testTyping(t *testing.T, b *browser, url string) {
	fresh(b, url)
	b.mouse(`line("input", "namespace: vvp-jobs")`, true)
	b.press("End")
	b.typeText("-2")
	b.press("Enter")
	b.typeText("# more")
	b.wait(`text("status") === "1 warning; 4 objects"`)
	b.wait(`$("stale").hidden && !!line("output", "flink-conf")`)

	// An error stands at its line, in the list, and in the status, which is read out.
	b.mouse(`line("input", "namespace: vvp-jobs")`, true)
	b.press("End", "Enter")
	b.typeText("bogus: 1")
	b.wait(`text("status") === "1 error"`)
	b.wait(`text("problems").includes("error in line 10: ") && text("problems").includes("bogus")`)
	b.wait(`!!view("input").querySelector(".cm-lint-marker-error") && !$("stale").hidden`)
	assert.Equal(t, b.eval(`view("input").querySelector(".cm-lintRange-error").textContent.trim()`), "bogus: 1")
	b.screenshot("error")
	b.mouse(`line("input", "kind: DeploymentTarget")`, true)
	b.mouse(`$("problems").querySelector("button")`, true)
	b.wait(`view("input").querySelector(".cm-activeLine").textContent.includes("bogus")`)
	b.press("Control+z")
}

func testExplaining(t *testing.T, b *browser, url string) {
	fresh(b, url)
	b.mouse(`line("output", "flink-conf.yaml")`, false)
	b.wait(`!!view("output").querySelector(".cm-tooltip")?.textContent.includes("data[flink-conf.yaml]")`)
	tip := b.eval(`view("output").querySelector(".cm-tooltip").textContent`).(string)
	patch := "patch DeploymentTarget default/vvp-jobs spec.deploymentPatchSet[0] (line 12)"
	assert.Assert(t, strings.Contains(tip, patch), tip)
	b.screenshot("hover")

	// The same for the keyboard: the cursor is in the line.
	b.eval(`view("output").querySelector(".cm-content").focus()`)
	b.press("Control+End", "ArrowUp")
	b.wait(`/Deployment vvp-jobs.* spec[.]template[.]spec[.]/.test(text("explanation"))`)
	b.press("Control+Home", "ArrowDown", "ArrowDown")
	b.wait(`text("explanation").includes("no value of its own")`)
	b.press("ArrowDown")
	b.wait(`text("explanation").includes("data[flink-conf.yaml]")`)
	b.mouse(`[...$("explanation").querySelectorAll("button")].find(e => e.textContent === "line 12")`, true)
	b.wait(`view("input").querySelector(".cm-activeLine").textContent.includes("op: add")`)
}

func testComparing(t *testing.T, b *browser, url string) {
	fresh(b, url)
	b.mouse(`$("tab-compare")`, true)
	b.wait(`text("changes") === "Nothing: both versions render the same."`)
	for _, change := range []struct{ old, new, sameJob, effect string }{
		{"value: UTC", "value: CET", "false", "1 object rolls pods"},
		{"numberOfTaskSlots: 2", "numberOfTaskSlots: 1", "false", "4 objects replaced"},
		{"numberOfTaskSlots: 2", "numberOfTaskSlots: 1", "true", "1 object refused"},
		{"parallelism: 2", "parallelism: 2\n      numberOfTaskManagers: 3", "true", "1 object in place"},
	} {
		b.eval(`$("same-job").checked === ` + change.sameJob + ` || $("same-job").click()`)
		write(b, "input", strings.Replace(example(t), change.old, change.new, 1))
		b.wait(fmt.Sprintf(`text("changes").includes("%s") && !text("status").includes("error")`, change.effect))
		b.screenshot(strings.ReplaceAll(change.effect, " ", "-"))
	}
	b.mouse(`$("take")`, true)
	b.wait(`text("changes") === "Nothing: both versions render the same."`)
	write(b, "before", "kind: Nothing")
	b.wait(`text("problems").includes("error in line 1 of the old version: ")`)
	const marked = `.querySelector(".cm-lint-marker-error")`
	b.wait(`!!view("before")` + marked + ` && !view("input")` + marked)
}

func testSharing(t *testing.T, b *browser, url string) {
	fresh(b, url)
	text := strings.Replace(example(t), "name: top-speed-windowing", "name: überall-😀", 1)
	write(b, "input", text)
	b.mouse(`$("share")`, true)
	b.wait(`text("shared").includes("address bar") && location.hash.length > 100`)
	link := b.eval(`location.href`).(string)
	t.Logf("a link of %d characters", len(link))
	b.typeText("x")
	b.wait(`location.hash === ""`) // it would be a link to another text
	fresh(b, link)
	b.wait(`!!line("input", "kind: DeploymentTarget")`)
	assert.Equal(t, b.eval(`(await import("./link.js")).unpack(location.hash.slice(1)).then(v => v.text)`), text)
	b.eval(`view("input").querySelector(".cm-content").focus()`)
	b.press("Control+End")
	b.wait(`!!line("input", "überall-😀")`)
}

// Everything can be reached and done without a mouse, in the order in which it stands.
func testKeyboard(t *testing.T, b *browser, url string) {
	fresh(b, url)
	var order []string
	for range 12 {
		b.press("Tab")
		name := b.eval(`focused().ariaLabel ?? (focused().id || focused().textContent.slice(0, 20))`)
		order = append(order, name.(string))
	}
	want := []string{"example", "share", "VVP resources, YAML", "problems", "warning: the job id ", "tab-manifests",
		"Manifests, YAML, read-only", "explanation"}
	at := slices.Index(order, "example")
	assert.Assert(t, at >= 0, "%v", order)
	assert.DeepEqual(t, order[at:min(len(order), at+len(want))], want)

	b.eval(`$("tab-manifests").focus()`)
	b.press("ArrowRight")
	b.wait(`!$("compare").hidden && focused() === $("tab-compare") && $("manifests").hidden`)
	b.press("Tab", "Enter") // take the text on the left
	b.press("Tab", " ")     // jobs keep their ids
	b.wait(`$("same-job").checked && text("changes").startsWith("Nothing")`)
	b.press("Shift+Tab", "Shift+Tab", "Home")
	b.wait(`!$("manifests").hidden && $("compare").hidden`)

	// From the text to a problem of it with keys.
	write(b, "input", strings.Replace(example(t), "parallelism: 2", "parallelism: -2", 1))
	b.wait(`text("status").includes("1 error")`)
	b.press("Tab", "Tab", "Enter")
	b.wait(`view("input").querySelector(".cm-activeLine")?.textContent.includes("parallelism: -2")`)
	b.press("Control+Home", "F8")
	b.wait(`view("input").querySelector(".cm-activeLine")?.textContent.includes("parallelism: -2")`)
}

// What a screen reader is told: each thing that takes the focus has a role and a name.
func testScreenReaders(t *testing.T, b *browser, url string) {
	fresh(b, url)
	for _, tab := range []string{"tab-manifests", "tab-compare"} {
		b.mouse(`$("`+tab+`")`, true)
		b.wait(`$("` + tab + `").ariaSelected === "true"`)
		roles := map[string]int{}
		for _, n := range b.accessible() {
			roles[n.Role]++
			if n.Role == "generic" {
				continue // which only a script can focus: testKeyboard has what the Tab key reaches
			}
			named := n.Role == "textbox" || n.Role == "button" || n.Role == "tab" || n.Role == "tabpanel" ||
				n.Role == "region" || n.Role == "checkbox" || n.Role == "heading" || n.Role == "RootWebArea"
			assert.Assert(t, n.Name != "" || !n.Focusable && !named, "%+v has no name", n)
		}
		want := map[string]int{"RootWebArea": 1, "banner": 1, "main": 1, "tablist": 1, "tab": 2, "tabpanel": 1,
			"textbox": 2, "status": 2}
		for role, count := range want {
			assert.Equal(t, roles[role], count, "%s: %s: %v", tab, role, roles)
		}
	}
	assert.Equal(t, b.eval(`document.documentElement.lang`), "en")
	assert.Equal(t, b.eval(`document.querySelectorAll("h1").length`), 1.0)
	assert.Equal(t, b.eval(`view("output").querySelector(".cm-content").ariaReadOnly`), "true")
}

// contrast lists texts that are hard to read on what is behind them, by WCAG's formula
// for AA: 4.5.
const contrast = `(() => {
  const parse = text => (text.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((c, i) => c * a + under[i] * (1 - a));
  const behind = e => {
    if (!e) return [255, 255, 255];
    const colour = parse(getComputedStyle(e).backgroundColor);
    return colour[3] === undefined ? colour : over(colour, behind(e.parentElement ?? e.getRootNode().host));
  };
  const light = colour => colour.slice(0, 3).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const bad = [];
  const look = root => {
    for (const e of root.querySelectorAll("*")) {
      if (e.shadowRoot) look(e.shadowRoot);
      if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !e.checkVisibility()) continue;
      const back = behind(e), a = light(over(parse(getComputedStyle(e).color), back)), b = light(back);
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      looked++;
      if (ratio < 4.5) bad.push(ratio.toFixed(2) + " " + e.tagName + " " + e.textContent.slice(0, 30));
    }
  };
  let looked = 0;
  look(document.body);
  return looked < 100 ? "only " + looked : bad.join("; ");
})()`

func testColours(t *testing.T, b *browser, url string) {
	fresh(b, url)
	b.eval(`$("share").click()`)
	for scheme, wantDark := range map[string]bool{"light": false, "dark": true} {
		b.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{
			{"name": "prefers-color-scheme", "value": scheme}}}, nil)
		b.wait(`matchMedia("(prefers-color-scheme: ` + scheme + `)").matches`)
		isDark := b.eval(`getComputedStyle(document.body).backgroundColor.match(/\d+/)[0] < 100`)
		assert.Equal(t, isDark, wantDark)
		for _, tab := range []string{"tab-manifests", "tab-compare"} {
			write(b, "input", strings.Replace(example(t), "parallelism: 2", "parallelism: 3\n      bogus: 1", 1))
			b.wait(`text("status").includes("error")`)
			assert.Equal(t, b.eval(contrast), "", "with an error, %s", scheme)
			write(b, "input", strings.Replace(example(t), "parallelism: 2", "parallelism: 3", 1))
			b.eval(`$("` + tab + `").click()`)
			b.wait(`$("` + tab + `").ariaSelected === "true" && !text("status").includes("error")`)
			assert.Equal(t, b.eval(contrast), "", "%s, %s", tab, scheme)
			b.screenshot(scheme + "-" + tab)
		}
		b.eval(`$("tab-manifests").click()`)
	}
}

// Text that is zoomed to 400 % has 320 pixels: nothing is to be scrolled in both directions.
func testNarrow(t *testing.T, b *browser, url string) {
	fresh(b, url)
	b.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 320, "height": 640,
		"deviceScaleFactor": 1, "mobile": false}, nil)
	for _, tab := range []string{"tab-manifests", "tab-compare"} {
		b.eval(`$("` + tab + `").click()`)
		b.wait(`document.documentElement.scrollWidth <= 320`)
		b.screenshot("narrow-" + tab)
	}
}

func testHostile(t *testing.T, b *browser, url string) {
	fresh(b, url)
	const html = `<img src=x onerror=window.hacked=1><script>window.hacked=1</script>`
	untouched := func() {
		b.wait(`window.hacked === undefined && !document.querySelector("main img, main script") &&
			["input", "output", "before"].every(e => !view(e).querySelector("img:not(.cm-widgetBuffer), script"))`)
	}
	write(b, "input", example(t)+"\n        '"+html+"': '"+html+"'\n        ${"+html+"}: 1\n")
	b.wait(`text("status").includes("error") || !!line("output", "onerror")`)
	untouched()
	write(b, "input", strings.Replace(example(t), "{name: TZ, value: UTC}", "{name: TZ, value: '"+html+"'}", 1))
	b.wait(`text("status") === "1 warning; 4 objects"`)
	b.eval(`$("tab-compare").click()`)
	b.wait(`text("changes").includes("onerror")`)
	untouched()
	write(b, "before", html+": "+html)
	b.wait(`text("problems").includes("onerror") || text("status").includes("error")`)
	untouched()
	assert.Equal(t, b.eval(`(() => { try { document.body.innerHTML = "x"; } catch (e) { return e.name; } })()`),
		"TypeError", "the page's policy has trusted types")
	assert.Equal(t, b.eval(`fetch("http://localhost:1/").then(() => 0, e => e.name)`), "TypeError", "and no other host")

	// Links, which may come from anybody.
	for link, want := range map[string]string{
		"%E0%A4%A": "cannot be read", "AAAA": "cannot be read", "%00<img>": "cannot be read",
		b.eval(bomb).(string): "longer than 4 MiB",
	} {
		b.eval(`$("shared").textContent = ""`)
		b.eval(fmt.Sprintf(`location.hash = %q`, link))
		b.wait(`text("shared").includes("` + want + `") && !!line("input", "DeploymentTarget")`)
	}
	for _, value := range []string{`null`, `{text: {a: 1}, compare: "x"}`, "{text: `" + html + "`.repeat(4000)}",
		`{text: "[".repeat(5000)}`, `{text: "[".repeat(100000)}`, `{text: "- ".repeat(10000)}`} {
		link := b.eval(`(await import("./link.js")).pack(` + value + `)`).(string)
		b.open(url + "#" + link)
		b.wait(`!!$("status") && !text("status").includes("loading") && !!view("input")`)
		untouched()
	}
	b.forget("TrustedHTML", "localhost:1") // which are tried above
}

// bomb packs 10 MB into a link of 13 kB.
const bomb = `(await (async () => {
  const stream = new Blob([new Uint8Array(1e7)]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  return btoa(Array.from(bytes, b => String.fromCharCode(b)).join("")).replaceAll("+", "-").replaceAll("/", "_");
})())`

// When the library ends, the page says so and starts it again.
func testStopped(t *testing.T, b *browser, url string) {
	fresh(b, url)
	error := b.eval(`(await import("./library.js")).ask("nothing").catch(e => e.message)`).(string)
	assert.Assert(t, strings.Contains(error, "the library stopped"), error)
	write(b, "input", example(t)+"\n# more")
	b.wait(`text("status") === "1 warning; 4 objects"`)
	b.forget("panic", "goroutine", "Go program has already exited")
}

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../quickstart/resources.yaml")
	assert.NilError(t, err)
	return string(text)
}

// The page is small: its own lines, without the bundle, are counted.
func TestPageIsSmall(t *testing.T) {
	files, err := filepath.Glob("static/*")
	assert.NilError(t, err)
	lines := 0
	for _, file := range append(files, "editor/editor.js", "editor/build.js") {
		if text, err := os.ReadFile(file); err == nil && !strings.Contains(file, "codemirror") {
			lines += strings.Count(string(text), "\n")
		}
	}
	t.Logf("%d lines", lines)
	assert.Assert(t, lines > 100 && lines <= 500, "%d lines", lines)
}
