/** An error that the user can fix. The command prints its message without a stack. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

/** Converts errors that the user can fix, including those of the file system and the network. */
export function asCommandError(error: unknown): CommandError | undefined {
  if (error instanceof CommandError) return error;
  return error instanceof Error && "syscall" in error ? new CommandError(error.message) : undefined;
}
