package browser

import (
	"bytes"
	"net"
	"os"
	"strconv"
	"strings"
)

// isStranger reports whether another user of this machine is at the other end
// of a connection. Root, who may be a relay (WSL) and can read everything
// anyway, is none; nor is one of whom the kernel knows nothing.
func isStranger(peer, own string) bool {
	for _, table := range []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"} {
		text, err := os.ReadFile(table)
		if err != nil {
			continue
		}
		if uid, ok := ownerOf(text, peer, own); ok {
			return uid != 0 && uid != os.Getuid()
		}
	}
	return false
}

// ownerOf is the user id of the socket that is bound to the address own of a
// connection to other, in a table of the kernel's.
// https://docs.kernel.org/networking/proc_net_tcp.html
func ownerOf(table []byte, own, other string) (uid int, ok bool) {
	local, remote := portOf(own), portOf(other)
	for line := range bytes.Lines(table) {
		const localField, remoteField, uidField = 1, 2, 7
		fields := strings.Fields(string(line))
		if len(fields) <= uidField || hexPort(fields[localField]) != local || hexPort(fields[remoteField]) != remote {
			continue
		}
		uid, err := strconv.Atoi(fields[uidField])
		return uid, err == nil
	}
	return 0, false
}

// portOf is the port of an address; -1 where there is none.
func portOf(address string) int {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return -1
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return port
}

// hexPort is the port of an address as the kernel writes it; -2 where there is
// none.
func hexPort(field string) int {
	_, text, _ := strings.Cut(field, ":")
	port, err := strconv.ParseUint(text, 16, 16)
	if err != nil {
		return -2
	}
	return int(port)
}
