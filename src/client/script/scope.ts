import { ArgumentError } from "../../core/errors.js";
import { checksumOf } from "../connection/slot.js";
import type { Scope } from "./encoded-call.js";

const namePattern = /^[A-Za-z0-9_.-]{1,64}$/;

/** @throws ArgumentError unless it is a name of 1 to 64 characters of `A-Z a-z 0-9 _ . -` */
export function checkedName(argument: string, name: unknown): string {
  if (typeof name === "string" && namePattern.test(name)) return name;
  throw new ArgumentError(argument, "1 to 64 characters of A-Z, a-z, 0-9, _, . and -");
}

/** How keys begin: `shop:{acme:`. */
export interface KeyStart {
  readonly text: string;
  /** The checksum of the hash tag's first part, `acme:`. */
  readonly crc: number;
}

/**
 * A scope that was checked when it was made, and cannot change. Other objects cannot have its
 * private field.
 */
class VerifiedScope implements Scope {
  readonly namespace: string;
  readonly tenant: string;
  /** How all keys of the scope begin, if their hash tag begins with the tenant. */
  readonly #keyStart: KeyStart;

  constructor(namespace: unknown, tenant: unknown) {
    this.namespace = checkedName("namespace", namespace);
    this.tenant = checkedName("tenant", tenant);
    this.#keyStart = {
      text: `${this.namespace}:{${this.tenant}:`,
      crc: checksumOf(`${this.tenant}:`),
    };
    Object.freeze(this);
  }

  static includes(scope: unknown): scope is VerifiedScope {
    return typeof scope === "object" && scope !== null && #keyStart in scope;
  }

  get keyStart(): KeyStart {
    return this.#keyStart;
  }
}

/**
 * A scope that key builders need not check again.
 *
 * @throws ArgumentError
 */
export function createScope(namespace: string, tenant: string): Scope {
  return new VerifiedScope(namespace, tenant);
}

/**
 * Checks both names of a scope, as `tenant()` does. Generated key builders call it. Without the
 * check, the tenant `a:b` with the product `c` would have the key of the tenant `a` with the
 * product `b:c`.
 *
 * ```ts
 * const scope = checkedScope({ namespace: "shop", tenant: "acme" });
 * ```
 *
 * @throws ArgumentError that names `namespace`, `tenant` or `scope`
 */
export function checkedScope(scope: Scope): Scope {
  return VerifiedScope.includes(scope) ? scope : new VerifiedScope(...fieldsOf(scope));
}

/**
 * How the keys of a scope begin.
 *
 * @throws ArgumentError that names `namespace`, `tenant` or `scope`
 */
export function keyStartOf(scope: Scope): KeyStart {
  return VerifiedScope.includes(scope) ? scope.keyStart : new VerifiedScope(...fieldsOf(scope)).keyStart;
}

function fieldsOf(scope: Scope): [namespace: unknown, tenant: unknown] {
  try {
    if (typeof scope === "object") return [scope.namespace, scope.tenant];
  } catch {
    // A getter or a proxy of the caller threw this error. Its message may contain a value.
  }
  throw new ArgumentError("scope", "an object with a namespace and a tenant");
}
