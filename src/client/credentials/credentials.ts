import { ArgumentError } from "../../core/errors.js";
import { readFrom } from "../../core/read-from.js";

/** A login that ends, such as a token of IAM or of Entra. */
export interface Credentials {
  /** The Redis user. Default: the one in the options of the connection. */
  readonly username?: string | undefined;
  /** The password or the token. */
  readonly password: string;
  /**
   * The instant at which they end, in epoch milliseconds. The client asks for new ones after three
   * quarters of the time until then. Absent: it asks every 10 minutes.
   */
  readonly expiresAtMs?: number | undefined;
}

/**
 * Returns the credentials that are valid now. The client calls it at the start, before they end, and
 * after a server has refused a login. It may return the same ones again. A call has 10 seconds.
 *
 * ```ts
 * const issue = async () => ({ token: "secret", seconds: 900 });
 * const moonpath = createMoonpath(redis, {
 *   credentials: async () => {
 *     const { token, seconds } = await issue();
 *     return { username: "service", password: token, expiresAtMs: Date.now() + seconds * 1_000 };
 *   },
 * });
 * ```
 */
export type CredentialsProvider = () => Credentials | Promise<Credentials>;

const expected = "a function that returns { username?: text, password: text, expiresAtMs?: epoch ms }";

/** @throws ArgumentError unless it is a function */
export function checkedProvider(provider: CredentialsProvider): CredentialsProvider {
  if (typeof provider === "function") return provider;
  throw new ArgumentError("credentials", expected);
}

/**
 * A copy of what a provider has returned.
 *
 * @throws ArgumentError that names `credentials` and holds no value
 */
export function checkedCredentials(given: Credentials): Credentials {
  if (typeof given !== "object" || given === null) throw new ArgumentError("credentials", expected);
  const { username, password, expiresAtMs } = readFrom("credentials", () => ({
    username: given.username,
    password: given.password,
    expiresAtMs: given.expiresAtMs,
  }));
  const isUser = username === undefined || (typeof username === "string" && username !== "");
  const isPassword = typeof password === "string" && password !== "";
  const isInstant = expiresAtMs === undefined || Number.isFinite(expiresAtMs);
  if (isUser && isPassword && isInstant) return { username, password, expiresAtMs };
  throw new ArgumentError("credentials", expected);
}
