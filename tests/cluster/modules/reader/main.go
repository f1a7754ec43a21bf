// Reads manifests as kubectl's resource builder does, without a cluster: each
// line of standard input is one text in base64, each line of standard output
// the JSON values that kubectl takes from it, and the error that stops it.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

type answer struct {
	Documents []json.RawMessage `json:"documents"`
	Error     string            `json:"error,omitempty"`
}

// The loop of StreamVisitor in k8s.io/cli-runtime/pkg/resource/visitor.go.
func read(text []byte) (found answer) {
	defer func() {
		if panicked := recover(); panicked != nil {
			found.Error = fmt.Sprintf("panic: %v", panicked)
		}
	}()
	found.Documents = []json.RawMessage{}
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		extension := runtime.RawExtension{}
		if err := decoder.Decode(&extension); err != nil {
			if err != io.EOF {
				found.Error = err.Error()
			}
			return
		}
		raw := bytes.TrimSpace(extension.Raw)
		if len(raw) == 0 || bytes.Equal(raw, []byte("null")) {
			continue
		}
		// As Go decodes it later: half of a surrogate pair is no character.
		var value any
		values := json.NewDecoder(bytes.NewReader(raw))
		values.UseNumber()
		if err := values.Decode(&value); err != nil {
			found.Error = err.Error()
			return
		}
		told, err := json.Marshal(value)
		if err != nil {
			found.Error = err.Error()
			return
		}
		found.Documents = append(found.Documents, told)
	}
}

func main() {
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	output := bufio.NewWriter(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		text, err := base64.StdEncoding.DecodeString(string(bytes.TrimSpace(line)))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		told, err := json.Marshal(read(text))
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		output.Write(told)
		output.WriteByte('\n')
		output.Flush()
	}
}
