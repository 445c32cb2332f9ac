package gate_test

import (
	"fmt"

	"github.com/agent-forge/forge/enrich"
	"github.com/agent-forge/forge/gate"
)

func ExampleNew() {
	g, err := gate.New(50)
	if err != nil {
		fmt.Println(err)
		return
	}
	text := enrich.Data{Description: "Bake bread."}
	kept, dropped := g.Decide(enrich.Assessment{Score: 50}, text), g.Decide(
		enrich.Assessment{Score: 49}, text,
	)
	fmt.Println(kept.Status, kept.Data.Description)
	fmt.Println(dropped.Status, dropped.Data)

	_, err = gate.New(130)
	fmt.Println(err)
	// Output:
	// MATCHED Bake bread.
	// AUTO_REJECTED <nil>
	// gate: threshold: 130 is out of range: want 0 (keep all) to 100
}
