import { createSync } from "../../../src/sync/index.js";
import type { StartContestant } from "../contestants/contestant.js";

interface Prices {
  readonly lamp: number;
}

function isPrices(value: unknown): value is Prices {
  return typeof value === "object" && value !== null && "lamp" in value && value.lamp === 5;
}

/** A schema that costs as little as the check of the rival. */
const schema = {
  "~standard": {
    version: 1,
    vendor: "bench",
    validate: (value: unknown) => (isPrices(value) ? { value } : { issues: [{ message: "no prices" }] }),
  },
} as const;

/** Calls a service with `sync.json`. */
export const moonpath: StartContestant = async (url) => {
  const sync = createSync({ deadlineMs: 60_000, attemptMs: 60_000 });
  return { call: () => sync.json<Prices>(url, { schema }), close: () => undefined };
};

/** The same with fetch alone: no deadline, no retry, no breaker, no limit of the reply. */
export const bareFetch: StartContestant = async (url) => ({
  call: async () => {
    const response = await fetch(url, { headers: { accept: "application/json" } });
    const value: unknown = await response.json();
    if (!response.ok || !isPrices(value)) throw new Error("the service gave no prices");
  },
  close: () => undefined,
});
