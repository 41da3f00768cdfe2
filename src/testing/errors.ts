/** All error codes of `moonpath/testing`, with their meaning. */
export const testingErrors = {
  TESTING_NO_REDIS: "No Redis or Valkey server was found, and Docker could not run one.",
  TESTING_NO_POSTGRES: "No PostgreSQL server was found, and Docker could not run one.",
  TESTING_NO_DOCKER: "Docker is required, but no Docker engine answers.",
  TESTING_START_FAILED: "A server's program ended before it was ready.",
  TESTING_TIMEOUT: "An operation exceeded its time limit.",
  TESTING_UNREACHABLE: "The server that the environment names does not answer.",
  TESTING_TOO_OLD: "The server is older than Redis 7.0.",
  TESTING_GIVEN_SERVER: "A server of the environment cannot be killed or restarted.",
  TESTING_BAD_OPTION: "An option has a value outside its range.",
  TESTING_BAD_URL: "The URL of a server is invalid.",
} as const;

/** The code of a {@link TestingError}. */
export type TestingErrorCode = keyof typeof testingErrors;

/**
 * The error of all functions in `moonpath/testing`. `code` is stable and `message` says what to do.
 * `details.log` has the last lines that the server wrote, if there was one.
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

/** The message of a caught value. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** @throws TestingError `TESTING_BAD_OPTION` unless `value` is an integer from `min` to `max` */
export function checkInteger(name: string, value: number, min: number, max: number): void {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    throw new TestingError(
      "TESTING_BAD_OPTION",
      `${name} must be an integer from ${min} to ${max}, got ${value}.`,
    );
  }
}
