package cache_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/awsmint/awsmint/cache"
)

// What two hundred role profiles do at once, cold: each stores its entry, of
// the size that AWS's credentials have, and sweeps.
func BenchmarkTwoHundredStores(b *testing.B) {
	plain := make([]byte, 1200)
	for b.Loop() {
		c := &cache.Cache{Dir: b.TempDir()}
		times := cache.Times{Issued: time.Now(), Expires: time.Now().Add(time.Hour)}
		var group sync.WaitGroup
		for i := range 200 {
			group.Go(func() {
				n := name(fmt.Sprint("role-", i), "a")
				if err := c.Store(n, c.Generation(n.Scope), key, times, plain); err != nil {
					b.Error(err)
				}
				c.Sweep()
			})
		}
		group.Wait()
	}
}
