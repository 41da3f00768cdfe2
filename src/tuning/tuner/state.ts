import { type CacheMaker, type TenantCache, textCodec } from "../../cache/index.js";
import { SHARED_TENANT } from "../../core/shared-tenant.js";
import { tuningDefaults as defaults } from "../defaults.js";
import type { FreshStep, TunedCache } from "./decide.js";

/** A step of the tuner, as its log has it. */
export interface LoggedStep extends FreshStep {
  readonly pattern: string;
  /** When it was decided, in epoch milliseconds. */
  readonly atMs: number;
}

/** What all processes share: the present fresh times, and the last steps. */
export interface TunerState {
  readonly decidedAtMs: number;
  readonly caches: ReadonlyMap<string, TunedCache>;
  readonly log: readonly LoggedStep[];
}

/** The form of the text. A reader ignores another one. */
const FORM = 1;

/**
 * The entry in Redis that has the state. If it is evicted, all fresh times are those of the definitions
 * again.
 */
export class StoredState {
  readonly #entries: TenantCache<{ readonly record: string | number }, string>;

  constructor(caches: CacheMaker, onError: ((error: Error) => void) | undefined) {
    const cache = caches.cache<"moonpath-tuning:<record>", string>({
      pattern: "moonpath-tuning:<record>",
      freshMs: defaults.keepMs.value,
      jitter: 0,
      earlyRefresh: 0,
      codec: textCodec(),
      onError,
    });
    this.#entries = cache.tenant(SHARED_TENANT);
  }

  /** Undefined if there is none, or Redis does not answer. */
  async read(): Promise<TunerState | undefined> {
    const text = await this.#entries.get({ record: "state" });
    return text === undefined ? undefined : stateFrom(text);
  }

  async write({ decidedAtMs, caches, log }: TunerState): Promise<void> {
    const kept = log.slice(-defaults.keptSteps.value);
    const text = JSON.stringify({ form: FORM, decidedAtMs, caches: [...caches], log: kept });
    await this.#entries.set({ record: "state" }, text);
  }
}

/** Only tuners write it, so its form decides whether it is read. */
function stateFrom(text: string): TunerState | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isState(parsed)) return undefined;
    return { decidedAtMs: parsed.decidedAtMs, caches: new Map(parsed.caches), log: parsed.log };
  } catch {
    return undefined;
  }
}

interface StoredText {
  readonly form: typeof FORM;
  readonly decidedAtMs: number;
  readonly caches: readonly (readonly [string, TunedCache])[];
  readonly log: readonly LoggedStep[];
}

function isState(value: unknown): value is StoredText {
  if (fieldOf(value, "form") !== FORM || typeof fieldOf(value, "decidedAtMs") !== "number") return false;
  const [caches, log] = [fieldOf(value, "caches"), fieldOf(value, "log")];
  return Array.isArray(caches) && caches.every(isTuned) && Array.isArray(log);
}

function isTuned(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const [pattern, tuned]: readonly unknown[] = value;
  return typeof pattern === "string" && Number.isFinite(fieldOf(tuned, "freshMs"));
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
