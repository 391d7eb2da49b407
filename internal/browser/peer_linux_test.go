package browser

import "testing"

const sockets = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0000000000000000 100 0 0 10 0
   1: 0100007F:D431 0100007F:1F90 01 00000000:00000000 00:00000000 00000000 54321        0 12 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0000000000000000 20 4 30 10 -1
`

func TestOwnerOf(t *testing.T) {
	for _, c := range []struct {
		own, other string
		uid        int
		ok         bool
	}{
		{"127.0.0.1:54321", "127.0.0.1:8080", 54321, true},
		{"127.0.0.1:8080", "127.0.0.1:54321", 1000, true},
		{"127.0.0.1:54322", "127.0.0.1:8080", 0, false},
		{"nonsense", "127.0.0.1:8080", 0, false},
	} {
		if uid, ok := ownerOf([]byte(sockets), c.own, c.other); uid != c.uid || ok != c.ok {
			t.Errorf("%s to %s: %d, %t", c.own, c.other, uid, ok)
		}
	}
}
