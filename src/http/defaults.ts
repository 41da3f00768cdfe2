import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of keys over HTTP, each with the reason for its value. */
export const httpDefaults = {
  unmarked: { value: "off", because: "A route opts in, because its handler must be safe to replay." },
  use: { value: "required", because: "Only routes that need keys have the middleware." },
  onFailure: { value: "release", because: "Most handlers fail before their effect, in a transaction." },
  maxReplyBytes: {
    value: 262_144,
    because: "JSON replies of a shop are smaller; Redis keeps each for a day.",
  },
  replyBytesLimit: { value: 500_000, because: "The scripts store at most 512 KiB with the envelope." },
  maxBodyBytes: { value: 1_048_576, because: "Fastify has the same limit, and JSON of a shop is smaller." },
  bodyBytesLimit: { value: 1_073_741_824, because: "A body is in memory while its handler runs." },
  handlerMs: { value: 60_000, because: "Most proxies end a request after 60 s." },
  recordMs: { value: 2_000, because: "The client of HTTP waits meanwhile, and two calls fit into it." },
} as const satisfies DefaultsTable;
