import { ArgumentError } from "../core/errors.js";
import { readFrom } from "../core/read-from.js";

const PREFIX = "whsec_";
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MIN_BYTES = 24;
const MAX_BYTES = 64;
/** A rotation needs two. */
const MAX_SECRETS = 10;

/**
 * The keys of secrets: `whsec_` and 24 to 64 bytes in Base64. The prefix may be left out.
 *
 * @throws ArgumentError that names `secrets`, and shows none
 */
export function checkedSecrets(secrets: readonly string[]): readonly Buffer[] {
  const expected = `1 to ${MAX_SECRETS} secrets: whsec_ and ${MIN_BYTES} to ${MAX_BYTES} bytes in Base64`;
  return readFrom(
    "secrets",
    () => {
      if (!Array.isArray(secrets) || secrets.length === 0 || secrets.length > MAX_SECRETS)
        throw new ArgumentError("secrets", expected);
      return secrets.map((secret: unknown) => {
        const key = keyOf(secret);
        if (!key) throw new ArgumentError("secrets", expected);
        return key;
      });
    },
    undefined,
    expected,
  );
}

function keyOf(secret: unknown): Buffer | undefined {
  if (typeof secret !== "string") return undefined;
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret;
  if (!BASE64.test(text)) return undefined;
  const key = Buffer.from(text, "base64");
  return key.length >= MIN_BYTES && key.length <= MAX_BYTES ? key : undefined;
}
