package ststest

import "encoding/xml"

type mfaDevice struct {
	UserName     string
	SerialNumber string
	EnableDate   string
}

type listMFADevicesResult struct {
	XMLName     xml.Name    `xml:"ListMFADevicesResult"`
	MFADevices  []mfaDevice `xml:"MFADevices>member"`
	IsTruncated bool
}

// listMFADevices shows users their own device; no policy here allows more.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListMFADevices.html
func (s *Server) listMFADevices(c *call) (any, error) {
	limits := &constraints{form: c.form}
	limits.text("UserName", 1, 128, `[\w+=,.@-]+`)
	if err := limits.err(); err != nil {
		return nil, err
	}
	own := c.caller.identity.user
	wanted := own
	if c.form.Has("UserName") {
		wanted = c.form.Get("UserName")
	}
	if wanted == "" {
		return nil, refused("ValidationError", "Must specify userName when calling with non-User credentials")
	}
	if wanted != own {
		return nil, refused("AccessDenied", "User: %s is not authorized to perform: iam:ListMFADevices on resource: user %s "+
			"because no identity-based policy allows the iam:ListMFADevices action", c.caller.identity.arn, wanted)
	}
	u := s.users[own]
	return listMFADevicesResult{MFADevices: []mfaDevice{{
		UserName: u.Name, SerialNumber: u.MFASerial, EnableDate: u.Created.Format(timeFormat),
	}}}, nil
}
