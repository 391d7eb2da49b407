package filelock

// noFollow is nothing here: making symbolic links takes a privilege.
const noFollow = 0
