// Package envoy holds what wasplug export writes for Envoy against Envoy's own types, and runs its Lua programs and
// routes, as no Envoy can be had here. It is a module of its own, so that what it needs is no requirement of wasplug.
package envoy

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	bootstrap "github.com/envoyproxy/go-control-plane/envoy/config/bootstrap/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/clusters/aggregate/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/lua/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/router/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/retry/priority/previous_priorities/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protopath"
	"google.golang.org/protobuf/reflect/protorange"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/anypb"
	"sigs.k8s.io/yaml"
)

// files are what is exported: those of the repository, and those of strangers, where they are.
func files(t *testing.T) []string {
	all := []string{"../../testdata/figure-5-12/plugin-cfg.xml", "testdata/tls.xml"}
	others, err := filepath.Glob("../../../shared/corpus/cfg/*.xml")
	if err != nil || len(others) == 0 {
		t.Log("SKIPPED: ../shared/corpus is not here, so no strangers' files are asked")
	}
	return append(all, others...)
}

// build builds wasplug.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wasplug")
	cmd := exec.Command("go", "build", "-o", binary, "./cmd/wasplug")
	cmd.Dir = "../.."
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// load exports a file and reads what was written as Envoy does: unknown fields are errors. nil: it is not exported.
func load(t *testing.T, wasplug, file string) *bootstrap.Bootstrap {
	dir := t.TempDir()
	args := []string{"export", "--to", "envoy", "-o", dir, "--headers", "both", "--listen", ":8080=80",
		"--tls-listen", ":8443=443", "--cert", "web.pem"}
	for _, name := range []string{"plugin-key.kdb", "k.kdb"} {
		args = append(args, "--keystore", name+"=cas.pem")
	}
	if out, err := exec.Command(wasplug, append(args, file)...).CombinedOutput(); err != nil {
		t.Skipf("not exported: %v\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "envoy.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	json, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var b bootstrap.Bootstrap
	if err := protojson.Unmarshal(json, &b); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return &b
}

// validated checks a message and all that is packed into it by the rules of Envoy's own types.
func validated(t *testing.T, m proto.Message) {
	t.Helper()
	if v, ok := m.(interface{ ValidateAll() error }); ok {
		if err := v.ValidateAll(); err != nil {
			t.Error(err)
		}
	}
	protorange.Range(m.ProtoReflect(), func(p protopath.Values) error {
		value, ok := p.Index(-1).Value.Interface().(protoreflect.Message)
		if !ok {
			return nil
		}
		packed, ok := value.Interface().(*anypb.Any)
		if !ok {
			return nil
		}
		inner, err := packed.UnmarshalNew()
		if err != nil {
			t.Error(err)
			return nil
		}
		validated(t, inner)
		return protorange.Break
	})
}

// TestConfigurations: Envoy's types take what is written, and its routes and programs lead each request of a suite of
// 'wasplug test --init' where 'wasplug why' does.
func TestConfigurations(t *testing.T) {
	wasplug := build(t)
	exported := 0
	t.Run("files", func(t *testing.T) {
		for _, file := range files(t) {
			t.Run(filepath.Base(file), func(t *testing.T) {
				b := load(t, wasplug, file)
				exported++
				validated(t, b)
				asked := newProxy(t, b).suite(t, wasplug, file)
				t.Logf("%d requests", asked)
			})
		}
	})
	if exported < len(files(t))/2 {
		t.Errorf("%d files are exported", exported)
	}
}
