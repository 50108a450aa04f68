package deployment

import (
	"github.com/flinktarget/flinktarget/internal/decode"
	"github.com/flinktarget/flinktarget/internal/tree"
	"github.com/flinktarget/flinktarget/internal/yaml"
)

// UnmarshalYAML sets the variable d as Parse does, from what such a library hands over.
// Errors have no places; those of Parse do.
func (d *Deployment) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(d, unmarshal, Reader{}.deployment)
}

// UnmarshalYAML sets the variable s as ParseSessionCluster does, from what such a library
// hands over. Errors have no places; those of ParseSessionCluster do.
func (s *SessionCluster) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(s, unmarshal, Reader{}.sessionCluster)
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml.
func (c Config) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML decodes strictly what such a library hands over: a field that is not known
// is an error. [New] checks the rest.
func (c *Config) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[Config])
}

// MarshalYAML returns the configuration as a map, for libraries such as go.yaml.in/yaml.
func (c SessionClusterConfig) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML decodes strictly; see [Config.UnmarshalYAML].
func (c *SessionClusterConfig) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[SessionClusterConfig])
}

// MarshalYAML returns the layer as a map, for libraries such as go.yaml.in/yaml.
func (c DefaultsConfig) MarshalYAML() (any, error) { return tree.FromGo(c) }

// UnmarshalYAML decodes strictly; see [Config.UnmarshalYAML].
func (c *DefaultsConfig) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(c, unmarshal, decode.Config[DefaultsConfig])
}

// defaultsOf reads a list of layers, as Defaults marshal.
func defaultsOf(root *yaml.Node) (Defaults, error) {
	if problems := decode.Check[[]any](root, nil); len(problems) > 0 {
		return Defaults{}, decode.Invalid(KindDefaults, problems...)
	}
	layers := make([]DefaultsConfig, len(root.Items))
	for i, item := range root.Items {
		var err error
		if layers[i], err = decode.Config[DefaultsConfig](item); err != nil {
			return Defaults{}, err
		}
	}
	return NewDefaults(layers...)
}

// UnmarshalJSON sets the variable d to the Defaults of a list of layers; see [NewDefaults].
func (d *Defaults) UnmarshalJSON(text []byte) error { return decode.JSON(d, text, defaultsOf) }

// MarshalYAML returns the list of the layers, for libraries such as go.yaml.in/yaml.
func (d Defaults) MarshalYAML() (any, error) { return tree.FromGo(d) }

// UnmarshalYAML sets the variable d as UnmarshalJSON does.
func (d *Defaults) UnmarshalYAML(unmarshal func(any) error) error {
	return decode.FromYAML(d, unmarshal, defaultsOf)
}
