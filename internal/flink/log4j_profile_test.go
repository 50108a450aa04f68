package flink_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"github.com/flinktarget/flinktarget/internal/flink"
)

func TestLog4jProfile(t *testing.T) {
	text := flink.Log4jProfile("rootLogger.level = WARN\nappender.x.type = Console\n",
		map[string]string{"": "debug", "com.example": "INFO"})
	assert.Equal(t, text, `rootLogger.level = WARN
appender.x.type = Console

# Levels of this resource.
rootLogger.level = DEBUG
logger.resource1.name = com.example
logger.resource1.level = INFO
`)
}
