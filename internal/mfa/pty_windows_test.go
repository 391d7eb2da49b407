package mfa

func beTheShell() {}

func askAtTerminal() {}
