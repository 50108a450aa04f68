package schemas_test

import (
	"encoding/json"
	"fmt"

	"github.com/flinktarget/flinktarget/deployment/schemas"
)

// A file that editors complete and check YAML with.
func ExampleJSON() {
	text, err := schemas.JSON("DeploymentTarget")
	if err != nil {
		fmt.Println(err)
		return
	}
	var schema struct {
		Schema   string `json:"$schema"`
		Required []string
	}
	fmt.Println(json.Unmarshal(text, &schema), schema.Schema, schema.Required)
	// Output: <nil> https://json-schema.org/draft/2020-12/schema [metadata spec]
}
