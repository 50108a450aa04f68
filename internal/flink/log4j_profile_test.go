package flink_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

func TestLog4jProfile(t *testing.T) {
	text, problems := flink.Log4jProfile("rootLogger.level = WARN\nappender.x.type = Console\n",
		map[string]string{"": "debug", "com.example": "INFO"})
	assert.Equal(t, len(problems), 0)
	assert.Equal(t, text, `rootLogger.level = WARN
appender.x.type = Console

# Levels of this resource.
rootLogger.level = DEBUG
logger.resource1.name = com.example
logger.resource1.level = INFO
`)
	text, problems = flink.Log4jProfile("a = b", map[string]string{"com.example": "LOUD"})
	assert.Equal(t, len(problems), 1)
	assert.Equal(t, problems[0].Key, "com.example")
	assert.Equal(t, text, "")
}
