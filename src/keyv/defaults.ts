import type { DefaultsTable } from "../core/defaults.js";

/** The defaults of `createKeyvStore`, each with the reason for its value. */
export const keyvDefaults = {
  ttlMs: {
    value: 2_592_000_000,
    because: "30 days: callers of Keyv expect that such a value stays, and each entry must end.",
  },
} as const satisfies DefaultsTable;
