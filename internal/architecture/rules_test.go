package architecture

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
)

// rules are all that a flinktarget.Problem can name: severity, what is wrong, what to do.
// render/rules.md is made of it.
var rules = map[string][3]string{
	"absent-kind": {"warning", "a patch for a kind that this mode does not render", "remove it, or see the message"},
	"arguments": {"error", "mainArgs has an open quote, or the arguments are too long",
		"close the quote, or escape it; shorten the arguments"},
	"artifact-fetcher":     {"warning", "an init container artifact-fetcher of VVP's is left out", "none: Flink fetches the jar, or finds it in the image"},
	"artifact-kind":        {"error", "a script, and a Flink before 2.0", "use Flink 2.0, or render.SQLRunner"},
	"checkpoint-directory": {"warning", "checkpoints stay in memory", "set state.checkpoints.dir"},
	"class":                {"error", "entryClass is no name of a Java class", "write it as in package.Name"},
	"class-path": {"warning", "a dependency is not called NAME.jar, so that Flink does not put it on the class path",
		"rename the file, if it has classes"},
	"configuration-file": {"error", "a container does not get the options that Flink needs", "keep the configuration, or hand them on"},
	"deprecated":         {"warning", "a value that VVP deprecates", "write the value that the message names"},
	"derived-id": {"error, warning", "a patch selects by the derived job id, or a changed job would start without state",
		"give a job id, and a savepoint"},
	"duplicate":          {"error, warning", "two resources, elements, jobs or hosts are the same", "remove or rename one"},
	"duration":           {"error", "a duration that VVP cannot read", "write it as in 30s"},
	"engine-image":       {"warning", "Apache Flink runs in place of an engine of Ververica's", "see the message"},
	"entry-class":        {"warning", "several jars may have the class to run", "write entryClass"},
	"enum":               {"error", "a value that is not one of a list", "write one that the message names"},
	"env":                {"error", "a variable without a legal name, or of Flink's own", "rename or remove it"},
	"exclusive":          {"error", "fields that exclude each other", "keep one"},
	"file-system-image":  {"warning", "the image may not have a file system of Flink's", "build it in"},
	"file-system-plugin": {"warning", "the image may not have the plugin for a URI", "build it in, or name its jar"},
	"flink-configuration": {"error", "an option that belongs to the renderer, or that Flink cannot read",
		"remove it, or write it as the message says"},
	"flink-home": {"error, warning", "a jar, or the Flink of an image, is in another folder than the pods name",
		"write its path, or the image, that the message names"},
	"flink-memory":         {"error", "Flink does not start with this memory", "set the size that the message names"},
	"flink-slots":          {"error", "slots, parallelism and TaskManagers do not fit", "set one of them as the message says"},
	"flink-version":        {"error", "a version of Flink that is not supported", "write one that the message names"},
	"high-availability":    {"error", "high availability lacks a field, or does not work with another", "set or remove it"},
	"id-conflict":          {"error", "another target has this id", "give the target another id, or none"},
	"identity":             {"error", "two objects are the same, or one has no name (rendertest)", "see the message"},
	"image":                {"error", "a part of an image that is not legal", "write registry, repository and tag apart"},
	"image-registry":       {"warning", "an image of VVP's is looked for on Docker Hub", "write flinkImageRegistry"},
	"immutable":            {"error", "a target of this name has another spec or id", "delete it first, or use another name"},
	"initial-savepoint":    {"warning", "a custom resource of VVP 3 brings a savepoint", "give it to the job"},
	"in-use":               {"error", "a target is held by resources", "delete or move them first"},
	"jvm-options":          {"error, warning", "the shell of Flink's start scripts loses a part of the options", "see the message"},
	"kind":                 {"error", "a document that is no resource of VVP", "see the kinds that the message names"},
	"label":                {"error", "a label or annotation that Kubernetes refuses", "write a legal one"},
	"labels":               {"error", "an object lacks a label of the platform, or has another value (rendertest)", "keep it"},
	"length":               {"error", "a name or value is too long", "shorten it"},
	"logging":              {"error", "a logger or profile that is not legal", "correct it, or give the profile's text"},
	"minimum":              {"error", "a number is too small", "write at least what the message names"},
	"mismatch":             {"error", "a resource is rendered with a target that it does not refer to", "use its target"},
	"name":                 {"error", "a name that is not legal", "use the characters that the message names"},
	"namespace":            {"error", "objects of a resource are in several namespaces (rendertest)", "keep the namespace of the target"},
	"no-effect":            {"warning", "an option or field that nothing reads", "remove it"},
	"not-found":            {"error", "a target or hold that does not exist", "register or acquire it first"},
	"not-rendered":         {"error", "what cannot be rendered of a resource", "remove it, or write what the message says"},
	"not-running":          {"warning", "a state that renders no objects", "none, if that is meant"},
	"option":               {"error", "an option of a Renderer that is not legal, or given twice", "see the message"},
	"option-spelling":      {"warning", "an option of Flink that may be misspelt", "write the name in the message"},
	"option-value":         {"warning", "a value that Flink cannot read as that of the option", "write what the message says"},
	"patch":                {"error", "a patch set that has too many entries, or a zero patch", "split the target"},
	"patch-apply":          {"error", "a patch does not fit what it is applied to", "correct its path or its values"},
	"patch-conflict":       {"error", "a patch changes what belongs to the platform", "remove that from the patch"},
	"patch-without-effect": {"error, warning", "the objects have what a patch sets", "remove the patch"},
	"patch-form":           {"error", "an entry has none of the forms of a patch", "write one of the three forms"},
	"patch-kind":           {"error", "a patch for a kind that is never rendered", "correct kind and apiVersion"},
	"patch-merge":          {"error", "a strategic merge that can never be applied", "see the message"},
	"patch-operation":      {"error", "an operation that RFC 6902 does not know", "correct op, path, from or value"},
	"patch-selector":       {"error", "a selector that is not legal", "correct the expression"},
	"placeholder":          {"warning", "a placeholder of VVP that is not filled in", "write the value out"},
	"plain-secret":         {"warning", "a value looks like a secret in plain text", "use a Kubernetes Secret"},
	"platform-namespace": {"error", "a target without a namespace, and the platform's is not known",
		"say it with the option ForPlatform"},
	"pod-template": {"error", "a pod template that cannot be merged", "see the message"},
	"quantity":     {"error", "a size that is not legal", "write it as in 2g or 0.5"},
	"queryable-state": {"error, warning", "queryable state, which Flink no longer has, or for which it needs a jar",
		"see the message"},
	"reference": {"error, warning", "an option refers to a variable that the pods do not have", "add it to envVars"},
	"required":  {"error", "a field that is needed is missing or empty", "write it"},
	"retyped":   {"error", "YAML reads a text as something else", "quote it"},
	"security":  {"error", "a pod does not meet the Pod Security Standard restricted (rendertest)", "see the message"},
	"selector":  {"error", "a selector is not that of the platform, or selects nothing (rendertest)", "keep it"},
	"session-cluster": {"error", "the SessionCluster of a Deployment in session mode is not there, or another",
		"add it to the input, or give it as render.Job.SessionCluster"},
	"shared-namespace": {"warning", "Flink would run in the namespace of the platform itself", "use another one"},
	"small-heap":       {"warning", "the JobManager has little heap", "give it more memory"},
	"snapshot":         {"error", "a snapshot of a registry that is not whole", "restore another one"},
	"state-spelling":   {"warning", "a state that VVP's API writes otherwise", "write the name in the message"},
	"syntax":           {"error", "a text that is no YAML or JSON", "correct it at its place"},
	"system-label":     {"warning", "a label that belongs to the platform is not used", "remove it"},
	"target":           {"error", "the target that a resource refers to is not there", "add it, or correct the name"},
	"text":             {"error", "a text with characters that nothing can hold", "remove them"},
	"tls":              {"error, warning", "TLS lacks its certificates, or does not fit an Ingress", "see the message"},
	"too-many":         {"error", "there are more problems than are listed", "mend the others first"},
	"type":             {"error", "a value of another type", "write the type that the message names"},
	"unknown-field":    {"error, warning", "a field that the resource does not have", "correct its name, or remove it"},
	"unknown-value":    {"error, warning", "a value that the linked Kubernetes does not know", "see the message"},
	"unmatched-patch":  {"error, warning", "a patch changes no object", "correct its name or labels"},
	"uri":              {"error", "a text that is no URI, or not of the form that is needed", "correct it"},
	"uri-scheme":       {"error", "nothing in the image fetches a URI of this scheme", "see the message"},
	"uuid":             {"error", "an id that is no UUID", "write a lower-case, non-nil UUID"},
	"verify":           {"error", "Kubernetes would refuse the object, or Flink would not run", "see the message"},
	"vvp-catalog":      {"warning", "a script needs tables of VVP's own catalog", "create them in the script"},
	"volume":           {"error", "a volume or mount that is not legal, or hides Flink's own", "rename or move it"},
}

