package verify_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/flinktarget/flinktarget/internal/verify"
)

// Rules for other texts and lists, each with what it takes and what stands next to that.
func TestTextsOfFields(t *testing.T) {
	for _, c := range []struct {
		rule           string
		legal, illegal []any
	}{
		{"Container.image", []any{"a:b", ""}, []any{" a", "a ", "a\n"}},
		{"HTTPHeader.name", []any{"", "A-b"}, []any{"a b"}},
		{"HTTPGetAction.port", []any{int64(1), "a", "a-1"}, []any{"", "A", "1", "a_b", strings.Repeat("a", 16)}},
		{"ServicePort.targetPort", []any{"", int64(0), 0.0, "a"}, []any{"A", "a_b"}},
		{"EmptyDirVolumeSource.sizeLimit", []any{"1Gi", "0"}, []any{"-1"}},
		{"KeyToPath.path", []any{"a", "a/b", ".a", "a/..b"}, []any{"", "/a", "..", "../a", "..a", "a/../b"}},
		{"PodDisruptionBudgetSpec.maxUnavailable", []any{int64(0), "0%", "99%", "100%", "099%"},
			[]any{"", "x%", "%", "1", "-1%", "+1%"}},
		{"RollingUpdateDeployment.maxSurge", []any{int64(0), "1000%", "123456789%"}, []any{"", "a%"}},
		{"VolumeMount.subPath", []any{"", "a", "a/b", "..a", "a.."}, []any{"/a", "..", "a/..", "../a"}},
	} {
		for _, v := range c.legal {
			assert.Equal(t, verify.CheckField(c.rule, v), "", "%s: %#v", c.rule, v)
		}
		for _, v := range c.illegal {
			assert.Assert(t, verify.CheckField(c.rule, v) != "", "%s: %#v", c.rule, v)
		}
	}
}

// Rules for names say what Kubernetes' own say, though most names never reach those.
func TestNamesAreKubernetes(t *testing.T) {
	var texts []string
	// Characters at the ends of what is legal, alone, in pairs and between others.
	const characters = "`az{/09:@AZ[-._ ~\u00e9"
	for _, a := range characters {
		for _, n := range []int{1, 15, 16, 63, 64} {
			texts = append(texts, strings.Repeat(string(a), n))
		}
		for _, b := range characters {
			texts = append(texts, string(a)+string(b))
			for _, c := range characters {
				texts = append(texts, string(a)+string(b)+string(c))
			}
		}
	}
	long := strings.Repeat("a", 60) + "."
	var keys []string
	for _, domain := range []string{"", "a", "A", "a-", "-a", "a.b", "a..b", ".a", "a.", "a_b", "a.B",
		strings.Repeat("a", 63) + ".b", strings.Repeat("a", 64) + ".b",
		strings.Repeat(long, 4) + strings.Repeat("a", 9), strings.Repeat(long, 4) + strings.Repeat("a", 10)} {
		for _, name := range []string{"", "a", "A", "a.B_c-d", "-a", "a-", "a/b",
			strings.Repeat("a", 63), strings.Repeat("a", 64)} {
			keys = append(keys, domain+"/"+name)
		}
	}
	own := func(rule string, value any) bool { return verify.CheckField(rule, value) == "" }
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
		assertLegal := func(rule string, labels map[string]any, problems []string) {
			assert.Equal(t, own(rule, labels), len(problems) == 0, "%s: %q", rule, labels)
		}
		assertLegal("PodSpec.nodeSelector", one(s, ""), validation.IsQualifiedName(s))
		assertLegal("PodSpec.nodeSelector", one("a", s), validation.IsValidLabelValue(s))
		assertLegal("ObjectMeta.annotations", one(s, ""), validation.IsQualifiedName(strings.ToLower(s)))
	}
	assert.Assert(t, !own("PodSpec.nodeSelector", one("", "")), "there is always a key")
	for _, rule := range []string{"Container.name", "EnvVar.name", "Toleration.value", "Toleration.key"} {
		assert.Assert(t, own(rule, ""), "whether there must be one is another question: %s", rule)
	}
}
