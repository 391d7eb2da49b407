package doctor

// hasKernelKeyring: Linux alone has a keyring in the kernel.
const hasKernelKeyring = true
