/** A folder that cannot be read or written as it is; the message names the path below it. */
export class FolderError extends Error {}
