package provider

import "testing"

// A proxy would answer for its own machine, or see this one's credentials.
func TestMachineIsNotAskedThroughAProxy(t *testing.T) {
	if machineClient().GetTransport().Proxy != nil {
		t.Error("a proxy is looked for")
	}
}
