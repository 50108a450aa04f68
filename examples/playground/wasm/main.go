//go:build js

// Command wasm is the library in the playground's page: functions that take texts and
// return JSON.
package main

import (
	"encoding/json"
	"syscall/js"

	"github.com/flinktarget/flinktarget/examples/playground/answers"
)

func main() {
	var tracer answers.Tracer
	js.Global().Set("flinktarget", map[string]any{
		"render":  export(func(a []js.Value) any { return answers.Render(a[0].String()) }),
		"explain": export(func(a []js.Value) any { return tracer.Explain(a[0].String(), a[1].Int()) }),
		"compare": export(func(a []js.Value) any { return answers.Compare(a[0].String(), a[1].String(), a[2].Bool()) }),
	})
	js.Global().Call("started")
	select {} // for as long as the page is open
}

func export(f func([]js.Value) any) js.Func {
	return js.FuncOf(func(_ js.Value, args []js.Value) any {
		text, err := json.Marshal(f(args))
		if err != nil {
			return err.Error() // never: answers are strings and numbers
		}
		return string(text)
	})
}
