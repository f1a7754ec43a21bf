// Seals every Secret of a file in one process, with the library that kubeseal is made of.
package main

import (
	"fmt"
	"os"

	ssv1alpha1 "github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/bitnami/sealed-secrets/pkg/kubeseal"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
)

type nowhere struct{}

func (nowhere) ClientConfig() (*rest.Config, error) { return nil, fmt.Errorf("no cluster") }
func (nowhere) Namespace() (string, bool, error)    { return "shop", true, nil }

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(certificate, source string) error {
	pem, err := os.Open(certificate)
	if err != nil {
		return err
	}
	defer pem.Close()
	key, err := kubeseal.ParseKey(pem)
	if err != nil {
		return err
	}
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	return kubeseal.Seal(nowhere{}, "yaml", in, os.Stdout, scheme.Codecs, key, ssv1alpha1.DefaultScope, false, "", "")
}
