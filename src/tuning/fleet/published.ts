import { countNames, type Figures, listLengths, listNames, noFigures } from "../collect/figures.js";
import type { CountedKey } from "../collect/frequent-keys.js";
import { BUCKETS, type BucketSums, bucketSums, noBucketSums } from "../collect/key-buckets.js";

/** What a process publishes of one cache. */
export interface PublishedCache {
  readonly pattern: string;
  /** The experiment and the arm, such as `longer-ttl/b`; empty without an experiment. */
  readonly arm: string;
  readonly freshMs: number;
  readonly oldAnswerCostMs: number | undefined;
  /** The last hour, or less. */
  readonly recent: Figures;
  readonly recentMs: number;
  /** The step of the tuner, and the figures since it has taken effect. */
  readonly step: number;
  readonly sinceStep: Figures;
  readonly sinceStepMs: number;
  readonly buckets: BucketSums | undefined;
  readonly unread: readonly string[];
  readonly readOfOthers: readonly string[];
}

/** What a process publishes. */
export interface Published {
  readonly process: string;
  readonly caches: readonly PublishedCache[];
  /** The hottest keys; empty if they are not counted. */
  readonly keys: readonly CountedKey[];
  readonly sampleEvery: number;
}

/** The form of the text. A reader skips another one. */
const FORM = 1;

export function publishedText(published: Published): string {
  return JSON.stringify({ form: FORM, ...published });
}

/** What a process has published; undefined if it is of another form. */
export function publishedFrom(text: string): Published | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (fieldOf(parsed, "form") !== FORM) return undefined;
  const process = textOf(parsed, "process");
  if (process === undefined) return undefined;
  return {
    process,
    caches: listOf(parsed, "caches").flatMap((one) => cacheFrom(one) ?? []),
    keys: listOf(parsed, "keys").flatMap((one) => {
      const key = textOf(one, "key");
      return key === undefined ? [] : [{ key, count: numberOf(one, "count") }];
    }),
    sampleEvery: Math.max(1, numberOf(parsed, "sampleEvery")),
  };
}

function cacheFrom(value: unknown): PublishedCache | undefined {
  const pattern = textOf(value, "pattern");
  const freshMs = numberOf(value, "freshMs");
  if (pattern === undefined || freshMs < 1) return undefined;
  const cost = fieldOf(value, "oldAnswerCostMs");
  const buckets = fieldOf(value, "buckets");
  return {
    pattern,
    arm: textOf(value, "arm") ?? "",
    freshMs,
    oldAnswerCostMs: cost === undefined ? undefined : numberFrom(cost),
    recent: figuresFrom(fieldOf(value, "recent")),
    recentMs: numberOf(value, "recentMs"),
    step: numberOf(value, "step"),
    sinceStep: figuresFrom(fieldOf(value, "sinceStep")),
    sinceStepMs: numberOf(value, "sinceStepMs"),
    buckets: buckets === undefined ? undefined : bucketsFrom(buckets),
    unread: textsOf(value, "unread"),
    readOfOthers: textsOf(value, "readOfOthers"),
  };
}

function figuresFrom(value: unknown): Figures {
  const figures = noFigures();
  for (const name of countNames) figures.counts[name] = numberOf(fieldOf(value, "counts"), name);
  for (const name of listNames)
    copyNumbers(figures.lists[name], fieldOf(fieldOf(value, "lists"), name), listLengths[name]);
  return figures;
}

function bucketsFrom(value: unknown): BucketSums {
  const sums = noBucketSums();
  for (const name of bucketSums) copyNumbers(sums[name], fieldOf(value, name), BUCKETS);
  return sums;
}

function copyNumbers(to: number[], from: unknown, length: number): void {
  const list: readonly unknown[] = Array.isArray(from) ? from : [];
  for (let place = 0; place < length; place++) to[place] = numberFrom(list[place]);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function textOf(value: unknown, name: string): string | undefined {
  const text = fieldOf(value, name);
  return typeof text === "string" ? text : undefined;
}

function listOf(value: unknown, name: string): readonly unknown[] {
  const list = fieldOf(value, name);
  return Array.isArray(list) ? list : [];
}

function textsOf(value: unknown, name: string): readonly string[] {
  return listOf(value, name).filter((one) => typeof one === "string");
}

function numberOf(value: unknown, name: string): number {
  return numberFrom(fieldOf(value, name));
}

/** A number of a figure: 0 in place of anything else. */
function numberFrom(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : 0;
}
