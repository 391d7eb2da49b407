package awsconfig

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// The test binary is also the other processes of these tests: with
// editorVariable set it adds profiles to that file, with writerVariable it
// rewrites that file until it is killed or its parent is gone.
const (
	editorVariable = "AWSCONFIG_TEST_EDIT"
	writerVariable = "AWSCONFIG_TEST_WRITE"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(editorVariable); path != "" {
		for i := range editsPerProcess {
			addProfile(path, fmt.Sprintf("process-%s-%d", os.Args[1], i))
		}
		return
	}
	if path := os.Getenv(writerVariable); path != "" {
		rewrite(path)
		return
	}
	os.Exit(m.Run())
}

const (
	editors         = 4
	editsPerProcess = 8
	goroutines      = 50
)

func addProfile(path, name string) {
	err := Update(context.Background(), path, func(d *Document) error {
		return d.Set(ConfigProfile(name), "k", name)
	})
	if err != nil {
		panic(err)
	}
}

func TestConcurrentEditorsLoseNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".aws", "config")
	var want []string
	var wait sync.WaitGroup
	for i := range editors {
		cmd := exec.Command(os.Args[0], strconv.Itoa(i))
		cmd.Env = append(os.Environ(), editorVariable+"="+path)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		wait.Go(func() {
			if err := cmd.Wait(); err != nil {
				t.Errorf("an editing process: %v", err)
			}
		})
		for j := range editsPerProcess {
			want = append(want, fmt.Sprintf("process-%d-%d", i, j))
		}
	}
	for i := range goroutines {
		name := fmt.Sprintf("goroutine-%d", i)
		want = append(want, name)
		wait.Go(func() { addProfile(path, name) })
	}
	wait.Wait()

	config, err := Load(Paths{Config: path})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range want {
		if s, err := config.Profile(name); err != nil || s.Get("k") != name {
			t.Errorf("lost: %v", err)
		}
	}
	if got := len(config.Profiles()); got != len(want) {
		t.Errorf("%d profiles, want %d", got, len(want))
	}
}

// rewrite counts in the file, and says so once it has begun.
func rewrite(path string) {
	gone := make(chan struct{})
	go func() {
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		close(gone)
	}()
	for i := 0; ; i++ {
		select {
		case <-gone:
			return
		default:
		}
		if err := Update(context.Background(), path, setKey(strconv.Itoa(i))); err != nil {
			panic(err)
		}
		if i == 0 {
			fmt.Println("writing")
		}
	}
}

func TestKilledWriterLeavesTheOldFileOrTheNew(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config")
	rest := manyProfiles(300)
	const section = "[profile work]\nk = "
	writeFile(t, path, section+"0\n\n"+rest)

	for round := range 25 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), writerVariable+"="+path)
		writer.Stderr = os.Stderr
		stdin, err := writer.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		stdout, err := writer.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := writer.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "writing\n" {
			t.Fatalf("the writer said %q, %v", line, err)
		}
		// Each round ends at another instant of a write.
		kill := time.AfterFunc(time.Duration(round)*173*time.Microsecond, func() { _ = writer.Process.Kill() })
		_ = writer.Wait()
		kill.Stop()
		_ = stdin.Close()

		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		count, ok := strings.CutSuffix(strings.TrimPrefix(string(text), section), "\n\n"+rest)
		if _, err := strconv.Atoi(count); !ok || err != nil {
			t.Fatalf("round %d: the file is a mixture: %d bytes, begins %.60q", round, len(text), text)
		}
	}

	// The next editor finds the lock free, and clears up.
	if err := Update(context.Background(), path, setKey("done")); err != nil {
		t.Fatal(err)
	}
	wantContent(t, path, section+"done\n\n"+rest)
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("the directory holds %v, %v; want the lock and the file", entries, err)
	}
}
