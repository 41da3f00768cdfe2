/** The slots of one master, from the reply of CLUSTER SLOTS. */
export interface SlotRange {
  readonly first: number;
  readonly last: number;
  /** `host:port` of the master, then of its replicas. */
  readonly addresses: readonly string[];
}

/** @param host the host of the node that sent the reply: a node that knows no host of its own sends none */
export function slotRanges(reply: unknown, host: string): SlotRange[] {
  return rowsOf(reply).flatMap(([first, last, ...nodes]) => {
    if (typeof first !== "number" || typeof last !== "number") return [];
    const addresses = rowsOf(nodes).map(([announced, port]) => `${announced || host}:${port}`);
    return addresses.length === 0 ? [] : [{ first, last, addresses }];
  });
}

function rowsOf(value: unknown): unknown[][] {
  return Array.isArray(value) ? value.filter((row): row is unknown[] => Array.isArray(row)) : [];
}
