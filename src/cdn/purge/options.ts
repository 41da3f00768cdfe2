import { checkedInteger } from "../../core/checks.js";
import { ArgumentError } from "../../core/errors.js";
import { MAX_TIMER_MS } from "../../core/limits.js";
import { cdnDefaults as defaults } from "../defaults.js";

/** The options of both CDNs. */
export interface PurgerOptions {
  /** The API token. It is in no error. */
  readonly token: string;
  /** The address of the API. `http:` is refused, except for this machine. */
  readonly apiUrl?: string | undefined;
  /** Milliseconds for a purge with all its attempts. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds for one attempt. Default 4,000. */
  readonly attemptMs?: number | undefined;
}

/** The checked options. The token is only in `headers`. */
export interface PurgeTarget {
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly attemptMs: number;
}

/** @throws ArgumentError that names the option */
export function purgeTarget(options: PurgerOptions, apiUrl: string): PurgeTarget {
  return {
    apiUrl: checkedApiUrl(options.apiUrl ?? apiUrl),
    timeoutMs: checkedInteger("timeoutMs", options.timeoutMs ?? defaults.timeoutMs.value, 1, MAX_TIMER_MS),
    attemptMs: checkedInteger("attemptMs", options.attemptMs ?? defaults.attemptMs.value, 1, MAX_TIMER_MS),
  };
}

/** A value that fetch refuses would be in the message of its error. */
export function checkedToken(token: string): string {
  if (typeof token === "string" && /^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  throw new ArgumentError("token", "printable ASCII without spaces and line breaks");
}

/** @throws ArgumentError unless it is an id, which becomes a part of a path */
export function checkedId(option: string, id: string): string {
  if (typeof id === "string" && /^[A-Za-z0-9]{1,64}$/.test(id)) return id;
  throw new ArgumentError(option, "1 to 64 letters and digits");
}

/** URLs that a purge may name. @throws ArgumentError for another one */
export function checkedUrls(urls: readonly string[]): readonly string[] {
  for (const url of urls) {
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw new ArgumentError("urls", "URLs that begin with https: or http:");
    }
  }
  return [...new Set(urls)];
}

function checkedApiUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isLocal = /^(localhost|127\.[\d.]+|\[::1\])$/.test(parsed?.hostname ?? "");
  if (parsed && (parsed.protocol === "https:" || (parsed.protocol === "http:" && isLocal))) {
    return url.replace(/\/+$/, "");
  }
  throw new ArgumentError("apiUrl", "a URL that begins with https:, because the token is sent to it");
}
