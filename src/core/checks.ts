import { ArgumentError } from "./errors.js";
import { MAX_DURATION_MS } from "./limits.js";
import { readFrom } from "./read-from.js";

/** @throws ArgumentError unless the value is a whole number within its bounds */
export function checkedInteger(argument: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new ArgumentError(argument, `a whole number from ${min} to ${max}`);
}

/**
 * Checks that a tenant has these functions, each given as `domain.operation`.
 *
 * @throws ArgumentError that names `tenant`
 */
export function checkTenant(tenant: unknown, ...operations: readonly `${string}.${string}`[]): void {
  const expected = 'a tenant, such as moonpath.tenant("acme")';
  const hasAll = readFrom(
    "tenant",
    () =>
      operations.every((path) => {
        const [domain = "", operation = ""] = path.split(".");
        return typeof fieldOf(fieldOf(tenant, domain), operation) === "function";
      }),
    undefined,
    expected,
  );
  if (!hasAll) throw new ArgumentError("tenant", expected);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** @throws ArgumentError if there is no name, or a name twice */
export function checkedNames(argument: string, names: readonly string[]): readonly string[] {
  if (names.length > 0 && new Set(names).size === names.length) return names;
  throw new ArgumentError(argument, "at least one, without duplicates");
}

/**
 * How long `stop()` waits for running work, in milliseconds.
 *
 * @throws ArgumentError if the options cannot be read, or for a `graceMs` out of bounds
 */
export function graceMsOf(
  options: { readonly graceMs?: number | undefined } | undefined,
  defaultMs: number,
): number {
  if (options === undefined) return defaultMs;
  const graceMs = readFrom("options", () => options.graceMs) ?? defaultMs;
  return checkedInteger("graceMs", graceMs, 0, MAX_DURATION_MS);
}
