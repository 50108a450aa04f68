package build

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/flinktarget/flinktarget/internal/flink"
	"github.com/flinktarget/flinktarget/internal/lazyregexp"
	"github.com/flinktarget/flinktarget/labels"
)

// image puts the image together as VVP does, registry/repository:tag. What is not
// given comes from the official images; where nothing is given, options come first.
func (c *Plan) image() string {
	if image, ok := c.opts.Images[c.Version.Minor]; ok && c.Registry+c.Repository+c.Tag == "" {
		return image
	}
	repository, tag := cmp.Or(c.Repository, "flink"), cmp.Or(c.Tag, c.Version.Patch)
	if c.Registry != "" {
		repository = strings.TrimSuffix(c.Registry, "/") + "/" + repository
	}
	return repository + ":" + tag
}

// home is where Flink is in the images of both components.
func (d *decider) home(c *Plan) flink.Home {
	images := [...]string{c.imageOf(labels.JobManager), c.imageOf(labels.TaskManager)}
	jobManager, taskManager := flink.HomeOf(images[0]), flink.HomeOf(images[1])
	switch {
	case d.opts.Home != "":
		return d.opts.Home
	case jobManager != taskManager:
		d.fail(field.Invalid(c.PodsAt(), field.OmitValueType{}, fmt.Sprintf(
			"%s has Flink in %s, and %s in %s: use one image, or say where it is",
			images[0], jobManager, images[1], taskManager)), "flink-home FlinkHome")
	}
	return jobManager
}

// image warns of an image that is not where VVP takes it from.
func (d *decider) image(c *Plan) {
	at := c.Settings
	if c.Job != nil {
		at = at.Child("artifact")
		if engine := c.Job.Artifact.EngineVersionName; engine != "" && c.Registry+c.Repository+c.Tag == "" &&
			c.opts.Images[c.Version.Minor] == "" {
			d.warn("engine-image UseImages", at.Child("engineVersionName"),
				"%s is an engine of Ververica's; Apache Flink's image runs in place of it, %s: name another with "+
					"flinkImageRegistry", engine, c.Image)
		}
	}
	used := c.imageOf(labels.JobManager) == c.Image || c.imageOf(labels.TaskManager) == c.Image
	if c.Registry != "" || !used || !missingOnDockerHub(c.Repository, c.Tag) {
		return
	}
	name := "flinkImageTag"
	if c.Tag == "" {
		name = "flinkImageRepository"
	}
	d.warn("image-registry", at.Child(name), "VVP has a registry for this, and here the image is %s of Docker Hub: "+
		"write flinkImageRegistry, here or in Deployment Defaults", c.Image)
}

// missingOnDockerHub reports whether an image without a registry cannot be where it would
// be taken from: VVP's images, as its chart and its pages name them, and tags that the
// repositories of the Flink project do not have. Others may be anybody's.
func missingOnDockerHub(repository, tag string) bool {
	flinks := slices.Contains([]string{"", "flink", "library/flink", "apache/flink"}, repository)
	return flink.VVPImage(":"+tag) || vvpRepository().MatchString(repository) ||
		flinks && !projectTag().MatchString(tag)
}

var (
	vvpRepository = lazyregexp.New(`^v[0-9.]+/`)
	projectTag    = lazyregexp.New(`^(latest|[0-9.]*-?(scala_2\.[0-9]+)?-?(java[0-9]+)?)(@.*)?$`)
)
