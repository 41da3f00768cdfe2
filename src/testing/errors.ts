/** Every failure of `moonpath/testing`: its stable code and what it means. */
export const testingErrors = {
  TESTING_NO_REDIS: "No Redis or Valkey server could be found, run in Docker or installed.",
  TESTING_NO_POSTGRES: "No PostgreSQL server could be found or run in Docker.",
  TESTING_NO_DOCKER: "Docker was asked for, and no Docker engine answers.",
  TESTING_INSTALL_FAILED: "The distribution's package could not be installed.",
  TESTING_START_FAILED: "A server's program ended before it was ready.",
  TESTING_TIMEOUT: "Something took longer than its limit.",
  TESTING_UNREACHABLE: "The server that the environment names does not answer.",
  TESTING_TOO_OLD: "The server is older than Redis 7.0.",
  TESTING_GIVEN_SERVER: "A server given by the environment is not ours to kill or to restart.",
  TESTING_UNSUPPORTED: "The chosen way of running servers cannot do this.",
  TESTING_BAD_OPTION: "An option has a value outside its range.",
  TESTING_BAD_URL: "A server's URL cannot be used.",
} as const;

/** The code of a {@link TestingError}. */
export type TestingErrorCode = keyof typeof testingErrors;

/**
 * Raised by everything in `moonpath/testing`. `code` is stable, `message` says what to do, and `log` holds the
 * last lines that the server wrote, if there was one.
 */
export class TestingError extends Error {
  override readonly name = "TestingError";

  constructor(
    readonly code: TestingErrorCode,
    message: string,
    readonly details: { readonly log?: readonly string[]; readonly cause?: unknown } = {},
  ) {
    const log = details.log ?? [];
    const tail =
      log.length > 0 ? `\nThe server's last lines:\n${log.map((line) => `  ${line}`).join("\n")}` : "";
    super(`${message}${tail}`, details.cause === undefined ? undefined : { cause: details.cause });
  }
}

/** What a caught value says, in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throws unless `value` is an integer from `lowest` to `highest`. */
export function checkInteger(name: string, value: number, lowest: number, highest: number): void {
  if (!Number.isSafeInteger(value) || value < lowest || value > highest) {
    throw new TestingError(
      "TESTING_BAD_OPTION",
      `${name} must be an integer from ${lowest} to ${highest}, got ${value}.`,
    );
  }
}
