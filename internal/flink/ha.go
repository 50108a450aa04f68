package flink

import "strings"

// HAKind is a kind of high availability.
type HAKind string

// What HighAvailability recognises.
const (
	HANone       HAKind = ""
	HAKubernetes HAKind = "kubernetes"
	HAZooKeeper  HAKind = "zookeeper"
	HACustom     HAKind = "custom" // a factory class that is not Flink's own
)

// HA is the high availability that a configuration asks for.
type HA struct {
	Kind  HAKind
	Key   string // the key that said so; empty when none did
	Value string // as configured
}

// HighAvailability reads which high availability conf asks for in v: by
// HighAvailabilityOptions.HA_MODE in its current and its older spellings (before
// 1.17 Flink does not know high-availability.type). The platform's alias
// vvp-kubernetes and the class name of Flink's factory count as kubernetes.
func HighAvailability(v Version, conf map[string]string) HA {
	for _, key := range [...]string{v.HAKey, "recovery.mode", "high-availability"} {
		if value, ok := conf[key]; ok {
			return HA{Kind: haKind(value), Key: key, Value: value}
		}
	}
	return HA{}
}

func haKind(value string) HAKind {
	switch strings.ToLower(value) {
	case "none", "standalone":
		return HANone
	case "zookeeper":
		return HAZooKeeper
	case "kubernetes", "vvp-kubernetes":
		return HAKubernetes
	}
	if value == haFactoryClass {
		return HAKubernetes
	}
	return HACustom
}
