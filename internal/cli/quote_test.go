package cli

import "testing"

func TestAnExportIsTypedAgainWithQuotes(t *testing.T) {
	e := Export{Source: Source{Profile: "my profile", Narrowing: Narrowing{PolicyARNs: []string{"a b"}}, Wish: Wish{ExternalID: "c d"}}, Format: "env"}
	if got, want := e.words(), `awsmint export "my profile" --external-id "c d" --policy-arn "a b" --format env`; got != want {
		t.Errorf("to type again: %s, want %s", got, want)
	}
}
