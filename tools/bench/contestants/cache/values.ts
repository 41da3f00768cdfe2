/** The entries that the loads call. */
export const ENTRIES = 1_000;

export const HOUR_MS = 3_600_000;

/** About 1,000 bytes of JSON. */
export interface Product {
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly offers: readonly { readonly shop: string; readonly cents: number; readonly isNew: boolean }[];
}

const OFFERS = 14;

/** A product of 1 KB, as the source returns it. */
export function productOf(id: number): Product {
  return {
    id,
    name: `Lamp ${id}`,
    description: "A lamp of brass and glass for the desk. ".repeat(7),
    offers: Array.from({ length: OFFERS }, (_, at) => ({
      shop: `shop-${at}`,
      cents: 1_000 + at,
      isNew: at % 2 === 0,
    })),
  };
}

/** The entry of a call. */
export function entryOf(call: number): number {
  return call % ENTRIES;
}

/** @throws Error if the call did not find what the bench has stored */
export function expectProduct(found: unknown, id: number): void {
  if (typeof found !== "object" || found === null || !("id" in found) || found.id !== id)
    throw new Error(`a call did not find the entry ${id}`);
}

/** Calls for each entry, some at a time. */
export async function eachEntry(
  call: (id: number) => Promise<unknown>,
  entries: number = ENTRIES,
): Promise<void> {
  const AT_ONCE = 100;
  for (let start = 0; start < entries; start += AT_ONCE) {
    const ids = Array.from({ length: Math.min(AT_ONCE, entries - start) }, (_, at) => start + at);
    await Promise.all(ids.map(call));
  }
}
