package ststest

import (
	"encoding/json"
	"net/http"
)

// jsonReply is an answer with the JSON of v. What can't be written is a
// mistake in this package, and the empty body it gives is refused by every
// client.
func jsonReply(status int, v any) reply {
	body, err := json.Marshal(v)
	if err != nil {
		body = nil
	}
	return reply{status: status, header: http.Header{"Content-Type": {"application/json"}}, body: body}
}

// jsonError is an error answer of the REST-JSON protocol, which names the
// error in a header. The services put a URI of their own behind the name;
// clients cut it off at the colon.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
func jsonError(e *refusal, namespace string, v any) reply {
	status := e.Status
	if status == 0 {
		status = jsonStatusOf(e.Code)
	}
	rep := jsonReply(status, v)
	rep.header.Set("X-Amzn-Errortype", e.Code+":http://internal.amazon.com/coral/"+namespace+"/")
	return rep
}

// jsonStatusOf is the HTTP status of an error in the models of SSO and SSO
// OIDC, or else of the front end that they share with the other services.
func jsonStatusOf(code string) int {
	switch code {
	case "InvalidClientException", "UnauthorizedException":
		return http.StatusUnauthorized
	case "ForbiddenException":
		return http.StatusForbidden
	case "ResourceNotFoundException":
		return http.StatusNotFound
	case "TooManyRequestsException":
		return http.StatusTooManyRequests
	case "InternalServerException":
		return http.StatusInternalServerError
	case "ExpiredTokenException":
		return http.StatusBadRequest
	}
	return statusOf(code)
}
