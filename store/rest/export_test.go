package rest

import (
	"net/http"
	"reflect"
	"time"
)

// Contract tells the tests what the handler serves, to be held against the OpenAPI file.

// ServedRoutes returns "METHOD /path" of every call.
func ServedRoutes() []string {
	all := []string{http.MethodGet + " " + prefix + "/openapi.yaml"}
	for _, rt := range routes {
		all = append(all, rt.method+" "+rt.path)
	}
	return all
}

// Schemas returns the Go type of every schema of the OpenAPI file that is one.
func Schemas() map[string]reflect.Type {
	return map[string]reflect.Type{
		"LeadRequest": reflect.TypeFor[leadRequest](), "SyncAnswer": reflect.TypeFor[syncAnswer](),
		"ClaimRequest": reflect.TypeFor[claimRequest](), "ClaimAnswer": reflect.TypeFor[claimAnswer](),
		"DataRequest": reflect.TypeFor[dataRequest](), "EnrichRequest": reflect.TypeFor[decideRequest](),
		"EnrichAnswer": reflect.TypeFor[decideAnswer](), "RenewRequest": reflect.TypeFor[renewRequest](),
		"ReleaseRequest": reflect.TypeFor[releaseRequest](), "MarkRequest": reflect.TypeFor[markRequest](),
		"ReopenRequest": reflect.TypeFor[reopenRequest](), "ReopenAnswer": reflect.TypeFor[reopenAnswer](),
		"ListAnswer": reflect.TypeFor[listAnswer](), "Entry": reflect.TypeFor[entryAnswer](),
		"AuditRequest": reflect.TypeFor[auditRequest](), "AuditAnswer": reflect.TypeFor[auditAnswer](),
		"JudgeRequest": reflect.TypeFor[judgeRequest](), "EvidenceAnswer": reflect.TypeFor[evidenceAnswer](),
		"PutRequest": reflect.TypeFor[putRequest](),
		"Label":      reflect.TypeFor[labelAnswer](), "Count": reflect.TypeFor[countAnswer](),
		"SketchesAnswer": reflect.TypeFor[sketchesAnswer](), "Sketched": reflect.TypeFor[sketchAnswer](),
		"ListRequest": reflect.TypeFor[listedRequest](), "ListedRequest": reflect.TypeFor[listedJobBody](),
		"UnlistedAnswer": reflect.TypeFor[listedAnswer](), "UnlistedRef": reflect.TypeFor[refAnswer](),
		"TwinsAnswer": reflect.TypeFor[twinsAnswer](), "Twin": reflect.TypeFor[twinAnswer](),
		"StatsAnswer": reflect.TypeFor[statsAnswer](), "Scored": reflect.TypeFor[scoredAnswer](),
		"Problem":         reflect.TypeFor[problemAnswer](),
		"ChangesAnswer":   reflect.TypeFor[changesAnswer](),
		"Change":          reflect.TypeFor[changeAnswer](),
		"IdsRequest":      reflect.TypeFor[idsRequest](),
		"KeepAnswer":      reflect.TypeFor[keepAnswer](),
		"RestoreAnswer":   reflect.TypeFor[restoreAnswer](),
		"RegateRequest":   reflect.TypeFor[regateRequest](),
		"SeparateRequest": reflect.TypeFor[separateRequest](),
		"RegateAnswer":    reflect.TypeFor[regateAnswer](),
	}
}

// Codes returns the code of every kind of error.
func Codes() []string {
	var all []string
	for _, c := range classes {
		all = append(all, c.code)
	}
	return all
}

// WithHeartbeat returns a configuration whose streams show that they live, and check tokens, so often.
func WithHeartbeat(cfg Config, every time.Duration) Config {
	cfg.heartbeat = every
	return cfg
}
