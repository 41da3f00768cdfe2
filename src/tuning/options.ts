import { checkedInteger } from "../core/checks.js";
import { ArgumentError } from "../core/errors.js";
import { type OptionNames, refuseUnknownOptions } from "../core/known-options.js";
import type { OnError } from "../core/notify.js";
import { tuningDefaults as defaults } from "./defaults.js";

/** Options of `collectFigures`. All may be left out. */
export interface FiguresOptions {
  /** How often the figures of this process are published, 100 to 600,000 milliseconds. Default 10,000. */
  readonly publishMs?: number | undefined;
  /**
   * One of so many hits counts for the hottest keys and for the ages at hit, 1 to 10,000. The distance
   * between two of them is random. Default 16.
   */
  readonly sampleEvery?: number | undefined;
  /** The most keys of each cache that are followed closely, 16 to 10,000. Default 512. */
  readonly maxTrackedKeys?: number | undefined;
  /**
   * Whether this person may read the hottest keys, which name tenants and entries. Without it, they are
   * neither counted nor published.
   */
  readonly mayReadKeys?: ((by: string) => boolean | Promise<boolean>) | undefined;
  /** Receives the errors of publishing. */
  readonly onError?: OnError | undefined;
}

const optionNames: OptionNames<FiguresOptions> = {
  publishMs: true,
  sampleEvery: true,
  maxTrackedKeys: true,
  mayReadKeys: true,
  onError: true,
};

/** Checked options, with their defaults. */
export interface ResolvedFiguresOptions {
  readonly publishMs: number;
  readonly sampleEvery: number;
  readonly maxTrackedKeys: number;
  readonly mayReadKeys: FiguresOptions["mayReadKeys"];
  readonly onError: OnError | undefined;
}

/** @throws ArgumentError that names the option */
export function resolveFiguresOptions(options: FiguresOptions): ResolvedFiguresOptions {
  refuseUnknownOptions(options, optionNames);
  const { mayReadKeys, onError } = options;
  for (const [name, hook] of Object.entries({ mayReadKeys, onError })) {
    if (hook !== undefined && typeof hook !== "function") throw new ArgumentError(name, "a function");
  }
  const integer = (name: "publishMs" | "sampleEvery" | "maxTrackedKeys", min: number, max: number) =>
    checkedInteger(name, options[name] ?? defaults[name].value, min, max);
  return {
    publishMs: integer("publishMs", 100, 600_000),
    sampleEvery: integer("sampleEvery", 1, 10_000),
    maxTrackedKeys: integer("maxTrackedKeys", 16, 10_000),
    mayReadKeys,
    onError,
  };
}
