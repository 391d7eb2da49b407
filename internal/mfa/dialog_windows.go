package mfa

// dialogScript takes the text from the environment; nothing is spliced into
// it. It holds no double quotes, so that it is one argument for PowerShell.
// Exit status 1 means declined, 3 that no window can be shown (a service, SSH).
const dialogScript = `
$ErrorActionPreference = 'Stop'
if (-not [Environment]::UserInteractive) { exit 3 }
Add-Type -AssemblyName System.Windows.Forms
$form = New-Object Windows.Forms.Form
$form.Text = $env:AWSMINT_DIALOG_TITLE
$form.AutoSize = $true
$form.AutoSizeMode = 'GrowAndShrink'
$form.FormBorderStyle = 'FixedDialog'
$form.StartPosition = 'CenterScreen'
$form.TopMost = $true
$panel = New-Object Windows.Forms.FlowLayoutPanel
$panel.FlowDirection = 'TopDown'
$panel.AutoSize = $true
$label = New-Object Windows.Forms.Label
$label.Text = $env:AWSMINT_DIALOG_TEXT
$label.UseMnemonic = $false
$label.AutoSize = $true
$entry = New-Object Windows.Forms.TextBox
$entry.UseSystemPasswordChar = $true
$entry.Width = 200
$ok = New-Object Windows.Forms.Button
$ok.Text = 'OK'
$ok.DialogResult = 'OK'
$panel.Controls.AddRange(@($label, $entry, $ok))
$form.Controls.Add($panel)
$form.AcceptButton = $ok
if ($form.ShowDialog() -ne 'OK') { exit 1 }
[Console]::Out.Write($entry.Text)
`

// program is Windows PowerShell, which is part of Windows.
func (w *Dialog) program(text string) (path string, args, variables []string, err error) {
	path, err = w.lookPath("powershell.exe")
	if err != nil {
		return "", nil, nil, Unavailable("no powershell.exe")
	}
	return path, []string{"-NoProfile", "-STA", "-Command", dialogScript},
		[]string{"AWSMINT_DIALOG_TITLE=" + dialogTitle, "AWSMINT_DIALOG_TEXT=" + text}, nil
}

// declinedExit is the script's exit status when the window was closed. A
// script that fails by itself ends with 1 as well, and complains.
const declinedExit = 1

func declined(exitCode int, complaint string) bool {
	return exitCode == declinedExit && complaint == ""
}
