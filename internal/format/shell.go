package format

import (
	"strings"
)

// ForShell returns the format for the shell that started awsmint.
//
// The program that is awsmint's parent says most: in `eval "$(awsmint …)"`,
// `awsmint … | source` and `awsmint … | Invoke-Expression` that is the shell
// itself. Where the parent is no shell (make, sudo, an editor) the environment
// is asked, which knows only what shell the user began with: see fromEnvironment.
func ForShell(getenv func(string) string) Format {
	return forShell(parentProgram(), getenv)
}

func forShell(parent string, getenv func(string) string) Format {
	if format, known := byProgram(parent); known {
		return format
	}
	return fromEnvironment(getenv)
}

// byProgram tells a shell by its program, given with or without a path. The
// dash in front of a login shell's name and Windows's .exe are no part of it.
func byProgram(program string) (format Format, known bool) {
	name := program[strings.LastIndexAny(program, `/\`)+1:]
	name = strings.ToLower(strings.TrimPrefix(name, "-"))
	switch strings.TrimSuffix(name, ".exe") {
	case "sh", "ash", "bash", "busybox", "dash", "ksh", "ksh93", "mksh", "oksh", "yash", "zsh":
		return Env, true
	case "fish":
		return Fish, true
	case "pwsh", "pwsh-preview", "powershell", "powershell_ise":
		return PowerShell, true
	case "cmd":
		return WindowsCmd, true
	}
	return "", false
}

// fromPOSIX is what the environment says where the system's own shell is sh:
// SHELL, which is the user's login shell, and PSModulePath, which PowerShell
// sets for its children.
func fromPOSIX(getenv func(string) string) Format {
	if getenv("PSModulePath") != "" {
		return PowerShell
	}
	if format, known := byProgram(getenv("SHELL")); known {
		return format
	}
	return Env
}

// fromWindows is what the environment says on Windows. SHELL is set by Git Bash
// and its kin only. PSModulePath is there for every program, since the system
// sets it, but PowerShell puts a directory of the user's in front.
func fromWindows(getenv func(string) string) Format {
	if format, known := byProgram(getenv("SHELL")); known {
		return format
	}
	home := getenv("USERPROFILE")
	for _, dir := range strings.Split(getenv("PSModulePath"), ";") {
		if home != "" && strings.HasPrefix(strings.ToLower(dir), strings.ToLower(home)+`\`) {
			return PowerShell
		}
	}
	return WindowsCmd
}
