/** A mistake that the person at the command line can fix: printed without a stack. */
export class CommandError extends Error {
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
    this.name = "CommandError";
  }
}

/** The error as a CommandError if a person can fix it: a refusal of the file system or the network, too. */
export function asCommandError(error: unknown): CommandError | undefined {
  if (error instanceof CommandError) return error;
  return error instanceof Error && "syscall" in error ? new CommandError(error.message) : undefined;
}
