/** A version that a reply has shown: the thing's name, and its version. */
export interface SeenVersion {
  readonly name: string;
  readonly version: number;
}

/** The version of what is deleted: nothing may show the thing any more. */
export const DELETED = Number.POSITIVE_INFINITY;

/**
 * Remembers when a write of each version has returned. A read that began after that must show this
 * version or a later one.
 */
export class VersionLog {
  readonly #confirmed = new Map<string, { readonly atMs: number; readonly version: number }[]>();

  /** A write has returned at this time. */
  confirm({ name, version }: SeenVersion, atMs: number): void {
    const known = this.#confirmed.get(name) ?? [];
    // Writes of one thing may return in another order than they were made.
    known.push({ atMs, version: Math.max(version, known.at(-1)?.version ?? 0) });
    this.#confirmed.set(name, known);
  }

  /** The version that a read which begins at this time must show at least. 0: any, also none. */
  leastAt(name: string, atMs: number): number {
    return this.#confirmed.get(name)?.findLast((one) => one.atMs <= atMs)?.version ?? 0;
  }
}

/** All versions in a reply. `about` names the thing of a reply that has no name. */
export function versionsIn(body: unknown, about: string | undefined): SeenVersion[] {
  if (Array.isArray(body)) return body.flatMap((item) => versionsIn(item, undefined));
  if (typeof body !== "object" || body === null) return [];
  const version: unknown = Reflect.get(body, "version");
  const name = about ?? nameOf(body);
  const own = typeof version === "number" && name !== undefined ? [{ name, version }] : [];
  const below = Object.values(body).flatMap((value) => versionsIn(value, undefined));
  return [...own, ...below];
}

/** The codes of the reply to a deletion. */
export function deletedIn(body: unknown): SeenVersion[] {
  const deleted: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "deleted") : undefined;
  return Array.isArray(deleted)
    ? deleted.map((product) => ({ name: `product/${String(product)}`, version: DELETED }))
    : [];
}

/** A product also names its category, and a session its customer, so the order counts. */
const NAMES = ["product", "session", "customer", "category"] as const;

function nameOf(body: object): string | undefined {
  for (const kind of NAMES) {
    const name: unknown = Reflect.get(body, kind);
    if (typeof name === "string") return `${kind}/${name}`;
  }
  return undefined;
}
