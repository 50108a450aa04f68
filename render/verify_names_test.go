package render_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/render"
)

// Rules for names say what Kubernetes' own say, though most names never reach those.
func TestNamesAreKubernetes(t *testing.T) {
	var texts []string
	// Characters at the ends of what is legal, alone, in pairs and between others.
	const characters = "`az{/09:@AZ[-._ ~\u00e9"
	for _, a := range characters {
		texts = append(texts, string(a), strings.Repeat(string(a), 63), strings.Repeat(string(a), 64))
		for _, b := range characters {
			texts = append(texts, string(a)+string(b))
			for _, c := range characters {
				texts = append(texts, string(a)+string(b)+string(c))
			}
		}
	}
	long := strings.Repeat("a", 60) + "."
	var keys []string
	for _, domain := range []string{"", "a", "A", "a-", "-a", "a.b", "a..b", ".a", "a.", "a_b", "a.B", strings.Repeat("a", 63) + ".b", strings.Repeat("a", 64) + ".b",
		strings.Repeat(long, 4) + strings.Repeat("a", 9)} {
		for _, name := range []string{"", "a", "A", "a.B_c-d", "-a", "a-", "a/b", strings.Repeat("a", 63), strings.Repeat("a", 64)} {
			keys = append(keys, domain+"/"+name)
		}
	}
	own := func(rule string, value any) bool { return render.CheckField(rule, value) == "" }
	one := func(key, value string) map[string]any { return map[string]any{key: value} }
	for _, s := range append(texts, keys...) {
		for rule, legal := range map[string]func(string) []string{
			"Container.name":           validation.IsDNS1123Label,
			"PodSpec.runtimeClassName": validation.IsDNS1123Subdomain,
			"EnvVar.name":              validation.IsEnvVarName,
			"SecretKeySelector.key":    validation.IsConfigMapKey,
			"Toleration.value":         validation.IsValidLabelValue,
			"Toleration.key":           validation.IsQualifiedName,
			"ContainerPort.name":       validation.IsValidPortName,
		} {
			assert.Equal(t, own(rule, s), len(legal(s)) == 0, "%s: %q", rule, s)
		}
		assert.Equal(t, own("PodSpec.nodeSelector", one(s, "")), len(validation.IsQualifiedName(s)) == 0, "%q as a key", s)
		assert.Equal(t, own("PodSpec.nodeSelector", one("a", s)), len(validation.IsValidLabelValue(s)) == 0, "%q as a value", s)
		assert.Equal(t, own("ObjectMeta.annotations", one(s, "")), len(validation.IsQualifiedName(strings.ToLower(s))) == 0, "%q of an annotation", s)
	}
	assert.Assert(t, !own("PodSpec.nodeSelector", one("", "")), "there is always a key")
	for _, rule := range []string{"Container.name", "EnvVar.name", "Toleration.value", "Toleration.key"} {
		assert.Assert(t, own(rule, ""), "whether there must be one is another question: %s", rule)
	}
}
