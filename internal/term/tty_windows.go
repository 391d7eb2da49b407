package term

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/windows"
)

var getConsoleWindow = windows.NewLazySystemDLL("kernel32.dll").NewProc("GetConsoleWindow")

// open opens the console's input and output, which exist although the three
// standard handles were redirected. A process without a console has neither.
//
// A console without a window could be read from, but nobody would see the
// question. It is what a program started with CREATE_NO_WINDOW has, as the AWS
// SDK for .NET does with every credential_process. The consoles of Windows
// Terminal and of SSH do have a window, though a hidden one.
func open() (*Terminal, error) {
	if window, _, _ := getConsoleWindow.Call(); window == 0 {
		return nil, fmt.Errorf("%w (no console with a window)", ErrNone)
	}
	in, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("%w (CONIN$: %w)", ErrNone, err)
	}
	out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		_ = in.Close()
		return nil, fmt.Errorf("%w (CONOUT$: %w)", ErrNone, err)
	}
	return &Terminal{in: in, out: out}, nil
}

// Close closes the terminal. A read that was given up still holds the input,
// and closing that waits for the read, which may last as long as the process.
func (t *Terminal) Close() error {
	go func() { _ = t.in.Close() }()
	return t.out.Close()
}

// foreground is true of every process at a console: Windows has no job control.
func (t *Terminal) foreground() error { return nil }

func (t *Terminal) write(text string) error {
	_, err := t.out.WriteString(text)
	return err
}

// startExchange shows prompt and reads a line in a goroutine. A read of a
// console can't be waited for together with anything else: one that is given
// up and that Windows does not cancel either stays behind until the process
// ends.
func (t *Terminal) startExchange(prompt string, _ byte, paste bool) (*exchange, error) {
	answers := make(chan answer, 1)
	go func() {
		line, err := t.exchange(prompt, paste)
		answers <- answer{line, err}
	}()
	stop := func() { _ = windows.CancelIoEx(t.input(), nil) }
	return &exchange{answer: answers, stop: stop}, nil
}

func (t *Terminal) exchange(prompt string, paste bool) (string, error) {
	if err := t.write(prompt); err != nil {
		return "", fmt.Errorf("writing to the console: %w", err)
	}
	var text []byte
	chunk := make([]byte, 4096)
	for {
		n, err := t.in.Read(chunk)
		text = append(text, chunk[:n]...)
		line, _, complete := bytes.Cut(text, []byte("\n"))
		line = bytes.TrimSuffix(line, []byte("\r"))
		pasted, end := endOfPaste(text)
		switch {
		case paste && end:
			return pasted, nil
		case paste && len(text) > maxPaste:
			return "", errPasteTooLong
		case paste && err == nil && n > 0:
		case len(line) > maxLine:
			return "", errTooLong
		case complete:
			return string(line), nil
		case errors.Is(err, io.EOF) || errors.Is(err, windows.ERROR_OPERATION_ABORTED) || err == nil && n == 0:
			// Ctrl-Z, Ctrl-C, or the console has gone.
			return "", ErrCancelled
		case err != nil:
			return "", fmt.Errorf("reading from the console: %w", err)
		}
	}
}

func (t *Terminal) input() windows.Handle { return windows.Handle(t.in.Fd()) }

// setModes makes the console hand over edited lines, echoed or not.
func (t *Terminal) setModes(q question) (*modes, error) {
	var old uint32
	if err := windows.GetConsoleMode(t.input(), &old); err != nil {
		return nil, fmt.Errorf("%w (its modes can't be read: %w)", ErrNone, err)
	}
	set := old | windows.ENABLE_PROCESSED_INPUT | windows.ENABLE_LINE_INPUT | windows.ENABLE_ECHO_INPUT
	if q.hidden {
		set &^= windows.ENABLE_ECHO_INPUT
	}
	if err := windows.SetConsoleMode(t.input(), set); err != nil {
		return nil, fmt.Errorf("%w (its modes can't be set: %w)", ErrNone, err)
	}
	if q.fresh {
		_ = windows.FlushConsoleInputBuffer(t.input())
	}
	return &modes{restore: func(dropInput bool) {
		if dropInput {
			_ = windows.FlushConsoleInputBuffer(t.input())
		}
		_ = windows.SetConsoleMode(t.input(), old)
	}}, nil
}

// SaveModes returns a function that puts the present modes back. It is for
// whoever hands the terminal to a program that may be killed while it asks.
func (t *Terminal) SaveModes() (restore func()) {
	var old uint32
	if err := windows.GetConsoleMode(t.input(), &old); err != nil {
		return func() {}
	}
	return func() { _ = windows.SetConsoleMode(t.input(), old) }
}
