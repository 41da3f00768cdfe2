import type { DefaultsTable } from "../core/defaults.js";

/** The defaults and limits of the image endpoint, each with the reason for its value. */
export const imageDefaults = {
  prefix: { value: "/images/", because: "The CDN's rows for files name it." },
  maxInputBytes: { value: 20_000_000, because: "A photo of a camera has less." },
  maxInputPixels: { value: 50_000_000, because: "A decoder takes 4 bytes for each: 200 MB at most." },
  maxOutputBytes: { value: 2_000_000, because: "The largest picture of a shop's banner has less than 1 MB." },
  maxEdge: { value: 2_560, because: "The widest of the shop's sizes; a signed URL asks for no more." },
  timeoutMs: { value: 10_000, because: "AVIF of a large photo takes seconds on a slow machine." },
  maxConcurrent: { value: 2, because: "Decoders share the four threads of libuv with the file system." },
  maxWaiting: { value: 32, because: "A visitor who waits longer has left." },
  freshMs: { value: 604_800_000, because: "A week in Redis: a change invalidates it by its tag." },
  browserMs: { value: 86_400_000, because: "A day: no purge reaches a browser." },
  avifQuality: { value: 50, because: "sharp's own default, about as good as JPEG with 80." },
  webpQuality: { value: 78, because: "About as good as JPEG with 80." },
  jpegQuality: { value: 80, because: "sharp's own default." },
} as const satisfies DefaultsTable;
