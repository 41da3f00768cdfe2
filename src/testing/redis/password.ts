import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { TestingError } from "../errors.js";
import type { Address } from "./connection.js";

/**
 * The password of the options, or a random one.
 *
 * @throws TestingError `TESTING_BAD_OPTION` for other characters. The error does not repeat the
 * value.
 */
export function passwordOf(options: {
  readonly password?: string | undefined;
  readonly config?: Readonly<Record<string, string>>;
}): string {
  const { password = options.config?.["requirepass"] } = options;
  if (password === undefined) return randomBytes(16).toString("hex");
  if (typeof password === "string" && /^[\w.~-]{0,128}$/.test(password)) return password;
  throw new TestingError(
    "TESTING_BAD_OPTION",
    "password must be 0 to 128 characters of A-Z a-z 0-9 _ . ~ -.",
  );
}

/** The settings of the password, for clients and for replication. */
export function secretLines(password: string): string {
  return `requirepass ${password}\nmasterauth ${password}\n`;
}

/** Writes settings to a file that only its owner can read. Returns its path. */
export function writeSecrets(folder: string, lines: string): string {
  const file = join(folder, "secrets.conf");
  writeFileSync(file, lines, { mode: 0o600 });
  return file;
}

/** `redis://:password@host:port` */
export function urlOf({ host, port, password }: Address): string {
  return `redis://${password ? `:${password}@` : ""}${host}:${port}`;
}