// rulesIn are the rules that the files of a package name in the places where rules stand.
func rulesIn(t *testing.T, dir string) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	note := func(e ast.Expr) {
		if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if name, err := strconv.Unquote(lit.Value); err == nil {
				name, _, _ = strings.Cut(name, " ") // from the option
				found[name] = true
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
	assert.NilError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		assert.NilError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.ValueSpec:
				for i, id := range n.Names {
					if id.Name == "formats" {
						for _, e := range n.Values[i].(*ast.CompositeLit).Elts {
							note(e.(*ast.KeyValueExpr).Value.(*ast.CompositeLit).Elts[0])
						}
					}
					if ofRule.MatchString(id.Name) && i < len(n.Values) {
						note(n.Values[i])
					}
				}
			case *ast.KeyValueExpr:
				if id, ok := n.Key.(*ast.Ident); ok && id.Name == "Rule" {
					note(n.Value)
				}
			case *ast.CallExpr:
				ruleOfCall(n, filepath.Base(name), note)
			}
			return true
		})
	}
	return found
}

var ofRule = regexp.MustCompile(`^(origin|Origin|rule|Rule)[A-Z]`)

// ruleOfCall looks at the argument of a call that is a rule.
func ruleOfCall(call *ast.CallExpr, file string, note func(ast.Expr)) {
	var name string
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	switch {
	case len(call.Args) == 0:
	case name == "WithOrigin", name == "warn", name == "Warning", name == "problem" && file == "errors.go",
		name == "add" && file == "warnings.go":
		note(call.Args[0])
	case name == "fail" && len(call.Args) == 2:
		if _, isCall := call.Args[0].(*ast.CallExpr); isCall {
			note(call.Args[1])
		} else if id, ok := call.Args[0].(*ast.Ident); ok && id.Name == "e" {
			note(call.Args[1])
		}
	case name == "Or" && len(call.Args) == 2: // v.Rule, or
		if sel, ok := call.Args[0].(*ast.SelectorExpr); ok && sel.Sel.Name == "Rule" {
			note(call.Args[1])
		}
	}
}

// Whatever a problem can name is in the table, and the table has nothing else. Each rule has a
// case in render: TestRulesHaveCases reads what is written here.
func TestRulesAreDocumented(t *testing.T) {
	found := map[string]bool{}
	for _, dir := range []string{"internal/decode", "patch", "target", "deployment", "internal/build", "internal/verify",
		"render", "render/rendertest"} {
		maps.Copy(found, rulesIn(t, dir))
	}
	assert.DeepEqual(t, slices.Sorted(maps.Keys(found)), slices.Sorted(maps.Keys(rules)))
	text := "# Rules\n\nWhat the Rule of a `flinktarget.Problem` can be. Programs go by it: it does not change, as the " +
		"wording of\nmessages may. `go test ./internal/architecture -run TestRulesAreDocumented -update` writes this " +
		"table.\n\n| rule | severity | what | cure |\n|---|---|---|---|\n"
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		r := rules[name]
		text += fmt.Sprintf("| `%s` | %s | %s | %s |\n", name, r[0], r[1], r[2])
	}
	golden.Assert(t, text, "../../../render/rules.md")
}
